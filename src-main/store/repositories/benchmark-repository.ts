/**
 * Imported benchmarks: problem sets whose first version is held out whole and judged as mathematics. A benchmark is
 * its set's first version, whatever came later: results of an id always mean the same problems.
 */
import { AppError } from "#shared/errors.ts";
import { BenchmarkSet } from "#shared/schema/benchmark.ts";
import type { BenchmarkItem } from "#shared/schema/benchmark.ts";
import type { ProblemSetVersion } from "#shared/schema/problem-set.ts";
import type { SetProblem } from "#shared/schema/problem.ts";
import { listContent } from "../problems/problem-content.ts";
import type { ProblemRepository } from "./problem-repository.ts";

const FIRST = 1;

export class BenchmarkRepository {
  readonly #problems: ProblemRepository;

  constructor(problems: ProblemRepository) {
    this.#problems = problems;
  }

  /** By name. */
  list(): BenchmarkSet[] {
    return this.#problems
      .list()
      .flatMap(({ name }) => this.find(name) ?? [])
      .sort((a, b) => (a.name === b.name ? 0 : a.name < b.name ? -1 : 1));
  }

  find(id: string): BenchmarkSet | null {
    const set = this.#problems.find(id);
    if (set === null) return null;
    const version = this.#problems.version(id, FIRST);
    return isBenchmark(version) ? setOf(version, set.title) : null;
  }

  /** Throws NOT_FOUND. */
  get(id: string): BenchmarkSet {
    const found = this.find(id);
    if (found !== null) return found;
    throw new AppError(
      "NOT_FOUND",
      `There is no imported benchmark "${id}".`,
      "`gradus bench list` shows them all.",
    );
  }

  /** The benchmark with these very items. */
  withItems(items: readonly BenchmarkItem[]): BenchmarkSet | null {
    // Of a problem that says nothing of it, the difficulty was once written as 1.
    const before = items.map((item) => ({ ...item, difficulty: item.difficulty ?? 1 }));
    const same = [items, before].flatMap((list) =>
      this.#problems.byContent(listContent(list.map(problemOf))),
    );
    return (
      same.flatMap(({ set, version }) => (version === FIRST ? (this.find(set) ?? []) : []))[0] ??
      null
    );
  }

  /** What sets ask on their test sides. */
  problemTexts(): { benchmark: string; id: string; prompt: string }[] {
    return this.#problems.heldOutTexts().map(({ set, title, position, prompt }) => ({
      benchmark: title,
      id: `${set}/${position}`,
      prompt,
    }));
  }

  insert(
    {
      id,
      name,
      instruction,
      licence,
      source,
      createdAtMs,
    }: Omit<BenchmarkSet, "problems" | "sha256">,
    items: readonly BenchmarkItem[],
  ): void {
    const problems = items.map(problemOf);
    this.#problems.insert(
      {
        set: id,
        title: name,
        contentSha256: listContent(problems),
        instruction,
        licence,
        source,
        createdAtMs,
        statistics: {
          problems: items.length,
          splits: { train: 0, test: items.length },
          verifiers: { maths: items.length },
          withoutGold: 0,
          withSolution: 0,
          conversations: 0,
          goldRejected: null,
          nearDuplicates: null,
        },
      },
      problems,
    );
  }

  items(id: string, page: { readonly offset: number; readonly limit: number }): BenchmarkItem[] {
    const { offset, limit } = page;
    return this.#problems
      .select({
        set: id,
        version: FIRST,
        filter: [{ field: "position", min: offset, max: offset + limit - 1 }],
      })
      .map(({ messages, gold, difficulty }) => ({
        problem: messages[0]?.content ?? "",
        answer: gold ?? "",
        difficulty,
      }));
  }
}

function isBenchmark({ statistics }: ProblemSetVersion): boolean {
  const { problems, splits, verifiers, withoutGold, conversations } = statistics;
  return (
    splits.train === 0 &&
    verifiers["maths"] === problems &&
    withoutGold === 0 &&
    conversations === 0
  );
}

/** Migration 20 made the same of the benchmarks of before. */
function problemOf({ problem, answer, difficulty }: BenchmarkItem, index: number): SetProblem {
  return {
    id: String(index + 1),
    messages: [{ role: "user", content: problem }],
    gold: answer,
    verifier: { name: "maths", options: {} },
    solution: null,
    tags: [],
    difficulty,
    columns: {},
    split: "test",
  };
}

function setOf(version: ProblemSetVersion, title: string): BenchmarkSet {
  return BenchmarkSet.parse({
    id: version.set,
    name: title,
    instruction: version.instruction,
    licence: version.licence,
    source: version.source,
    sha256: version.contentSha256,
    problems: version.statistics.problems,
    createdAtMs: version.createdAtMs,
  });
}
