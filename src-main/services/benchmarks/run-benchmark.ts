/** A recipe of one stage that measures a model. */
import { stringify } from "yaml";
import type { z } from "zod";
import { AppError } from "#shared/errors.ts";
import type { benchmarks } from "#shared/contract/benchmarks.ts";
import { Recipe } from "#shared/schema/recipe.ts";
import type { TaskFacts } from "#main/core/problems/task-facts.ts";
import type { Application } from "../application.ts";

export type BenchmarkRequest = z.output<
  NonNullable<(typeof benchmarks.run)["~orpc"]["inputSchema"]>
>;

/** A task of reasoning-gym has a config, here its own, and no difficulties. */
function sourceOf(
  { benchmark, difficulties }: BenchmarkRequest,
  task: TaskFacts | undefined,
): Record<string, unknown> {
  return task?.difficulties.length === 0
    ? { task: benchmark }
    : { task: benchmark, difficulties: difficulties ?? task?.difficulties };
}

/** As YAML, as a person would write it. Throws NOT_FOUND for a benchmark that is neither a task nor imported. */
export function benchmarkRecipe(
  { store, tasks }: Pick<Application, "store" | "tasks">,
  request: BenchmarkRequest,
): string {
  const set = store.benchmarks.find(request.benchmark);
  const task = tasks.facts().find(({ name }) => name === request.benchmark);
  if (set === null && task === undefined) {
    throw new AppError(
      "NOT_FOUND",
      `There is no benchmark and no task "${request.benchmark}".`,
      "`gradus bench list` shows them all.",
    );
  }
  const name = request.model.split(/[/\\]/u).findLast((part) => part !== "") ?? request.model;
  const recipe = {
    name: `${request.benchmark} on ${name}`,
    seed: request.seed,
    models: { [name]: request.model },
    stages: [
      {
        name: "benchmark",
        kind: "benchmark",
        model: name,
        data: set === null ? sourceOf(request, task) : { benchmark: set.id },
        num_problems: Math.min(request.problems ?? set?.problems ?? 500, set?.problems ?? Infinity),
        num_samples: request.samples,
        temperature: request.temperature,
        top_p: request.topP,
        top_k: request.topK,
        max_completion_length: request.maxTokens,
        scoring: request.scoring,
      },
    ],
  };
  Recipe.parse(recipe);
  return stringify(recipe);
}
