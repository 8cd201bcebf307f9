/** Random numbers inside a compiled function that depend on a seed given as a tensor, so that a step can be repeated. */
import { tf } from "../tf.ts";
import type { Tensor } from "../tf.ts";

/** A kernel that only the TensorFlow backend has. */
export const STATELESS_UNIFORM = "StatelessUniform";

/** Uniform in [0, 1), of `shape`; `seed` (2) int32. No gradient. */
export function statelessUniform(shape: readonly number[], seed: Tensor): Tensor {
  return tf.engine().runKernel<Tensor>(STATELESS_UNIFORM, { seed }, { shape: [...shape] });
}
