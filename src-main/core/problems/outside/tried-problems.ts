/**
 * Some problems of tasks that run elsewhere, made once to be looked at: how long they are and whether their code works are
 * asked of them without waiting, by whoever checks or starts a recipe.
 */
import { LRUCache } from "lru-cache";
import { AppError } from "#shared/errors.ts";
import type { OutsideSource } from "#shared/schema/stages/problem-data.ts";
import type { Problem } from "../problem.ts";
import { problemsAt } from "../task-facts.ts";
import type { OutsideTasks } from "./outside-task.ts";

/** Of each source; their prompts and solutions are measured, too. */
const PROBLEMS_TRIED = 24;
const SOURCES_KEPT = 32;
/** What failed is tried again after this: its process may be there again. */
const FAILURE_KEPT_MS = 20_000;

type Tried = { readonly problems: readonly Problem[] } | { readonly error: AppError };

export class TriedProblems {
  readonly #outside: OutsideTasks;
  readonly #versionOf: (source: OutsideSource) => string;
  readonly #tried = new LRUCache<string, Tried>({ max: SOURCES_KEPT });

  /** @param versionOf equal where a source's problems are the same; throws AppError where there is no such task */
  constructor(outside: OutsideTasks, versionOf: (source: OutsideSource) => string) {
    this.#outside = outside;
    this.#versionOf = versionOf;
  }

  /** With their worked solutions, where the task has any. Throws as the task does, the signal's reason. */
  async make(source: OutsideSource, signal?: AbortSignal): Promise<readonly Problem[]> {
    const key = this.#keyOf(source);
    let tried = this.#tried.get(key);
    if (tried === undefined) {
      tried = await this.#try(source, signal);
      this.#tried.set(key, tried, "error" in tried ? { ttl: FAILURE_KEPT_MS } : {});
    }
    if ("error" in tried) throw tried.error;
    return tried.problems;
  }

  /** Makes those of all sources; one that cannot be made has none. Throws the signal's reason. */
  async makeAll(sources: readonly OutsideSource[], signal?: AbortSignal): Promise<void> {
    for (const source of sources) {
      try {
        await this.make(source, signal);
      } catch (error) {
        // What a task gets wrong is said by the recipe's check, and by the stage that asks it.
        if (!(error instanceof AppError)) throw error;
      }
    }
  }

  /** Those that were made; none where that was not asked for, or failed. */
  of(source: OutsideSource): readonly Problem[] {
    try {
      const tried = this.#tried.get(this.#keyOf(source));
      return tried === undefined || "error" in tried ? [] : tried.problems;
    } catch (error) {
      if (error instanceof AppError) return [];
      throw error;
    }
  }

  async #try(source: OutsideSource, signal: AbortSignal | undefined): Promise<Tried> {
    const from = { sets: () => [], outside: this.#outside };
    try {
      return { problems: await problemsAt(source, 0, PROBLEMS_TRIED, from, signal) };
    } catch (error) {
      signal?.throwIfAborted();
      if (error instanceof AppError) return { error };
      throw error;
    }
  }

  #keyOf(source: OutsideSource): string {
    const { task } = source;
    const choice = "config" in source ? source.config : source.difficulties;
    return JSON.stringify([task, this.#versionOf(source), choice]);
  }
}
