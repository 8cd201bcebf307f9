/** Stage `rejection-sampling`: the policy's own right solutions become a dataset. */
import { AppError } from "#shared/errors.ts";
import type { RejectionSamplingStage } from "#shared/schema/recipe.ts";
import { collectTraces } from "./collect-traces.ts";
import type { StageSession } from "./session/stage-session.ts";

export async function runRejectionSampling(
  session: StageSession,
  stage: RejectionSamplingStage,
): Promise<void> {
  const file = session.outPath("data.jsonl");
  const records = await collectTraces(session, session.modelFolder("model"), file, stage);
  if (records === 0) {
    throw new AppError(
      "ENGINE_ERROR",
      "No sampled solution was right, so there is nothing to train on.",
      "Train the policy further first, ask for easier problems, or sample more completions a prompt.",
    );
  }
  session.emit({ type: "output", kind: "dataset", path: file, records });
}
