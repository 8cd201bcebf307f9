/**
 * The parts of a Llama-family decoder layer, as differentiable functions of TensorFlow.js tensors.
 * Shapes: B rows, T columns, D hidden, H heads, K key-value heads, G = H / K, h head dimension.
 */
import type { ModelConfig, RopeConfig } from "#main/core/formats/model-config.ts";
import { matMul } from "../runtime/matmul.ts";
import { after } from "../runtime/tensorflow/ordered.ts";
import { tf } from "../runtime/tf.ts";
import type { Tensor } from "../runtime/tf.ts";

/**
 * x (…, D), weight (D) → x / rms(x) · weight. Zhang & Sennrich 2019, eq. 4.
 * @param axis -2 for x (…, D, B): features before columns, as sampling has them.
 */
export function rmsNorm(x: Tensor, weight: Tensor, epsilon: number, axis: -1 | -2 = -1): Tensor {
  const inverse = (of: Tensor): Tensor =>
    tf.rsqrt(tf.add(tf.mean(tf.square(of), axis, true), epsilon));
  if (axis === -2) return tf.mul(tf.mul(x, inverse(x)), tf.reshape(weight, [-1, 1]));
  return tf.customGrad((...args) => {
    const [given, scale, save] = args as unknown as [Tensor, Tensor, (kept: Tensor[]) => void];
    const r = inverse(given);
    save([given, scale, r]);
    const gradFunc = (dy: Tensor, saved: Tensor[]): Tensor[] =>
      rmsNormGradients(dy, saved as [Tensor, Tensor, Tensor]);
    return { value: tf.mul(tf.mul(given, r), scale), gradFunc };
  })(x, weight);
}

/**
 * With n = x r, r = 1 / rms(x): dw = Σ dy n over all but the last axis, dx = r (dy w − n mean(dy w n)). n is made again,
 * so that the backward pass keeps nothing that others do not keep.
 */
function rmsNormGradients(dy: Tensor, [x, weight, r]: readonly [Tensor, Tensor, Tensor]): Tensor[] {
  const width = weight.size;
  const n = tf.mul(after(x, dy), r);
  const product = tf.reshape(tf.mul(dy, n), [-1, width]);
  const mean = tf.mul(tf.matMul(product, tf.reshape(weight, [width, 1])), 1 / width);
  const along = tf.mul(n, tf.reshape(mean, r.shape));
  return [tf.mul(tf.sub(tf.mul(dy, weight), along), r), tf.sum(product, 0)];
}

/** x (…, I) times weight (I, O), or (O, I) where the output comes first, plus bias (O) where there is one → (…, O). */
export function linear(x: Tensor, weight: Tensor, bias?: Tensor, outputFirst = false): Tensor {
  const inner = x.shape[x.shape.length - 1];
  const [weightIn, out] = outputFirst ? [...weight.shape].reverse() : weight.shape;
  if (inner === undefined || out === undefined || inner !== weightIn) {
    throw new Error(
      `linear: input [${x.shape.join(", ")}] against weight [${weight.shape.join(", ")}]`,
    );
  }
  const flat = matMul(tf.reshape(x, [-1, inner]), weight, false, outputFirst);
  const y = bias === undefined ? flat : tf.add(flat, bias);
  return tf.reshape(y, [...x.shape.slice(0, -1), out]);
}

/** The gated feed-forward layer's middle: silu(gate) · up, silu(x) = x σ(x). Shazeer 2020. */
export function swiglu(gate: Tensor, up: Tensor): Tensor {
  return tf.customGrad((...args) => {
    const [g, u, save] = args as unknown as [Tensor, Tensor, (tensors: Tensor[]) => void];
    save([g, u]);
    const gradFunc = (dy: Tensor, saved: Tensor[]): Tensor[] => {
      const [keptGate, keptUp] = saved as [Tensor, Tensor];
      // σ is made again: to keep it would take as much memory as the gate.
      const x = after(keptGate, dy);
      const sigma = tf.sigmoid(x);
      const silu = tf.mul(x, sigma);
      // silu′ = σ (1 + x − silu)
      const slope = tf.mul(tf.mul(dy, keptUp), sigma);
      return [tf.add(tf.mul(slope, tf.sub(x, silu)), slope), tf.mul(dy, silu)];
    };
    return { value: tf.mul(tf.mul(g, tf.sigmoid(g)), u), gradFunc };
  })(gate, up);
}

/** Inverse frequencies of rotary embedding, one for each pair of channels: h / 2 numbers, in radians a position. */
export function inverseFrequencies(headDim: number, rope: RopeConfig): Float64Array {
  const half = headDim / 2;
  const base = Float64Array.from({ length: half }, (_, i) => rope.theta ** ((-2 * i) / headDim));
  if (rope.type === "default") return base;
  if (rope.type === "linear") return base.map((f) => f / rope.factor);
  // llama3: low frequencies are stretched by `factor`, high ones stay, those between are blended.
  const { factor, lowFreqFactor, highFreqFactor, originalMaxPositionEmbeddings } = rope;
  const lowWavelength = originalMaxPositionEmbeddings / lowFreqFactor;
  const highWavelength = originalMaxPositionEmbeddings / highFreqFactor;
  return base.map((f) => {
    const wavelength = (2 * Math.PI) / f;
    if (wavelength < highWavelength) return f;
    if (wavelength > lowWavelength) return f / factor;
    const smooth =
      (originalMaxPositionEmbeddings / wavelength - lowFreqFactor) /
      (highFreqFactor - lowFreqFactor);
    return ((1 - smooth) * f) / factor + smooth * f;
  });
}

export type RotaryTable = {
  readonly positions: number;
  readonly cos: Float32Array;
  readonly sin: Float32Array;
};

/** cos and sin of position × frequency: two (positions, h / 2) tables, row-major. */
export function rotaryTable(config: ModelConfig, positions: number): RotaryTable {
  const frequencies = inverseFrequencies(config.headDim, config.rope);
  const half = frequencies.length;
  const cos = new Float32Array(positions * half);
  const sin = new Float32Array(positions * half);
  for (let p = 0; p < positions; p++) {
    for (let i = 0; i < half; i++) {
      const angle = p * (frequencies[i] ?? 0);
      cos[p * half + i] = Math.cos(angle);
      sin[p * half + i] = Math.sin(angle);
    }
  }
  return { positions, cos, sin };
}

export type Rotation = { readonly cos: Tensor; readonly sin: Tensor };

/** Rotates x (…, h): the first half of the channels pairs with the second, as the hub's checkpoints expect. */
export function rotate(x: Tensor, { cos, sin }: Rotation): Tensor {
  const [first, second] = tf.split(x, 2, -1);
  if (first === undefined || second === undefined)
    throw new Error("rotate: head dimension must be even");
  return tf.concat(
    [
      tf.sub(tf.mul(first, cos), tf.mul(second, sin)),
      tf.add(tf.mul(second, cos), tf.mul(first, sin)),
    ],
    -1,
  );
}

/** x (B, T, n·h) → (B, n, T, h). */
export function splitHeads(x: Tensor, heads: number, headDim: number): Tensor {
  const [b, t] = x.shape as [number, number, number];
  return tf.transpose(tf.reshape(x, [b, t, heads, headDim]), [0, 2, 1, 3]);
}

/** x (B, n, T, h) → (B, T, n·h). */
export function joinHeads(x: Tensor): Tensor {
  const [b, heads, t, dim] = x.shape as [number, number, number, number];
  return tf.reshape(tf.transpose(x, [0, 2, 1, 3]), [b, t, heads * dim]);
}

/** A mask value that softmax turns into exactly 0 in float32 and that never makes NaN. */
export const MASKED = -1e9;
