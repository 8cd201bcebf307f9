/**
 * Activation checkpointing (Chen et al. 2016, arXiv 1604.06174): of a layer only its input is kept, and the backward
 * pass computes the rest again. A third more arithmetic for a fraction of the memory.
 */
import { after } from "../runtime/tensorflow/ordered.ts";
import { tf } from "../runtime/tf.ts";
import type { Tensor } from "../runtime/tf.ts";

/** fn(x, ...others), whose insides the backward pass makes anew. `fn` may use no other tensor made on the way to it. */
export function recomputed(
  fn: (...inputs: Tensor[]) => Tensor,
  x: Tensor,
  others: readonly Tensor[],
): Tensor {
  const compute = tf.customGrad((...args) => {
    const inputs = args.slice(0, -1) as unknown as [Tensor, ...Tensor[]];
    const save = args.at(-1) as unknown as (tensors: Tensor[]) => void;
    save(inputs);
    const gradFunc = (dy: Tensor, saved: Tensor[]): Tensor[] => {
      const [first, ...rest] = saved as [Tensor, ...Tensor[]];
      // Without this the compiler would find the forward pass's values and keep them all.
      const late = after(first, dy);
      return withTapeOfItsOwn(() => tf.grads(fn)([late, ...rest], dy));
    };
    return { value: fn(...inputs), gradFunc };
  });
  return compute(x, ...others);
}

/** TensorFlow.js keeps one tape: gradients taken inside a backward pass would end the one that is running. */
function withTapeOfItsOwn<T>(body: () => T): T {
  const { state } = tf.engine();
  const outer = state.activeTape;
  try {
    return body();
  } finally {
    state.activeTape = outer;
  }
}
