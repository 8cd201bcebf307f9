/** What a model is measured on. */
import type { GrpoStage } from "#shared/schema/stages/grpo-stage.ts";
import type { DataSource, ProblemData } from "#shared/schema/stages/problem-data.ts";
import type { Preparing } from "./outside/outside-problems.ts";
import { ProblemSupply, sourcesOf } from "./problem-supply.ts";
import type { SupplyOptions } from "./problem-supply.ts";
import type { Problem } from "./problem.ts";

/** One fixed seed: whatever measures on as many problems of the same difficulties asks the same ones, so that results pair. */
export const HELD_OUT_SEED = 20250122;

/** Undefined where it is not measured. Of tasks the held-out side is asked, whichever source names them. */
export function evaluationDataOf({
  data,
  eval_data: named,
  eval_steps: every,
}: Pick<GrpoStage, "data" | "eval_data" | "eval_steps">): ProblemData | undefined {
  return every === undefined ? undefined : (named ?? heldOutOf(data));
}

/** The other side of what a stage learns from. */
export function heldOutOf(data: ProblemData): DataSource[] {
  return sourcesOf(data).map((source) =>
    "task" in source ? source : { ...source, split: "test" },
  );
}

/** The first held-out problems, the same in every run. Throws as `ProblemSupply.prepareDistinct` does. */
export async function heldOutProblems(
  data: ProblemData,
  count: number,
  from: Omit<SupplyOptions, "split" | "seed">,
  how?: Preparing,
): Promise<Problem[]> {
  const supply = new ProblemSupply(data, { ...from, split: "test", seed: HELD_OUT_SEED });
  await supply.prepareDistinct(count, how);
  return supply.distinct(count);
}
