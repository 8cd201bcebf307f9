import { tf } from "../runtime/tf.ts";
import type { Tensor } from "../runtime/tf.ts";

/** x, as a constant to whatever is differentiated. */
export function stopGradient(x: Tensor): Tensor {
  const cut = tf.customGrad((...inputs) => {
    const [value] = inputs as unknown as [Tensor];
    return { value: value.clone(), gradFunc: () => [tf.zerosLike(value)] };
  });
  return cut(x);
}
