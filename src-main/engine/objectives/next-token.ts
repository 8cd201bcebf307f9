/** Supervised next-token loss on chosen tokens: the objective of pretraining, SFT and sequence-level distillation. */
import type { ModelConfig } from "#main/core/formats/model-config.ts";
import type { SequenceLayout } from "../model/decoder.ts";
import { sequenceLogprobs } from "../model/sequence-logprobs.ts";
import { tf } from "../runtime/tf.ts";
import type { Tensor } from "../runtime/tf.ts";
import type { Objective } from "./objective.ts";

/**
 * Inputs: ids (B, T+1) int32; mask (B, T) float, 1 where the next token counts; denominator, a scalar: the tokens
 * that count in the whole optimizer step; for packed rows, positions (B, T+1) int32; and, where logits are not asked of
 * all B·T places, those places (N) int32, of which mask (N) then speaks.
 * loss = −Σ mask · log p(next) / denominator. Stats: Σ entropy · mask / denominator, accuracy is not computed.
 */
export function nextTokenObjective(
  config: ModelConfig,
  options: Pick<SequenceLayout, "recompute"> = {},
): Objective {
  return (weights, inputs) => {
    const [ids, mask, denominator, ...more] = inputs as readonly [Tensor, Tensor, Tensor];
    const [b, columns] = ids.shape as [number, number];
    const positions = (more as readonly Tensor[]).find(({ rank }) => rank === 2);
    const places = (more as readonly Tensor[]).find(({ rank }) => rank === 1);
    const packed = positions && tf.slice(positions, [0, 0], [b, columns - 1]);
    const layout = packed === undefined ? options : { ...options, positions: packed };
    const { logprobs, entropy } = sequenceLogprobs(weights, config, ids, 1, { layout, places });
    const weight = tf.reshape(mask, [-1]);
    const loss = tf.neg(tf.div(tf.sum(tf.mul(logprobs, weight)), denominator));
    return { loss, stats: [tf.div(tf.sum(tf.mul(entropy, weight)), denominator)] };
  };
}
