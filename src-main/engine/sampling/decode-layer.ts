/**
 * The decoder of model/decoder.ts for one new token a row, with features along the first axis. x (D, B) makes each
 * product one of a whole matrix, as it lies in memory, with a few columns: oneDNN then packs the columns, where x · W
 * would have it pack the matrix again for every token (docs/experiments/sampling.md).
 *
 * Shapes: B rows, D hidden, H heads, K key-value heads, h head dimension, T cache columns.
 */
import type { ModelConfig } from "#main/core/formats/model-config.ts";
import { stackOf, weight } from "../model/decoder.ts";
import type { Weights } from "../model/decoder.ts";
import { rmsNorm, rotaryTable } from "../model/layers.ts";
import { factorMatMul, matMul } from "../runtime/matmul.ts";
import { tf } from "../runtime/tf.ts";
import type { Tensor } from "../runtime/tf.ts";

/** Where a token's keys and values go, and what it may see of what is there. */
export type DecodeContext = {
  /** What turns queries, keys and values, ((H + 2K)·h, B) each: see `turns`. */
  readonly turn: { readonly cos: Tensor; readonly sin: Tensor; readonly partners: Tensor };
  /** Writes a token's keys and values, (2·B·K, 1, h), into a layer's cache and gives it, (2·B·K, T, h). */
  readonly write: (layer: number, keysAndValues: Tensor) => Tensor;
  /** (B, 1, T): 0 where the row may look, MASKED elsewhere. */
  readonly mask: Tensor;
};

/** All layers and the final norm: x (D, B) → (D, B). */
export function decodeStack(
  weights: Weights,
  config: ModelConfig,
  x: Tensor,
  context: DecodeContext,
): Tensor {
  return stackOf(weights, config, x, {
    norm: (input, scale) => rmsNorm(input, scale, config.rmsNormEps, -2),
    project: (module, input, hasBias) => project(weights, module, input, hasBias),
    attention: (layer, input) => {
      const mixed = attend(weights, config, layer, input, context);
      const module = `model.layers.${layer}.self_attn.o_proj`;
      return project(weights, module, mixed, config.outputBias, "rows");
    },
  });
}

/** x (D, B) → the values that each row's token takes from its cache, (B, H·h), as a factor of a product. */
function attend(
  weights: Weights,
  config: ModelConfig,
  index: number,
  x: Tensor,
  { turn, write, mask }: DecodeContext,
): Tensor {
  const {
    numHeads,
    numKeyValueHeads: kvHeads,
    headDim,
    attentionBias,
    qkNorm,
    rmsNormEps,
  } = config;
  const b = x.shape[1] ?? 0;
  const at = `model.layers.${index}.self_attn.`;
  const heads = (name: string, count: number): Tensor => {
    const y = project(weights, `${at}${name}_proj`, x, attentionBias);
    if (!qkNorm || name === "v") return y;
    const byHead = tf.reshape(y, [count, headDim, b]);
    const scale = weight(weights, `${at}${name}_norm.weight`);
    return tf.reshape(rmsNorm(byHead, scale, rmsNormEps, -2), [count * headDim, b]);
  };
  const all = tf.concat([heads("q", numHeads), heads("k", kvHeads), heads("v", kvHeads)]);
  const swapped = tf.gather(all, turn.partners);
  const turned = tf.add(tf.mul(all, turn.cos), tf.mul(swapped, turn.sin));

  const [queryRows, keyRows] = [numHeads * headDim, kvHeads * headDim];
  const q = tf.transpose(tf.slice(turned, [0, 0], [queryRows, b]));
  const kv = tf.reshape(tf.slice(turned, [queryRows, 0], [2 * keyRows, b]), [2, keyRows, b]);
  const places = 2 * b * kvHeads;
  const cache = write(index, tf.reshape(tf.transpose(kv, [0, 2, 1]), [places, 1, headDim]));
  const t = cache.shape[1] ?? 0;
  const keys = tf.slice(cache, [0, 0, 0], [places / 2, t, headDim]);
  const values = tf.slice(cache, [places / 2, 0, 0], [places / 2, t, headDim]);

  const group = numHeads / kvHeads;
  const scores = matMul(tf.reshape(q, [b * kvHeads, group, headDim]), keys, false, true);
  const shares = tf.softmax(tf.add(tf.reshape(scores, [b, numHeads, t]), mask));
  const mixed = factorMatMul(tf.reshape(shares, [b * kvHeads, group, t]), values);
  return tf.reshape(mixed, [b, queryRows]);
}

/** W x for x (in, B), or for the transpose of x (B, in) where it lies in rows; with the module's bias. */
function project(
  weights: Weights,
  module: string,
  x: Tensor,
  hasBias: boolean,
  lies: "columns" | "rows" = "columns",
): Tensor {
  const matrix = weight(weights, `${module}.weight`);
  const inRows = lies === "rows";
  const y =
    weights.outputFirst === true
      ? matMul(matrix, x, false, inRows)
      : tf.transpose(matMul(x, matrix, !inRows));
  return hasBias ? tf.add(y, tf.reshape(weight(weights, `${module}.bias`), [-1, 1])) : y;
}

/**
 * cos and sin, ((H + 2K)·h, B), with which x · cos + x[partners] · sin rotates queries and keys by each row's position
 * and leaves values as they are. Queries are scaled by 1/√h on the way. positions (B) int32, below `table`.
 */
export function turns(
  config: ModelConfig,
  table: number,
  positions: Tensor,
): DecodeContext["turn"] {
  const { numHeads, numKeyValueHeads: kvHeads, headDim } = config;
  const b = positions.shape[0] ?? 0;
  const half = headDim / 2;
  const pick = (values: Float32Array): Tensor =>
    tf.transpose(tf.gather(tf.tensor(values, [table, half]), positions)); // (h / 2, B)
  const known = rotaryTable(config, table);
  const [cos, sin] = [pick(known.cos), pick(known.sin)];
  const each = (first: Tensor, second: Tensor, values: Tensor): Tensor => {
    const head = tf.concat([first, second]);
    const queries = tf.tile(tf.mul(head, 1 / Math.sqrt(headDim)), [numHeads, 1]);
    return tf.concat([queries, tf.tile(head, [kvHeads, 1]), values]);
  };
  return {
    partners: tf.tensor1d(otherHalves(config), "int32"),
    cos: each(cos, cos, tf.ones([kvHeads * headDim, b])),
    sin: each(tf.neg(sin), sin, tf.zeros([kvHeads * headDim, b])),
  };
}

/** For each channel of each head its partner in the rotation: the hub's checkpoints pair the halves of a head. */
function otherHalves({ numHeads, numKeyValueHeads, headDim }: ModelConfig): Int32Array {
  const half = headDim / 2;
  return Int32Array.from({ length: (numHeads + 2 * numKeyValueHeads) * headDim }, (_, i) =>
    i % headDim < half ? i + half : i - half,
  );
}
