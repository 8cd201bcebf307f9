/**
 * The compiled programs that run the model in sampling: prompts prefilled, and tokens drawn against the cache that
 * decode-state.ts describes.
 *
 * Shapes: B cache rows, T cache columns, R prompts prefilled at once, P their padded length, N tokens a call,
 * K key-value heads, h head dimension, D hidden, L layers.
 */
import { decoderStack, embed, outputMatrix, withValues } from "../model/decoder.ts";
import type { Meeting, Weights } from "../model/decoder.ts";
import { groupedAttention, MASKED, rotaryTable } from "../model/layers.ts";
import type { Rotation } from "../model/layers.ts";
import type { ModelConfig } from "../checkpoint/model-config.ts";
import { matMul } from "../runtime/matmul.ts";
import type { CompiledFunction, Runtime } from "../runtime/runtime.ts";
import { tf } from "../runtime/tf.ts";
import type { Tensor } from "../runtime/tf.ts";
import type { CacheShape, DecodeState } from "./decode-state.ts";
import type { DecodeWeights } from "./decode-weights.ts";
import type { Picker } from "./picker.ts";

/** (ids (R, P) int32 padded on the left, pads (R) int32) → [hidden (R, D), then 2L tensors (R·K, P, h)]. */
export function prefillProgram(runtime: Runtime, decodeWeights: DecodeWeights): CompiledFunction {
  const { config } = decodeWeights;
  const prefill = (...args: readonly Tensor[]): Tensor[] => {
    const [ids, pads] = args as [Tensor, Tensor];
    const [r, p] = ids.shape as [number, number];
    const columns = tf.range(0, p, 1, "int32");
    const positions = tf.maximum(
      tf.sub(tf.reshape(columns, [1, p]), tf.reshape(pads, [r, 1])),
      tf.scalar(0, "int32"),
    );
    const rotation = rotationAt(config, p, tf.reshape(positions, [r * p]), [r, 1, p]);
    const future = tf.greater(tf.reshape(columns, [1, 1, p]), tf.reshape(columns, [1, p, 1]));
    const padding = tf.less(tf.reshape(columns, [1, 1, p]), tf.reshape(pads, [r, 1, 1]));
    const hiddenFrom = tf.maximum(tf.cast(future, "float32"), tf.cast(padding, "float32"));
    const mask = tf.reshape(tf.mul(hiddenFrom, MASKED), [r, 1, 1, p, p]);
    const written: Tensor[] = [];
    const attend: Meeting["attend"] = (_, { q, k, v }) => {
      written.push(flattenHeads(k), flattenHeads(v));
      return groupedAttention(q, k, v, mask);
    };
    const weights = decodeWeights.read();
    const hidden = decoderStack(weights, config, embed(weights, ids), { rotation, attend });
    const last = tf.reshape(tf.slice(hidden, [0, p - 1, 0], [r, 1, config.hiddenSize]), [
      r,
      config.hiddenSize,
    ]);
    return [last, ...written];
  };
  return runtime.compile("prefill", (...args) => decodeWeights.within(() => prefill(...args)));
}

/**
 * Draws `tokens` tokens a row. Inputs: at, scalar int32, the first column to write; starts (B) int32; uniforms (N, B);
 * settings (B, W) where the picker has any. Returns [tokens (N, B) int32, log-probabilities (N, B)] and, where the
 * picker gives alternatives, their ids and log-probabilities (N, B, alternatives).
 * One token a call is a plain function that writes the caches in place; several are one XLA loop.
 */
export function decodeProgram(
  runtime: Runtime,
  weights: DecodeWeights,
  state: DecodeState,
  picker: Picker,
  tokens: number,
): DecodeProgram {
  const run =
    tokens === 1
      ? plainDecode(runtime, weights, state, picker)
      : loopDecode(runtime, weights, state, picker, tokens);
  return { run, alternatives: picker.alternatives };
}

export type DecodeProgram = {
  readonly run: CompiledFunction;
  /** Tokens given back beside each drawn one. */
  readonly alternatives: number;
};

function plainDecode(
  runtime: Runtime,
  decodeWeights: DecodeWeights,
  state: DecodeState,
  picker: Picker,
): CompiledFunction {
  return runtime.compile("decode", (...args) =>
    decodeWeights.within(() => {
      const [at, starts, uniforms, settings] = args as [Tensor, Tensor, Tensor, Tensor?];
      const seen = picker.penalised && state.seen !== null ? state.seen : null;
      const { picked, hidden } = decodeToken(decodeWeights.config, state.shape, picker, {
        weights: decodeWeights.read(),
        hidden: state.hidden.read(),
        seen: seen?.read() ?? null,
        column: at,
        starts,
        uniform: tf.reshape(uniforms, [state.shape.rows]),
        settings: settings ?? null,
        write: (index, value) => {
          const cache = state.caches[index];
          if (cache === undefined) throw new Error("decode: a layer's cache is missing");
          cache.writeColumn(at, value);
          return cache.read();
        },
      });
      state.hidden.assign(hidden);
      if (seen !== null) seen.assign(withToken(seen.read(), picked.tokens));
      const byToken = (x: Tensor): Tensor => tf.reshape(x, [1, ...x.shape]);
      return [
        byToken(picked.tokens),
        byToken(picked.logprobs),
        ...(picked.top ?? []).map((x) => byToken(tf.cast(x, "float32"))),
      ];
    }),
  );
}

function loopDecode(
  runtime: Runtime,
  decodeWeights: DecodeWeights,
  state: DecodeState,
  picker: Picker,
  tokens: number,
): CompiledFunction {
  const { rows } = state.shape;
  const recorded =
    picker.alternatives === 0 ? [1, 1] : [1, 1, picker.alternatives, picker.alternatives];
  return runtime.compile(
    "decode",
    (...args) => {
      const [at, starts, uniforms, ...settings] = args as [Tensor, Tensor, Tensor, ...Tensor[]];
      const seen = picker.penalised && state.seen !== null ? state.seen : null;
      const weights = decodeWeights.read();
      const groups: Readonly<Record<keyof Carried, readonly Tensor[]>> = {
        place: [tf.scalar(0, "int32"), at, starts, uniforms, ...settings],
        records: recorded.map((width) => tf.zeros([tokens, 1, rows * width])),
        hidden: [state.hidden.read()],
        seen: seen === null ? [] : [seen.read()],
        caches: state.caches.map((cache) => cache.read()),
        weights: [...weights.values()],
      };
      const layout = new Layout(groups);
      const step = (carried: Carried): Carried =>
        decodeStep(runtime, decodeWeights.config, state, picker, weights, carried);
      const done = layout.read(
        runtime.whileLoop(
          (i) => tf.less(i, tf.scalar(tokens, "int32")),
          (...loop) => layout.write(step(layout.read(loop))),
          layout.write(groups),
          tokens,
        ),
      );
      state.hidden.assign(done.hidden[0] as Tensor);
      seen?.assign(done.seen[0] as Tensor);
      state.caches.forEach((cache, i) => cache.assign(done.caches[i] as Tensor));
      const [drawn, logprobs, ...top] = done.records.map((record, i) =>
        tf.reshape(record, [tokens, rows, recorded[i] ?? 1]),
      ) as [Tensor, Tensor, ...Tensor[]];
      return [
        tf.cast(tf.reshape(drawn, [tokens, rows]), "int32"),
        tf.reshape(logprobs, [tokens, rows]),
        ...top,
      ];
    },
    { xla: true },
  );
}

/** What the loop carries from token to token. */
type Carried = {
  /** Iteration, first column to write, starts, uniforms and, where there are any, settings. */
  readonly place: readonly Tensor[];
  /** What is drawn, one row a token. */
  readonly records: readonly Tensor[];
  readonly hidden: readonly Tensor[];
  readonly seen: readonly Tensor[];
  readonly caches: readonly Tensor[];
  readonly weights: readonly Tensor[];
};

/** The carried tensors in a row, and by group again. */
class Layout {
  readonly #counts: Readonly<Record<keyof Carried, number>>;

  constructor({ place, records, hidden, seen, caches, weights }: Carried) {
    this.#counts = {
      place: place.length,
      records: records.length,
      hidden: hidden.length,
      seen: seen.length,
      caches: caches.length,
      weights: weights.length,
    };
  }

  write({ place, records, hidden, seen, caches, weights }: Carried): Tensor[] {
    return [...place, ...records, ...hidden, ...seen, ...caches, ...weights];
  }

  read(tensors: readonly Tensor[]): Carried {
    let at = 0;
    const take = (count: number): readonly Tensor[] => tensors.slice(at, (at += count));
    return {
      place: take(this.#counts.place),
      records: take(this.#counts.records),
      hidden: take(this.#counts.hidden),
      seen: take(this.#counts.seen),
      caches: take(this.#counts.caches),
      weights: take(this.#counts.weights),
    };
  }
}

/** One iteration of the loop: draw a token from `hidden`, run it through the layers, write column at + i. */
function decodeStep(
  runtime: Runtime,
  config: ModelConfig,
  state: DecodeState,
  picker: Picker,
  weights: Weights,
  carried: Carried,
): Carried {
  const [i, at, starts, uniforms, settings] = carried.place as [
    Tensor,
    Tensor,
    Tensor,
    Tensor,
    Tensor?,
  ];
  const [hidden] = carried.hidden as [Tensor];
  const seen = carried.seen[0] ?? null;
  const column = tf.add(at, i);
  const updated: Tensor[] = [];
  const { picked, hidden: after } = decodeToken(config, state.shape, picker, {
    weights: withValues(weights, [...weights.keys()], carried.weights),
    hidden,
    seen,
    column,
    starts,
    uniform: tf.reshape(tf.gather(uniforms, tf.reshape(i, [1])), [state.shape.rows]),
    settings: settings ?? null,
    write: (index, value) => {
      const cache = runtime.updateColumn(carried.caches[index] as Tensor, value, column);
      updated[index] = cache;
      return cache;
    },
  });
  const drawn = [picked.tokens, picked.logprobs, ...(picked.top ?? [])];
  return {
    place: [tf.add(i, tf.scalar(1, "int32")), ...carried.place.slice(1)],
    records: carried.records.map((record, j) => {
      const values = drawn[j] as Tensor;
      return runtime.updateRow(record, tf.reshape(tf.cast(values, "float32"), [1, 1, -1]), i);
    }),
    hidden: [after],
    seen: seen === null ? [] : [withToken(seen, picked.tokens)],
    caches: updated,
    weights: carried.weights,
  };
}

type TokenInputs = {
  readonly weights: Weights;
  /** (B, D): what the token is drawn from. */
  readonly hidden: Tensor;
  readonly seen: Tensor | null;
  /** Scalar int32: where the token's keys and values go. */
  readonly column: Tensor;
  readonly starts: Tensor;
  readonly uniform: Tensor;
  readonly settings: Tensor | null;
  /** Writes (B·K, 1, h) into a cache at `column` and gives the cache (B·K, T, h). */
  readonly write: (index: number, value: Tensor) => Tensor;
};

/** Draws one token a row and runs it through the layers: the token, and the hidden state (B, D) of the next. */
function decodeToken(
  config: ModelConfig,
  { rows, columns }: CacheShape,
  picker: Picker,
  { weights, hidden, seen, column, starts, uniform, settings, write }: TokenInputs,
): { readonly picked: ReturnType<Picker["pick"]>; readonly hidden: Tensor } {
  const logits = matMul(hidden, outputMatrix(weights, config), false, true);
  const picked = picker.pick(logits, uniform, seen, settings);

  const rotation = rotationAt(config, columns, tf.sub(column, starts), [rows, 1, 1]);
  const all = tf.range(0, columns, 1, "int32");
  const early = tf.less(tf.reshape(all, [1, columns]), tf.reshape(starts, [rows, 1]));
  const late = tf.greater(tf.reshape(all, [1, columns]), column);
  const mask = tf.reshape(
    tf.mul(tf.maximum(tf.cast(early, "float32"), tf.cast(late, "float32")), MASKED),
    [rows, 1, 1, 1, columns],
  );
  const cached = (index: number, value: Tensor): Tensor =>
    tf.reshape(write(index, flattenHeads(value)), [
      rows,
      config.numKeyValueHeads,
      columns,
      config.headDim,
    ]);
  const attend: Meeting["attend"] = (layer, { q, k, v }) =>
    groupedAttention(q, cached(2 * layer, k), cached(2 * layer + 1, v), mask);
  const x = tf.reshape(embed(weights, picked.tokens), [rows, 1, config.hiddenSize]);
  const after = decoderStack(weights, config, x, { rotation, attend });
  return { picked, hidden: tf.reshape(after, [rows, config.hiddenSize]) };
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
