/**
 * Activation checkpointing (Chen et al. 2016, arXiv 1604.06174): of a layer only its input is kept, and the backward
 * pass computes the rest again. A third more arithmetic for a fraction of the memory.
 */
import { after } from "../runtime/tensorflow/ordered.ts";
import { tf } from "../runtime/tf.ts";
import type { Tensor } from "../runtime/tf.ts";

/** Tensors that a recomputed function uses besides its input: those that it has gradients for, and those that it has not. */
export type RecomputedInputs = {
  readonly weights: readonly Tensor[];
  /** Rotations, masks: nothing is asked about them, and the function need not be differentiable by them. */
  readonly constants: readonly Tensor[];
};

/** fn(x, used), whose insides the backward pass makes anew. `fn` may use no other tensor made on the way to it. */
export function recomputed(
  fn: (x: Tensor, used: RecomputedInputs) => Tensor,
  x: Tensor,
  { weights, constants }: RecomputedInputs,
): Tensor {
  const compute = tf.customGrad((...args) => {
    const [input, ...own] = args.slice(0, -1) as unknown as [Tensor, ...Tensor[]];
    const save = args.at(-1) as unknown as (tensors: Tensor[]) => void;
    save([input, ...own, ...constants]);
    const gradFunc = (dy: Tensor, saved: Tensor[]): Tensor[] => {
      const [first, ...rest] = saved as [Tensor, ...Tensor[]];
      const kept = { weights: rest.slice(0, own.length), constants: rest.slice(own.length) };
      // Without this the compiler would find the forward pass's values and keep them all.
      const late = after(first, dy);
      const again = (at: Tensor, ...of: Tensor[]): Tensor =>
        fn(at, { weights: of, constants: kept.constants });
      return withTapeOfItsOwn(() => tf.grads(again)([late, ...kept.weights], dy));
    };
    return { value: fn(input, { weights: own, constants }), gradFunc };
  });
  return compute(x, ...weights);
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
