import { tf } from "./tf.ts";
import type { Tensor } from "./tf.ts";

/** x of rank 3 with the slice at index `at` (int32 scalar) of `axis` taken from `update`, which has size 1 there. */
export function replaceAt(x: Tensor, update: Tensor, at: Tensor, axis: 0 | 1): Tensor {
  const length = x.shape[axis] ?? 0;
  const here = tf.equal(tf.range(0, length, 1, "int32"), at);
  return tf.where(
    tf.reshape(here, axis === 0 ? [length, 1, 1] : [1, length, 1]),
    tf.broadcastTo(update, x.shape),
    x,
  );
}
