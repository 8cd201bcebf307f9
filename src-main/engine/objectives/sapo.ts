/**
 * SAPO: a soft gate in place of the clip, which lets go gradually of what moved far (Soft Adaptive Policy Optimization,
 * 2025, arXiv 2511.20347).
 */
import type { GrpoStage } from "#shared/schema/stages/grpo-stage.ts";
import { tf } from "../runtime/tf.ts";
import type { Tensor } from "../runtime/tf.ts";

/** −A σ(τ (c − 1)) 4/τ of each token, τ of the advantage's sign; at c = 1 the gradient is −A ∇c, as without a gate. */
export function sapoLoss(
  ratio: Tensor,
  advantages: Tensor,
  {
    sapo_temperature_pos: pos,
    sapo_temperature_neg: neg,
  }: Pick<GrpoStage, "sapo_temperature_pos" | "sapo_temperature_neg">,
): Tensor {
  const positive = tf.cast(tf.greater(advantages, 0), "float32");
  const temperature = tf.add(tf.mul(positive, pos - neg), neg);
  const gate = tf.sigmoid(tf.mul(temperature, tf.sub(ratio, 1)));
  return tf.neg(tf.mul(tf.div(tf.mul(gate, 4), temperature), advantages));
}
