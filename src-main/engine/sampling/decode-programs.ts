/**
 * The compiled programs that run the model in sampling: prompts prefilled, and tokens drawn against the cache that
 * decode-state.ts describes.
 *
 * Shapes: B cache rows, T cache columns, R prompts prefilled at once, C their padded length, N tokens a call,
 * K key-value heads, h head dimension, D hidden, L layers.
 */
import { decoderStack, embed, outputMatrix } from "../model/decoder.ts";
import type { AttentionContext } from "../model/decoder.ts";
import { attentionMasks, groupedAttention } from "../model/attention.ts";
import { MASKED, rotaryTable } from "../model/layers.ts";
import type { Rotation } from "../model/layers.ts";
import type { ModelConfig } from "#main/core/formats/model-config.ts";
import { matMul } from "../runtime/matmul.ts";
import type { CompiledFunction, Runtime } from "../runtime/runtime.ts";
import { tf } from "../runtime/tf.ts";
import type { Tensor } from "../runtime/tf.ts";
import { decodeStack, turns } from "./decode-layer.ts";
import type { DecodeState } from "./decode-state.ts";
import type { DecodeWeights } from "./decode-weights.ts";
import type { Picker } from "./picker.ts";

/**
 * (ids (R, C) int32 padded on the left, pads (R) int32) → [hidden (R, D), then L tensors (2·R·K, C, h)]: a layer's
 * keys, then its values.
 */
export function prefillProgram(runtime: Runtime, decodeWeights: DecodeWeights): CompiledFunction {
  const { config } = decodeWeights;
  const prefill = (...args: readonly Tensor[]): Tensor[] => {
    const [ids, pads] = args as [Tensor, Tensor];
    const [r, c] = ids.shape as [number, number];
    const columns = tf.range(0, c, 1, "int32");
    const positions = tf.maximum(
      tf.sub(tf.reshape(columns, [1, c]), tf.reshape(pads, [r, 1])),
      tf.scalar(0, "int32"),
    );
    const rotation = rotationAt(config, c, tf.reshape(positions, [r * c]), [r, 1, c]);
    const masks = attentionMasks(c, tf.reshape(pads, [r, 1]));
    const written: Tensor[] = [];
    const attend: AttentionContext["attend"] = (_, { q, k, v }) => {
      written.push(tf.concat([flattenHeads(k), flattenHeads(v)]));
      return groupedAttention(q, k, v, masks);
    };
    const weights = decodeWeights.read();
    const hidden = decoderStack(weights, config, embed(weights, ids), { rotation, attend });
    const last = tf.reshape(tf.slice(hidden, [0, c - 1, 0], [r, 1, config.hiddenSize]), [
      r,
      config.hiddenSize,
    ]);
    return [last, ...written];
  };
  return runtime.compile("prefill", (...args) => decodeWeights.within(() => prefill(...args)));
}

export type DecodeProgram = {
  readonly run: CompiledFunction;
  /** Tokens given back beside each drawn one. */
  readonly alternatives: number;
};

/**
 * Draws `tokens` tokens a row, one after the other, and writes their keys and values into the caches in place. Inputs:
 * at, scalar int32, the first column to write; starts (B) int32; uniforms (N, B); settings (B, W) where the picker has
 * any. Returns [tokens (N, B) int32, log-probabilities (N, B)] and, where the picker gives alternatives, their ids and
 * log-probabilities (N, B, alternatives).
 */
export function decodeProgram(
  runtime: Runtime,
  decodeWeights: DecodeWeights,
  state: DecodeState,
  picker: Picker,
  tokens: number,
): DecodeProgram {
  const decode = (...args: readonly Tensor[]): Tensor[] => {
    const [at, starts, uniforms, settings] = args as [Tensor, Tensor, Tensor, Tensor?];
    const drawn = Array.from({ length: tokens }, (_, i) => {
      const uniform = tf.reshape(tf.slice(uniforms, [i, 0], [1, state.shape.rows]), [-1]);
      const column = tf.add(at, tf.scalar(i, "int32"));
      const inputs = { column, starts, uniform, settings: settings ?? null };
      return decodeToken(decodeWeights, state, picker, inputs);
    });
    const stacked = (of: (picked: ReturnType<Picker["pick"]>) => Tensor | undefined): Tensor =>
      tf.stack(drawn.map((picked) => of(picked) as Tensor));
    return [
      stacked((picked) => picked.tokens),
      stacked((picked) => picked.logprobs),
      ...(picker.alternatives === 0
        ? []
        : [
            stacked(({ top }) => (top === undefined ? undefined : tf.cast(top[0], "float32"))),
            stacked(({ top }) => top?.[1]),
          ]),
    ];
  };
  const run = runtime.compile("decode", (...args) => decodeWeights.within(() => decode(...args)));
  return { run, alternatives: picker.alternatives };
}

type TokenInputs = {
  /** Scalar int32: where the token's keys and values go. */
  readonly column: Tensor;
  readonly starts: Tensor;
  readonly uniform: Tensor;
  readonly settings: Tensor | null;
};

/** Draws one token a row from the state's hidden states and runs it through the layers, which gives the next ones. */
function decodeToken(
  decodeWeights: DecodeWeights,
  state: DecodeState,
  picker: Picker,
  { column, starts, uniform, settings }: TokenInputs,
): ReturnType<Picker["pick"]> {
  const { config } = decodeWeights;
  const { rows, columns } = state.shape;
  const weights = decodeWeights.read();
  const seen = picker.penalised ? state.seen : null;
  const output = outputMatrix(weights, config);
  const logits = tf.transpose(matMul(output, state.hidden.read(), false, true));
  const picked = picker.pick(logits, uniform, seen?.read() ?? null, settings);

  const all = tf.reshape(tf.range(0, columns, 1, "int32"), [1, columns]);
  const early = tf.less(all, tf.reshape(starts, [rows, 1]));
  const late = tf.greater(all, column);
  const hiddenFrom = tf.maximum(tf.cast(early, "float32"), tf.cast(late, "float32"));
  const after = decodeStack(weights, config, tf.transpose(embed(weights, picked.tokens)), {
    turn: turns(config, columns, tf.sub(column, starts)),
    mask: tf.reshape(tf.mul(hiddenFrom, MASKED), [rows, 1, columns]),
    write: (layer, keysAndValues) => {
      const cache = state.caches[layer];
      if (cache === undefined) throw new Error("decode: a layer's cache is missing");
      cache.writeColumn(column, keysAndValues);
      return cache.read();
    },
  });
  state.hidden.assign(tf.transpose(after));
  if (seen !== null) seen.assign(withToken(seen.read(), picked.tokens));
  return picked;
}

/** seen (B, V) with each row's new token (B) marked. */
function withToken(seen: Tensor, tokens: Tensor): Tensor {
  const [rows, v] = seen.shape as [number, number];
  const marks = tf.equal(tf.reshape(tokens, [rows, 1]), tf.range(0, v, 1, "int32"));
  return tf.maximum(seen, tf.cast(marks, "float32"));
}

/** cos and sin for the given positions (flat int32), shaped [...lead, h / 2]. */
function rotationAt(
  config: ModelConfig,
  table: number,
  positions: Tensor,
  lead: readonly number[],
): Rotation {
  const { cos, sin } = rotaryTable(config, table);
  const half = config.headDim / 2;
  const pick = (values: Float32Array): Tensor =>
    tf.reshape(tf.gather(tf.tensor(values, [table, half]), positions), [...lead, half]);
  return { cos: pick(cos), sin: pick(sin) };
}

/** (B, n, T, h) → (B·n, T, h). */
function flattenHeads(x: Tensor): Tensor {
  const [b, heads, t, dim] = x.shape as [number, number, number, number];
  return tf.reshape(x, [b * heads, t, dim]);
}
