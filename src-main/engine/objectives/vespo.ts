/**
 * VESPO: a gamma-shaped weight of the completion's whole ratio in place of a clip (Variational Sequence-Level Soft
 * Policy Optimization, 2026, arXiv 2602.10693): φ(w) = e^λ w^k e^(−λ w), 1 at w = 1, falling to both sides.
 */
import type { GrpoStage } from "#shared/schema/stages/grpo-stage.ts";
import { tf } from "../runtime/tf.ts";
import type { Tensor } from "../runtime/tf.ts";
import type { Sequences } from "./sequences.ts";
import { asConstant } from "./stop-gradient.ts";

export type VespoOptions = Pick<
  GrpoStage,
  "vespo_k_pos" | "vespo_lambda_pos" | "vespo_k_neg" | "vespo_lambda_neg"
>;

/** TRL's bounds of a log-ratio: one completion of many tokens overflows nothing. */
const HIGHEST = 20;
const LOWEST = Math.log(1e-8);

/**
 * φ(w) of each token's completion (N), a constant to the gradient; log w = Σ (log π − log π_old) + Σ log v, over the
 * completion, where v is what a token weighs for having been sampled by another than π_old (importance-weights.ts).
 * @param logRatio (N), 0 where nothing counts
 */
export function vespoWeights(
  advantages: Tensor,
  logRatio: Tensor,
  importance: Tensor | null,
  sequences: Sequences,
  options: VespoOptions,
): Tensor {
  const read = importance === null ? [logRatio] : [logRatio, importance];
  return asConstant(read, () => {
    let sum = sequences.sum(tf.clipByValue(logRatio, -HIGHEST, HIGHEST));
    if (importance !== null) {
      const corrected = tf.log(tf.maximum(importance, Math.exp(LOWEST)));
      sum = tf.add(sum, sequences.sum(tf.minimum(corrected, HIGHEST)));
    }
    const logW = tf.clipByValue(sum, LOWEST, HIGHEST);
    const positive = tf.cast(tf.greaterEqual(advantages, 0), "float32");
    const bySign = (pos: number, neg: number): Tensor => tf.add(tf.mul(positive, pos - neg), neg);
    const k = bySign(options.vespo_k_pos, options.vespo_k_neg);
    const lambda = tf.maximum(bySign(options.vespo_lambda_pos, options.vespo_lambda_neg), 1e-4);
    // In logarithms: w to the power of k would overflow before e^(−λ w) makes it small.
    return tf.exp(tf.add(lambda, tf.sub(tf.mul(k, logW), tf.mul(lambda, tf.exp(logW)))));
  });
}

/** −φ A log π of each token. */
export function vespoLoss(phi: Tensor, advantages: Tensor, logprobs: Tensor): Tensor {
  return tf.neg(tf.mul(tf.mul(phi, advantages), logprobs));
}
