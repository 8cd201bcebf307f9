/**
 * What a token weighs where completions were sampled by another than the policy that is trained (other precision, other
 * kernels): π_old / π_sampler, truncated (Yao et al. 2025, "Your efficient RL framework secretly brings you off-policy RL
 * training") or masked (IcePop, Ling team 2025). TRL's vllm_importance_sampling_mode.
 */
import { assertNever } from "#shared/errors.ts";
import type { GrpoStage } from "#shared/schema/stages/grpo-stage.ts";
import { tf } from "../runtime/tf.ts";
import type { Tensor } from "../runtime/tf.ts";
import type { Sequences } from "./sequences.ts";
import { asConstant } from "./stop-gradient.ts";

export type ImportanceOptions = Pick<
  GrpoStage,
  "importance_sampling_mode" | "importance_sampling_clip_min" | "importance_sampling_clip_max"
>;

export function isOfSequences(mode: GrpoStage["importance_sampling_mode"]): boolean {
  return mode === "sequence_truncate" || mode === "sequence_mask";
}

/**
 * The weights, constants to the gradient, as `gap` lies: log π_old − log π_sampler, 0 where nothing counts; (N) for completions. truncate bounds them,
 * mask makes those outside the bounds 0.
 */
export function importanceWeights(
  gap: Tensor,
  sequences: Sequences | null,
  {
    importance_sampling_mode: mode,
    importance_sampling_clip_min: min = 0,
    importance_sampling_clip_max: most,
  }: ImportanceOptions,
): Tensor {
  const max = most ?? Infinity;
  if (isOfSequences(mode) && sequences === null)
    throw new RangeError("a completion's weight needs to know whose each token is");
  return asConstant([gap], () => {
    const ratio = tf.exp(isOfSequences(mode) && sequences !== null ? sequences.sum(gap) : gap);
    switch (mode) {
      case "token_truncate":
      case "sequence_truncate": {
        const bounded = tf.minimum(ratio, tf.scalar(max));
        return min === 0 ? bounded : tf.maximum(bounded, tf.scalar(min));
      }
      case "token_mask":
      case "sequence_mask": {
        const inside = tf.logicalAnd(tf.greaterEqual(ratio, min), tf.lessEqual(ratio, max));
        // Not a product: the ratio of a long completion may be infinite.
        return tf.where(inside, ratio, tf.zerosLike(ratio));
      }
      default:
        return assertNever(mode);
    }
  });
}
