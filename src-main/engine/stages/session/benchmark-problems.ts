/** The problems that a benchmark stage asks. */
import type { BenchmarkStage } from "#shared/schema/stages/benchmark-stage.ts";
import { HELD_OUT_SEED } from "#main/core/problems/evaluation-data.ts";
import { ProblemSupply } from "#main/core/problems/problem-supply.ts";
import type { Problem } from "#main/core/problems/problem.ts";
import { readProblems } from "#main/core/problems/read-problems.ts";
import { preparing, suppliesOf } from "./stage-problems.ts";
import type { StageSession } from "./stage-session.ts";

/**
 * Held-out problems of tasks and those of problem sets, or the first ones of an imported benchmark.
 * @param datasetFile of an imported one
 */
export async function benchmarkProblems(
  session: StageSession,
  stage: BenchmarkStage,
  datasetFile: string | undefined,
): Promise<Problem[]> {
  if (!("benchmark" in stage.data)) {
    const options = { ...suppliesOf(session), split: "test" as const, seed: HELD_OUT_SEED };
    const supply = new ProblemSupply(stage.data, options);
    await supply.prepareDistinct(stage.num_problems, preparing(session));
    return supply.distinct(stage.num_problems);
  }
  if (datasetFile === undefined) throw new Error("an imported benchmark without its problems");
  return readProblems(datasetFile, stage.data.benchmark).slice(0, stage.num_problems);
}
