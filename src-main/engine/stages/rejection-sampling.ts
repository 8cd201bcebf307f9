/** Stage `rejection-sampling`: the best of the policy's own solutions, or of a teacher's behind an endpoint, become a dataset. */
import { AppError } from "#shared/errors.ts";
import type { RejectionSamplingStage } from "#shared/schema/stages/rejection-sampling-stage.ts";
import { collectTraces, nothingKept } from "./traces/collect-traces.ts";
import { solverOf } from "./traces/solver-of.ts";
import type { StageSession } from "./session/stage-session.ts";

export async function runRejectionSampling(
  session: StageSession,
  stage: RejectionSamplingStage,
): Promise<void> {
  const file = session.outPath("data.jsonl");
  const traces = await collectTraces(session, solverOf(session, stage), file, stage);
  const records = traces.kept;
  if (records === 0) {
    throw new AppError(
      "ENGINE_ERROR",
      `There is nothing to train on: ${nothingKept(traces)}.`,
      "Train the policy further first, ask for easier problems, or sample more completions a prompt; ask for the form in system_prompt; or loosen what is kept.",
    );
  }
  session.emit({ type: "output", kind: "dataset", path: file, records });
}
