import { tf } from "../runtime/tf.ts";
import type { Tensor } from "../runtime/tf.ts";

/** x, as a constant to whatever is differentiated. */
export function stopGradient(x: Tensor): Tensor {
  return asConstant([x], () => x.clone());
}

/**
 * What `compute` makes of the inputs (those of what it reads that a gradient could flow to, each of the result's shape),
 * as a constant to whatever is differentiated: its operations need no gradients, and comparisons have none in
 * TensorFlow.js.
 */
export function asConstant(inputs: readonly Tensor[], compute: () => Tensor): Tensor {
  const cut = tf.customGrad(() => ({
    value: compute(),
    // Zeros of the result's shape: the inputs themselves may be freed by then.
    gradFunc: (dy: Tensor) => inputs.map(() => tf.zerosLike(dy)),
  }));
  return cut(...inputs);
}
