/** verl's measurements while it trains, on the held-out file of an export. */
import { grpoBatches } from "#main/core/problems/grpo-batches.ts";
import type { GrpoStage } from "#shared/schema/stages/grpo-stage.ts";
import { shellQuoted } from "./shell-quoted.ts";

/** verl asks for a file to measure on; without a held-out one nothing is measured. */
export function verlEvaluation(
  stage: GrpoStage,
  heldOut: string | null,
  data: string,
): Record<string, string | number> {
  const { eval_steps: every } = stage;
  const isMeasured = heldOut !== null && every !== undefined;
  const { stepsPerBatch } = grpoBatches(stage);
  return {
    "data.val_files": shellQuoted(heldOut ?? data),
    "trainer.test_freq": isMeasured ? Math.max(1, Math.round(every / stepsPerBatch)) : -1,
    "trainer.val_before_train": isMeasured && stage.eval_on_start ? "True" : "False",
    ...(isMeasured
      ? {
          "actor_rollout_ref.rollout.val_kwargs.n": stage.num_generations_eval,
          "actor_rollout_ref.rollout.val_kwargs.do_sample": "True",
          "actor_rollout_ref.rollout.val_kwargs.temperature": stage.temperature,
          "actor_rollout_ref.rollout.val_kwargs.top_p": stage.top_p,
          "actor_rollout_ref.rollout.val_kwargs.top_k": stage.top_k === 0 ? -1 : stage.top_k,
        }
      : {}),
  };
}
