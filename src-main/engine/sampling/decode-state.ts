/**
 * What sampling keeps between calls, and the compiled programs that move it: prompts admitted to rows, columns shifted,
 * a cache grown. The key-value cache holds B rows of T columns; all rows write the same column at the same time. A
 * row's prompt lies right-aligned before the column at which the row joined, so a row can join at any time, and what
 * lies before its `start` is masked. Keys are rotated once, when they are written, by the position in the row
 * (column − start), which is why columns can be moved freely.
 *
 * Shapes: B cache rows, T cache columns, R prompts prefilled at once, C their padded length, K key-value heads,
 * h head dimension, D hidden, L layers, V vocabulary.
 */
import type { LanguageModel } from "../model/language-model.ts";
import type { Precision } from "../runtime/matmul.ts";
import type { CompiledFunction, Runtime, Variable } from "../runtime/runtime.ts";
import { tf } from "../runtime/tf.ts";
import type { Tensor } from "../runtime/tf.ts";
import type { CacheShape } from "./cache-shape.ts";

/** The variables that live between calls. */
export type DecodeState = {
  readonly shape: CacheShape;
  /** L variables (2·B·K, T, h): a layer's keys, then its values. */
  readonly caches: readonly Variable[];
  /** (B, D): final hidden state from which each row's next token is drawn. */
  readonly hidden: Variable;
  /** (B, V): 1 for tokens that the row holds; only where there is a repetition penalty. */
  readonly seen: Variable | null;
};

/** @param precision of the caches: that of the products that read them */
export function createDecodeState(
  runtime: Runtime,
  model: LanguageModel,
  shape: CacheShape,
  precision: Precision,
  penalised: boolean,
): DecodeState {
  const { numLayers, numKeyValueHeads, headDim, hiddenSize, vocabSize } = model.config;
  const make = (name: string, dims: readonly number[]): Variable =>
    runtime.variable(name, dims, new Float32Array(dims.reduce((a, b) => a * b, 1)));
  const makeCache = (name: string, dims: readonly number[]): Variable => {
    const cache = runtime.emptyVariable(name, dims, precision);
    tf.tidy(() => {
      cache.assign(tf.zeros([...dims]));
    });
    return cache;
  };
  return {
    shape,
    caches: Array.from({ length: numLayers }, (_, i) =>
      makeCache(`cache.${i}`, [2 * shape.rows * numKeyValueHeads, shape.columns, headDim]),
    ),
    hidden: make("hidden", [shape.rows, hiddenSize]),
    seen: penalised ? make("seen", [shape.rows, vocabSize]) : null,
  };
}

export function disposeDecodeState(state: DecodeState): void {
  for (const cache of state.caches) cache.dispose();
  state.hidden.dispose();
  state.seen?.dispose();
}

/**
 * Puts prefilled prompts into cache rows. Inputs: rows (A) int32, the cache rows to fill (equal entries must bring
 * equal content); sources (A) int32, which prefilled prompt each takes; at, scalar int32, the column at which they
 * join; seen (A, V) or (A, 1) where unused; then prefill's outputs.
 */
export function admitProgram(
  runtime: Runtime,
  model: LanguageModel,
  state: DecodeState,
): CompiledFunction {
  const heads = model.config.numKeyValueHeads;
  const { columns } = state.shape;
  return runtime.compile("admit", (...args) => {
    const [rows, sources, at, seen, hidden, ...written] = args as [
      Tensor,
      Tensor,
      Tensor,
      Tensor,
      Tensor,
      ...Tensor[],
    ];
    const a = rows.shape[0] ?? 0;
    const p = written[0]?.shape[1] ?? 0;
    const half = (written[0]?.shape[0] ?? 0) / 2;
    const offsets = tf.reshape(tf.range(0, heads, 1, "int32"), [1, heads]);
    /** Places of the rows' keys, then of their values, where `values` places lie before the first value. */
    const expand = (index: Tensor, values: number): Tensor => {
      const first = tf.mul(tf.reshape(index, [a, 1]), tf.scalar(heads, "int32"));
      const keys = tf.reshape(tf.add(first, offsets), [a * heads]);
      return tf.concat([keys, tf.add(keys, tf.scalar(values, "int32"))]);
    };
    const cacheRows = expand(rows, state.shape.rows * heads);
    const sourceRows = expand(sources, half);
    // Column c takes prompt column c − (at − C); what falls outside is masked by `start` and may hold anything.
    const from = tf.sub(tf.range(0, columns, 1, "int32"), tf.sub(at, tf.scalar(p, "int32")));
    const promptColumns = tf.minimum(
      tf.maximum(from, tf.scalar(0, "int32")),
      tf.scalar(p - 1, "int32"),
    );
    state.caches.forEach((cache, i) => {
      const source = written[i];
      if (source === undefined) throw new Error("admit: a layer's keys are missing");
      cache.scatterRows(cacheRows, tf.gather(tf.gather(source, sourceRows), promptColumns, 1));
    });
    state.hidden.scatterRows(rows, tf.gather(hidden, sources));
    state.seen?.scatterRows(rows, seen);
    return [tf.scalar(0)];
  });
}

/** Moves every column `shift` (scalar int32) to the left, to make room at the right end; to the right where it is negative. */
export function shiftProgram(runtime: Runtime, state: DecodeState): CompiledFunction {
  const { columns } = state.shape;
  return runtime.compile("shift", (...args) => {
    const [shift] = args as [Tensor];
    const index = tf.maximum(
      tf.minimum(tf.add(tf.range(0, columns, 1, "int32"), shift), tf.scalar(columns - 1, "int32")),
      tf.scalar(0, "int32"),
    );
    for (const cache of state.caches) cache.assign(tf.gather(cache.read(), index, 1));
    return [tf.scalar(0)];
  });
}

/** Copies a state into a larger one: its rows become the first rows, its columns the first columns. */
export function growProgram(
  runtime: Runtime,
  from: DecodeState,
  to: DecodeState,
): CompiledFunction {
  return runtime.compile("grow", () => {
    to.caches.forEach((cache, i) => {
      const source = from.caches[i];
      if (source === undefined) throw new Error("grow: a layer is missing");
      const split = ({ shape: [places = 0, ...rest] }: Variable): number[] => [
        2,
        places / 2,
        ...rest,
      ];
      const padded = padTo(tf.reshape(source.read(), split(source)), split(cache));
      cache.assign(tf.reshape(padded, [...cache.shape]));
    });
    to.hidden.assign(padTo(from.hidden.read(), to.hidden.shape));
    if (from.seen !== null) to.seen?.assign(padTo(from.seen.read(), to.seen.shape));
    return [tf.scalar(0)];
  });
}

/** Zeros after the last entry of each axis. */
function padTo(x: Tensor, shape: readonly number[]): Tensor {
  return tf.pad(
    x,
    shape.map((size, axis): [number, number] => [0, size - (x.shape[axis] ?? 0)]),
  );
}
