/** The benchmarks behind a stage in its recipe, whose problems it had better not learn. */
import { join } from "node:path";
import type { Recipe, Stage } from "#shared/schema/recipe.ts";
import type { BenchmarkStage } from "#shared/schema/stages/benchmark-stage.ts";
import { outsideSource } from "#main/core/problems/outside/outside-task.ts";
import type { SetReader } from "#main/core/problems/problem-supply.ts";
import type { StartRequest } from "#main/core/stage-context.ts";
import type { BenchmarkRepository } from "#main/store/repositories/benchmark-repository.ts";
import { PROBLEM_FILES } from "../problems/problem-files.ts";
import { allSourcesOf, problemDataOf, problemSourcesOf } from "../problems/set-reader.ts";
import { writeBenchmark } from "./benchmark-file.ts";

type Later = NonNullable<StartRequest["laterBenchmarks"]>[number];

/**
 * Those whose problems can be told here: what the code of others makes is held out by its own text. One that would find no
 * problem fails when its turn comes, and is left out.
 * @param folder the run's, where an imported benchmark's problems are written
 */
export function laterBenchmarks(
  stage: Stage,
  recipe: Recipe,
  folder: string,
  { sets, benchmarks }: { readonly sets: SetReader; readonly benchmarks: BenchmarkRepository },
): Later[] {
  if (!learnsFromProblems(stage)) return [];
  const at = recipe.stages.findIndex(({ name }) => name === stage.name);
  return recipe.stages
    .slice(at + 1)
    .filter((later): later is BenchmarkStage => later.kind === "benchmark")
    .filter((later) => allSourcesOf(later).every((source) => outsideSource(source) === undefined))
    .flatMap((later, index): Later[] => {
      if ("benchmark" in later.data) {
        const { benchmark } = later.data;
        if (benchmarks.find(benchmark) === null) return [];
        const own = join(folder, PROBLEM_FILES, `benchmark-${String(index)}`);
        return [{ stage: later, datasetFile: writeBenchmark(benchmarks, benchmark, own) }];
      }
      const asked = problemSourcesOf(later);
      return asked.every((source) => sets(source).length > 0) ? [{ stage: later }] : [];
    });
}

function learnsFromProblems(stage: Stage): boolean {
  return stage.kind !== "benchmark" && problemDataOf(stage) !== undefined;
}
