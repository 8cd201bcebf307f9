/**
 * The importance ratio c = π / π_old that every loss of the family weighs or clips.
 * - token: c_t = exp(log π_t − log π_old,t) (PPO, arXiv 1707.06347, section 3; DeepSeekMath, arXiv 2402.03300, eq. 3)
 * - sequence: s = exp of its mean over the completion's tokens (GSPO, Zheng et al. 2025, arXiv 2507.18071, eq. 7)
 * - whole: exp of its sum: the ratio of the completion's two probabilities (RLOO, Ahmadian et al. 2024,
 *   arXiv 2402.14740, as TRL's RLOOTrainer clips it)
 */
import { assertNever } from "#shared/errors.ts";
import type { GrpoStage } from "#shared/schema/stages/grpo-stage.ts";
import { tf } from "../runtime/tf.ts";
import type { Tensor } from "../runtime/tf.ts";
import type { Sequences } from "./sequences.ts";

export type RatioLevel = GrpoStage["importance_sampling_level"] | "whole";

/** RLOO's loss is of whole completions, whatever the level says. */
export function ratioLevel(
  options: Pick<GrpoStage, "loss_type" | "importance_sampling_level">,
): RatioLevel {
  return options.loss_type === "rloo" ? "whole" : options.importance_sampling_level;
}

/** @param logRatio log π − log π_old, 0 where nothing counts; of any shape for tokens, else (N). Returns c, as it lies. */
export function importanceRatio(
  logRatio: Tensor,
  level: RatioLevel,
  sequences: Sequences | null,
): Tensor {
  if (level === "token") return tf.exp(logRatio);
  if (sequences === null)
    throw new RangeError("a completion's ratio needs to know whose each token is");
  switch (level) {
    case "sequence":
      return tf.exp(sequences.mean(logRatio));
    case "whole":
      return tf.exp(sequences.sum(logRatio));
    default:
      return assertNever(level);
  }
}
