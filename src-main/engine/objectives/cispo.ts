/**
 * CISPO: the importance weight is clipped, not the update: every token keeps a gradient (MiniMax-M1, 2025,
 * arXiv 2506.13585, eq. 4 and 5, without its lower bound, as TRL and ScaleRL, arXiv 2510.13786, have it).
 */
import type { GrpoStage } from "#shared/schema/stages/grpo-stage.ts";
import { tf } from "../runtime/tf.ts";
import type { Tensor } from "../runtime/tf.ts";
import { asConstant } from "./stop-gradient.ts";

/** −stop(min(c, ε_high)) A log π of each token. ε_high is the bound itself, not what is added to 1. */
export function cispoLoss(
  ratio: Tensor,
  advantages: Tensor,
  logprobs: Tensor,
  { epsilon, epsilon_high: bound = epsilon }: Pick<GrpoStage, "epsilon" | "epsilon_high">,
): Tensor {
  const weight = asConstant([ratio], () => tf.minimum(ratio, tf.scalar(bound)));
  return tf.neg(tf.mul(tf.mul(weight, advantages), logprobs));
}

/** 1 where the bound holds a weight down and A > 0: TRL's cispo_clip_ratio is the mean. */
export function cispoBounded(
  ratio: Tensor,
  advantages: Tensor,
  { epsilon, epsilon_high: bound = epsilon }: Pick<GrpoStage, "epsilon" | "epsilon_high">,
): Tensor {
  return tf.mul(
    tf.cast(tf.greater(ratio, bound), "float32"),
    tf.cast(tf.greater(advantages, 0), "float32"),
  );
}
