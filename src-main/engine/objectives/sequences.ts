/**
 * Sums and means over the completions of a micro-batch whose tokens lie flat, one after the other: what sequence-level
 * ratios, weights and masks are made of. A (B, N) table of which token is whose is multiplied and summed, so that
 * nothing is rounded as a matrix product may be, and every backend has the gradient.
 */
import { tf } from "../runtime/tf.ts";
import type { Tensor } from "../runtime/tf.ts";

export type Sequences = {
  /** x (N) → its sum over each completion's tokens, at each of those tokens (N). */
  readonly sum: (x: Tensor) => Tensor;
  /** x (N) → its mean over each completion's tokens, at each of those tokens (N). */
  readonly mean: (x: Tensor) => Tensor;
  /** 1 / tokens of the completion at each of its tokens (N): a sum over it counts completions. */
  readonly share: Tensor;
};

/**
 * @param mask (N) 1 on tokens that count; what fills a batch up has 0
 * @param rowOf (N) int32, the completion of each token, from 0
 * @param count completions of the micro-batch, B
 * @throws RangeError for tensors that are not flat or of different lengths
 */
export function sequencesOf(mask: Tensor, rowOf: Tensor, count: number): Sequences {
  if (mask.rank !== 1 || rowOf.rank !== 1 || mask.size !== rowOf.size)
    throw new RangeError(
      `a mask of shape [${mask.shape.join()}] and completions of shape [${rowOf.shape.join()}] are not tokens that lie flat`,
    );
  const rows = tf.reshape(tf.range(0, count, 1, "int32"), [count, 1]);
  const mine = tf.mul(
    tf.cast(tf.equal(rows, tf.reshape(rowOf, [1, -1])), "float32"),
    tf.reshape(mask, [1, -1]),
  );
  const spread = (ofRows: Tensor): Tensor =>
    tf.sum(tf.mul(mine, tf.reshape(ofRows, [count, 1])), 0);
  const total = (x: Tensor): Tensor => tf.sum(tf.mul(mine, tf.reshape(x, [1, -1])), 1);
  const tokens = tf.maximum(tf.sum(mine, 1), 1);
  return {
    sum: (x) => spread(total(x)),
    mean: (x) => spread(tf.div(total(x), tokens)),
    share: spread(tf.div(tf.onesLike(tokens), tokens)),
  };
}
