/** Supervised next-token loss on chosen tokens: the objective of pretraining, SFT and sequence-level distillation. */
import type { ModelConfig } from "../checkpoint/model-config.ts";
import { hiddenStates, outputMatrix } from "../model/decoder.ts";
import type { SequenceLayout } from "../model/decoder.ts";
import { tokenLogprobs } from "../model/token-logprobs.ts";
import { tf } from "../runtime/tf.ts";
import type { Tensor } from "../runtime/tf.ts";
import type { Objective } from "../training/trainer.ts";

/**
 * Inputs: ids (B, T+1) int32; mask (B, T) float, 1 where the next token counts; denominator, a scalar: the tokens
 * that count in the whole optimizer step; and, for packed rows, segments and positions (B, T+1) int32.
 * loss = −Σ mask · log p(next) / denominator. Stats: Σ entropy · mask / denominator, accuracy is not computed.
 */
export function nextTokenObjective(
  config: ModelConfig,
  options: Pick<SequenceLayout, "recompute"> = {},
): Objective {
  return (weights, inputs) => {
    const [ids, mask, denominator, segments, positions] = inputs as readonly [
      Tensor,
      Tensor,
      Tensor,
      Tensor?,
      Tensor?,
    ];
    const [b, columns] = ids.shape as [number, number];
    const t = columns - 1;
    const head = (x: Tensor): Tensor => tf.slice(x, [0, 0], [b, t]);
    const layout: SequenceLayout =
      segments === undefined || positions === undefined
        ? options
        : { ...options, segments: head(segments), positions: head(positions) };
    const hidden = hiddenStates(weights, config, head(ids), layout);
    const targets = tf.reshape(tf.slice(ids, [0, 1], [b, t]), [-1]);
    const flat = tf.reshape(hidden, [b * t, config.hiddenSize]);
    const { logprobs, entropy } = tokenLogprobs(flat, outputMatrix(weights, config), targets, 1);
    const weight = tf.reshape(mask, [-1]);
    const loss = tf.neg(tf.div(tf.sum(tf.mul(logprobs, weight)), denominator));
    return { loss, stats: [tf.div(tf.sum(tf.mul(entropy, weight)), denominator)] };
  };
}
