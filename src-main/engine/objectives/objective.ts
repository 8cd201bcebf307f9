/** What every objective is, whatever it learns from. */
import type { Weights } from "../model/decoder.ts";
import type { Tensor } from "../runtime/tf.ts";

/**
 * A differentiable objective: the scalar to minimise, numbers to log (each a scalar), and what else is worth keeping
 * of the forward pass (of any shape). `inputs` are the tensors given to `Trainer.accumulate`, in order.
 */
export type Objective = (
  weights: Weights,
  inputs: readonly Tensor[],
) => {
  readonly loss: Tensor;
  readonly stats: readonly Tensor[];
  readonly details?: readonly Tensor[];
};
