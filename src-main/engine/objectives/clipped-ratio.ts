/**
 * The clipped surrogate: PPO (Schulman et al. 2017, arXiv 1707.06347, eq. 7) as GRPO, BNPO, Dr. GRPO, DAPO and LUSPO take
 * it, which differ in the weight of a token (aggregation.ts); with DAPO's two bounds (arXiv 2503.14476) and, where δ
 * is set, INTELLECT-2's two-sided clip of what is pushed away (arXiv 2505.07291), also called dual clip.
 */
import type { GrpoStage } from "#shared/schema/stages/grpo-stage.ts";
import { tf } from "../runtime/tf.ts";
import type { Tensor } from "../runtime/tf.ts";

export type ClipOptions = Pick<GrpoStage, "epsilon" | "epsilon_high" | "delta">;

/** −min(min(c, δ) A, clip(c, 1 − ε, 1 + ε_high) A) of each token; ratio c and advantages A of shapes that broadcast. */
export function clippedRatioLoss(
  ratio: Tensor,
  advantages: Tensor,
  { epsilon, epsilon_high: high = epsilon, delta }: ClipOptions,
): Tensor {
  const clipped = tf.clipByValue(ratio, 1 - epsilon, 1 + high);
  const bounded = delta === undefined ? ratio : tf.minimum(ratio, tf.scalar(delta));
  return tf.neg(tf.minimum(tf.mul(bounded, advantages), tf.mul(clipped, advantages)));
}

/** 1 where the clip holds a token back: under 1 − ε with A < 0; above 1 + ε_high with A > 0. As the ratio lies. */
export function clippedTokens(
  ratio: Tensor,
  advantages: Tensor,
  { epsilon, epsilon_high: high = epsilon }: ClipOptions,
): { readonly low: Tensor; readonly high: Tensor } {
  const float = (x: Tensor): Tensor => tf.cast(x, "float32");
  return {
    low: tf.mul(float(tf.less(ratio, 1 - epsilon)), float(tf.less(advantages, 0))),
    high: tf.mul(float(tf.greater(ratio, 1 + high)), float(tf.greater(advantages, 0))),
  };
}
