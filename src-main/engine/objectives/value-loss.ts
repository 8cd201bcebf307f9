/**
 * What the critic learns by: the squared distance of its value from the return, with the value held near the one that the
 * advantages were worked out with (PPO, arXiv 1707.06347, eq. 9's L^VF with the clip of OpenAI's baselines; TRL's PPOTrainer).
 */
import { tf } from "../runtime/tf.ts";
import type { Tensor } from "../runtime/tf.ts";
import { stopGradient } from "./stop-gradient.ts";

export type ValueLoss = {
  /** Of each token: ½ max((V − R)², (V_clip − R)²), in the reward's unit squared. */
  readonly loss: Tensor;
  /** 1 where the clip is what counts, else 0; without gradient. */
  readonly clipped: Tensor;
};

/**
 * values V, old V_old and returns R of one shape, in the reward's unit; V_clip = clip(V, V_old ± range).
 * @throws RangeError where the shapes differ
 */
export function clippedValueLoss(
  values: Tensor,
  old: Tensor,
  returns: Tensor,
  range: number,
): ValueLoss {
  for (const other of [old, returns]) {
    if (other.shape.join() !== values.shape.join())
      throw new RangeError(`values of (${values.shape.join()}) do not fit (${other.shape.join()})`);
  }
  // Inside the range exactly V, so that equal squares are equal.
  const near = tf.minimum(tf.maximum(values, tf.sub(old, range)), tf.add(old, range));
  const plain = tf.square(tf.sub(values, returns));
  const held = tf.square(tf.sub(near, returns));
  const clipped = tf.cast(tf.greater(stopGradient(held), stopGradient(plain)), "float32");
  return { loss: tf.mul(tf.maximum(plain, held), 0.5), clipped };
}
