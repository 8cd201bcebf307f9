/** What a stage is measured on while it trains. */
import type { GrpoStage } from "#shared/schema/stages/grpo-stage.ts";
import type { ProblemData } from "#shared/schema/stages/problem-data.ts";
import { sourcesOf } from "./problem-supply.ts";

/** Undefined where it is not measured. Of tasks the held-out side is asked, whichever source names them. */
export function evaluationDataOf({
  data,
  eval_data: named,
  eval_steps: every,
}: Pick<GrpoStage, "data" | "eval_data" | "eval_steps">): ProblemData | undefined {
  if (every === undefined) return undefined;
  return (
    named ??
    sourcesOf(data).map((source) => ("task" in source ? source : { ...source, split: "test" }))
  );
}
