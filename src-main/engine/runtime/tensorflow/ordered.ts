/** A tensor that is not made before another is there. */
import { tf } from "../tf.ts";
import type { Tensor } from "../tf.ts";

/** A kernel that only the TensorFlow backend has: elsewhere things happen in the order they are written in. */
export const ORDERED = "Ordered";

/**
 * x again, but after `cause`: in a compiled function what is computed from it can neither run earlier nor be merged
 * with what was computed from x itself. No gradient.
 */
export function after(x: Tensor, cause: Tensor): Tensor {
  if (tf.getBackend() !== "tensorflow") return tf.clone(x);
  return tf.engine().runKernel<Tensor>(ORDERED, { x, cause });
}
