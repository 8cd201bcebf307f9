/** The benchmarks behind a stage in its recipe, whose problems it had better not learn. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Recipe, Stage } from "#shared/schema/recipe.ts";
import type { BenchmarkStage } from "#shared/schema/stages/benchmark-stage.ts";
import { outsideSource } from "#main/core/problems/outside/outside-task.ts";
import type { Problem } from "#main/core/problems/problem.ts";
import type { SetReader } from "#main/core/problems/problem-supply.ts";
import type { StartRequest } from "#main/core/stage-context.ts";
import type { BenchmarkRepository } from "#main/store/repositories/benchmark-repository.ts";
import { PROBLEM_FILES } from "../problems/problem-files.ts";
import { allSourcesOf, problemDataOf, problemSourcesOf } from "../problems/set-reader.ts";
import { writeBenchmark } from "./benchmark-file.ts";

interface LaterDeps {
  readonly sets: SetReader;
  readonly benchmarks: BenchmarkRepository;
  /** Problems of those that ask tasks which run elsewhere, by name; a text says why there are none. */
  readonly outside: ReadonlyMap<string, readonly Problem[] | string>;
}

type Later = NonNullable<StartRequest["laterBenchmarks"]>[number];

/** Those that measure what a stage learns from problems; none of a stage that learns from none. */
export function benchmarksBehind(stage: Stage, recipe: Recipe): BenchmarkStage[] {
  if (!learnsFromProblems(stage)) return [];
  const at = recipe.stages.findIndex(({ name }) => name === stage.name);
  return recipe.stages
    .slice(at + 1)
    .filter((later): later is BenchmarkStage => later.kind === "benchmark");
}

/**
 * Those whose problems can be told. One that would find no problem fails when its turn comes, and is left out.
 * @param folder the run's, where problems are written that the stage cannot make itself
 */
export function laterBenchmarks(
  stage: Stage,
  recipe: Recipe,
  folder: string,
  { sets, benchmarks, outside }: LaterDeps,
): Later[] {
  return benchmarksBehind(stage, recipe).flatMap((later, index): Later[] => {
    const own = join(folder, PROBLEM_FILES, `benchmark-${String(index)}`);
    if (allSourcesOf(later).some((source) => outsideSource(source) !== undefined)) {
      const problems = outside.get(later.name);
      if (problems === undefined || typeof problems === "string") return [];
      return [{ stage: later, askedFile: writeAsked(problems, own) }];
    }
    if ("benchmark" in later.data) {
      const { benchmark } = later.data;
      if (benchmarks.find(benchmark) === null) return [];
      return [{ stage: later, datasetFile: writeBenchmark(benchmarks, benchmark, own) }];
    }
    const asked = problemSourcesOf(later);
    return asked.every((source) => sets(source).length > 0) ? [{ stage: later }] : [];
  });
}

/** Gives the file. */
function writeAsked(problems: readonly Problem[], folder: string): string {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, "asked.jsonl");
  const lines = problems.map(({ id, messages, prompt }) =>
    JSON.stringify({ id, messages, prompt }),
  );
  writeFileSync(file, lines.map((line) => `${line}\n`).join(""));
  return file;
}

function learnsFromProblems(stage: Stage): boolean {
  return stage.kind !== "benchmark" && problemDataOf(stage) !== undefined;
}
