/** How a model meets the tokens that count of a batch: what is measured of held-out examples. No gradient. */
import type { ModelConfig } from "#main/core/formats/model-config.ts";
import type { Weights } from "../model/decoder.ts";
import { sequenceScores } from "../model/sequence-logprobs.ts";
import { tf } from "../runtime/tf.ts";
import type { Tensor } from "../runtime/tf.ts";

/**
 * Inputs as those of `nextTokenObjective`, of which the denominator is not used.
 * @returns (4): Σ −w log p(next), in nats, with the objective's w, Σ entropy, tokens that are the likeliest, tokens that count
 */
export function nextTokenScores(
  weights: Weights,
  config: ModelConfig,
  inputs: readonly Tensor[],
  lossType: "nll" | "dft" = "nll",
): Tensor {
  const [ids, mask, , ...more] = inputs as readonly [Tensor, Tensor, Tensor];
  const [b, columns] = ids.shape as [number, number];
  const positions = (more as readonly Tensor[]).find(({ rank }) => rank === 2);
  const places = (more as readonly Tensor[]).find(({ rank }) => rank === 1);
  const layout =
    positions === undefined ? {} : { positions: tf.slice(positions, [0, 0], [b, columns - 1]) };
  const { logprobs, entropy, top } = sequenceScores(weights, config, ids, { layout, places });
  const weight = tf.reshape(mask, [-1]);
  const sum = (x: Tensor): Tensor => tf.sum(tf.mul(x, weight));
  const weighed = lossType === "dft" ? tf.mul(logprobs, tf.exp(logprobs)) : logprobs;
  return tf.stack([tf.neg(sum(weighed)), sum(entropy), sum(top), tf.sum(weight)]);
}
