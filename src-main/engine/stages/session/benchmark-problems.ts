/** The problems that a benchmark stage asks. */
import type { BenchmarkStage } from "#shared/schema/stages/benchmark-stage.ts";
import { heldOutProblems } from "#main/core/problems/evaluation-data.ts";
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
  const { data, num_problems: count } = stage;
  if (!("benchmark" in data))
    return heldOutProblems(data, count, suppliesOf(session), preparing(session));
  if (datasetFile === undefined) throw new Error("an imported benchmark without its problems");
  return readProblems(datasetFile, data.benchmark).slice(0, count);
}
