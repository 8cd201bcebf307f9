import { endpointTeacher } from "#shared/schema/recipe.ts";
import type { DistillStage } from "#shared/schema/stages/distill-stage.ts";
import type { RejectionSamplingStage } from "#shared/schema/stages/rejection-sampling-stage.ts";
import type { Solver } from "./collect-traces.ts";
import type { StageSession } from "../session/stage-session.ts";

/** Who samples a stage's solutions. */
export function solverOf(
  session: StageSession,
  stage: DistillStage | RejectionSamplingStage,
): Solver {
  const teacher = endpointTeacher(stage);
  if (teacher !== undefined) return { endpoint: teacher.endpoint };
  return { folder: session.modelFolder(stage.kind === "distill" ? "teacher" : "model") };
}
