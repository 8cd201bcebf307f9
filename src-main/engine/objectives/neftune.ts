/**
 * NEFTune (Jain et al. 2023, arXiv 2310.05914, algorithm 1): uniform noise on the embeddings while a model learns from
 * examples, x + (α / √(L D)) ε with ε in [−1, 1). L is the row's own number of tokens, as in the paper; transformers
 * takes the batch's longest row, which is the same where rows are equally long.
 */
import { AppError } from "#shared/errors.ts";
import type { Runtime } from "../runtime/runtime.ts";
import { statelessUniform } from "../runtime/tensorflow/stateless-uniform.ts";
import { tf } from "../runtime/tf.ts";
import type { Tensor } from "../runtime/tf.ts";

/** α / √(L D) of a row of `tokens` tokens in a model of that width. */
export function neftuneScale(alpha: number, tokens: number, width: number): number {
  return alpha / Math.sqrt(Math.max(1, tokens) * width);
}

/**
 * embedded (B, T, D), scales (B) the largest noise of each row, seed (2) int32 → (B, T, D). The noise depends on the seed
 * and the place alone.
 */
export function withNeftuneNoise(embedded: Tensor, scales: Tensor, seed: Tensor): Tensor {
  const [b] = embedded.shape as [number, number, number];
  if (scales.rank !== 1 || scales.size !== b)
    throw new RangeError(`${b} rows have scales of shape [${scales.shape.join()}]`);
  const uniform = statelessUniform(embedded.shape, seed);
  const noise = tf.mul(tf.sub(tf.mul(uniform, 2), 1), tf.reshape(scales, [b, 1, 1]));
  return tf.add(embedded, noise);
}

/** @throws AppError BAD_RECIPE where the runtime has no noise that can be repeated */
export function requireNoise({ kind }: Pick<Runtime, "kind">): void {
  if (kind === "tensorflow") return;
  throw new AppError(
    "BAD_RECIPE",
    `neftune_noise_alpha needs the TensorFlow runtime, and this stage runs on ${kind}.`,
    "Leave neftune_noise_alpha out.",
  );
}
