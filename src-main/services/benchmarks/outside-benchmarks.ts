/** What the benchmarks behind a stage ask of tasks that run elsewhere, made before the stage begins where that takes little. */
import { AppError } from "#shared/errors.ts";
import type { Recipe, Stage } from "#shared/schema/recipe.ts";
import { heldOutProblems } from "#main/core/problems/evaluation-data.ts";
import { outsideSource } from "#main/core/problems/outside/outside-task.ts";
import type { Problem } from "#main/core/problems/problem.ts";
import type { ProblemSources } from "#main/core/problems/problem-supply.ts";
import { allSourcesOf } from "../problems/set-reader.ts";
import { benchmarksBehind } from "./later-benchmarks.ts";

/** Of each benchmark: one in eight draws is held out, and some datasets of reasoning-gym take long. */
const LIMITS = { problems: 256, ms: 30_000 };

/** Problems by the benchmark stage's name, or in words why there are none. */
export type OutsideBenchmarks = ReadonlyMap<string, readonly Problem[] | string>;

/**
 * Throws nothing that a task does: it says so itself when its benchmark's turn comes.
 * @param stop ends it early, with the benchmarks that were asked by then
 */
export async function askOutsideBenchmarks(
  stage: Stage,
  recipe: Recipe,
  from: ProblemSources,
  stop: AbortSignal,
  { problems: most, ms } = LIMITS,
): Promise<OutsideBenchmarks> {
  const asked = new Map<string, readonly Problem[] | string>();
  for (const later of benchmarksBehind(stage, recipe)) {
    const { data, name } = later;
    if ("benchmark" in data) continue;
    if (allSourcesOf(later).every((source) => outsideSource(source) === undefined)) continue;
    if (stop.aborted) break;
    const late = AbortSignal.timeout(ms);
    const signal = AbortSignal.any([stop, late]);
    try {
      const count = Math.min(later.num_problems, most);
      asked.set(name, await heldOutProblems(data, count, from, { signal }));
    } catch (error) {
      if (stop.aborted) break;
      if (late.aborted) asked.set(name, `making its problems takes over ${ms / 1000} s`);
      else if (error instanceof AppError) asked.set(name, error.message);
      else throw error;
    }
  }
  return asked;
}
