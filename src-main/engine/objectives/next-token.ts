/** Supervised next-token loss on chosen tokens: the objective of pretraining, SFT and sequence-level distillation. */
import type { ModelConfig } from "#main/core/formats/model-config.ts";
import type { SequenceLayout } from "../model/decoder.ts";
import { sequenceLogprobs } from "../model/sequence-logprobs.ts";
import { tf } from "../runtime/tf.ts";
import type { Tensor } from "../runtime/tf.ts";
import { withNeftuneNoise } from "./neftune.ts";
import type { Objective } from "./objective.ts";
import { stopGradient } from "./stop-gradient.ts";

export type NextTokenOptions = Pick<SequenceLayout, "recompute"> & {
  /** dft (Wu et al. 2025, arXiv 2508.05629): each token's loss times its own probability, which has no gradient. */
  readonly lossType?: "nll" | "dft";
  /** The last two inputs are NEFTune's scales (B) and seed (2) int32. */
  readonly noisy?: boolean;
};

/**
 * Inputs: ids (B, T+1) int32; mask (B, T) float, 1 where the next token counts; denominator, a scalar: the tokens
 * that count in the whole optimizer step; for packed rows, positions (B, T+1) int32; and, where logits are not asked of
 * all B·T places, those places (N) int32, of which mask (N) then speaks.
 * loss = −Σ mask · w · log p(next) / denominator, w = 1 or, of dft, p(next). Stats: Σ entropy · mask / denominator,
 * accuracy is not computed.
 */
export function nextTokenObjective(
  config: ModelConfig,
  { lossType = "nll", noisy = false, ...options }: NextTokenOptions = {},
): Objective {
  return (weights, inputs) => {
    const own = noisy ? inputs.slice(0, -2) : inputs;
    const [ids, mask, denominator, ...more] = own as readonly [Tensor, Tensor, Tensor];
    const [b, columns] = ids.shape as [number, number];
    const positions = (more as readonly Tensor[]).find(({ rank }) => rank === 2);
    const places = (more as readonly Tensor[]).find(({ rank }) => rank === 1);
    const packed = positions && tf.slice(positions, [0, 0], [b, columns - 1]);
    const layout = {
      ...options,
      ...(packed === undefined ? {} : { positions: packed }),
      ...(noisy ? { disturb: noiseOf(inputs) } : {}),
    };
    const { logprobs, entropy } = sequenceLogprobs(weights, config, ids, 1, { layout, places });
    const weight = tf.reshape(mask, [-1]);
    const weighed =
      lossType === "dft" ? tf.mul(logprobs, stopGradient(tf.exp(logprobs))) : logprobs;
    const loss = tf.neg(tf.div(tf.sum(tf.mul(weighed, weight)), denominator));
    return { loss, stats: [tf.div(tf.sum(tf.mul(entropy, weight)), denominator)] };
  };
}

function noiseOf(inputs: readonly Tensor[]): (embedded: Tensor) => Tensor {
  const [scales, seed] = inputs.slice(-2) as [Tensor, Tensor];
  return (embedded) => withNeftuneNoise(embedded, scales, seed);
}
