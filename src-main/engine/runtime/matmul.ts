/**
 * Matrix products at a chosen precision. "bfloat16": the factors are rounded to bfloat16 (8 bits of mantissa) and
 * multiplied by oneDNN, which sums in float32; what comes out, the weights and all else stay float32. This is mixed
 * precision as Micikevicius et al. 2018 describe it; bfloat16 has float32's range, so no loss scaling is needed.
 */
import { tf } from "./tf.ts";
import type { Tensor } from "./tf.ts";
import type { Precision } from "#main/core/resources/precision.ts";

/** A kernel that only the TensorFlow backend has. */
export const BFLOAT16_MATMUL = "Bfloat16MatMul";

let precision: Precision = "float32";

/** Runs `body`, with all its products, forward and backward, at a precision. Scopes nest. */
export function withPrecision<T>(wanted: Precision, body: () => T): T {
  const outer = precision;
  precision = wanted;
  try {
    return body();
  } finally {
    precision = outer;
  }
}

/** a (…, M, K) · b (…, K, N) → (…, M, N), with one batch axis or none; either may come transposed. */
export function matMul(a: Tensor, b: Tensor, transposeA = false, transposeB = false): Tensor {
  return precision === "float32"
    ? tf.matMul(a, b, transposeA, transposeB)
    : bfloat16MatMul(a, b, transposeA, transposeB);
}

/**
 * `matMul` whose result is used as a factor of another alone: in bfloat16 it stays rounded, as it would be there, and may
 * be reshaped on the way. No gradient.
 */
export function factorMatMul(a: Tensor, b: Tensor): Tensor {
  if (precision === "float32") return tf.matMul(a, b);
  const attrs = { transposeA: false, transposeB: false, staysRounded: true };
  return tf.engine().runKernel<Tensor>(BFLOAT16_MATMUL, { a, b }, attrs);
}

function bfloat16MatMul(a: Tensor, b: Tensor, transposeA: boolean, transposeB: boolean): Tensor {
  return tf.engine().runKernel<Tensor>(BFLOAT16_MATMUL, { a, b }, { transposeA, transposeB });
}

// d(a·b) = da·b + a·db. Each side is made only where it is asked for.
tf.registerGradient({
  kernelName: BFLOAT16_MATMUL,
  inputsToSave: ["a", "b"],
  gradFunc: (dy, saved, attrs) => {
    const [a, b] = saved as [Tensor, Tensor];
    const upstream = dy as Tensor;
    const { transposeA, transposeB } = attrs as unknown as {
      readonly transposeA: boolean;
      readonly transposeB: boolean;
    };
    return {
      a: () =>
        transposeA
          ? bfloat16MatMul(b, upstream, transposeB, true)
          : bfloat16MatMul(upstream, b, false, !transposeB),
      b: () =>
        transposeB
          ? bfloat16MatMul(upstream, a, true, transposeA)
          : bfloat16MatMul(a, upstream, !transposeA, false),
    };
  },
});
