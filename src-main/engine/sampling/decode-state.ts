/**
 * What sampling keeps between calls, and how it moves: prompts admitted to rows, columns shifted, rows taken over by a
 * cache of another shape. These are single operations, layer after layer: a program for each shape would be more to keep
 * than it saves. The key-value cache holds B rows of T columns; all rows write the same column at the same time. A
 * row's prompt lies right-aligned before the column at which the row joined, so a row can join at any time, and what
 * lies before its `start` is masked. Keys are rotated once, when they are written, by the position in the row
 * (column − start), which is why columns can be moved freely.
 *
 * Shapes: B cache rows, T cache columns, R prompts prefilled at once, C their padded length, K key-value heads,
 * h head dimension, D hidden, L layers, V vocabulary.
 */
import type { LanguageModel } from "../model/language-model.ts";
import type { Runtime, Variable } from "../runtime/runtime.ts";
import { tf } from "../runtime/tf.ts";
import type { Tensor } from "../runtime/tf.ts";
import type { CacheShape } from "#main/core/resources/cache-shape.ts";
import type { Precision } from "#main/core/resources/precision.ts";

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

/**
 * Variables of a shape. They have no values, and take no memory, before `fillState` or `takeState`.
 * @param precision of the caches: that of the products that read them
 */
export function createDecodeState(
  runtime: Runtime,
  model: LanguageModel,
  shape: CacheShape,
  precision: Precision,
  penalised: boolean,
): DecodeState {
  const { numLayers, numKeyValueHeads, headDim, hiddenSize, vocabSize } = model.config;
  const cacheDims = [2 * shape.rows * numKeyValueHeads, shape.columns, headDim];
  return {
    shape,
    caches: Array.from({ length: numLayers }, (_, i) =>
      runtime.emptyVariable(`cache.${i}`, cacheDims, precision),
    ),
    hidden: runtime.emptyVariable("hidden", [shape.rows, hiddenSize], "float32"),
    seen: penalised ? runtime.emptyVariable("seen", [shape.rows, vocabSize], "float32") : null,
  };
}

/** Every variable of a state, in an order that is the same for all states. */
export function variablesOf({ caches, hidden, seen }: DecodeState): Variable[] {
  return [...caches, hidden, ...(seen === null ? [] : [seen])];
}

/** Zeros everywhere. */
export function fillState(state: DecodeState): void {
  for (const variable of variablesOf(state)) {
    tf.tidy(() => {
      variable.assign(tf.zeros([...variable.shape]));
    });
  }
}

/** Lets the memory of a state go, not its variables. */
export function releaseState(state: DecodeState): void {
  for (const variable of variablesOf(state)) variable.release();
}

export function disposeDecodeState(state: DecodeState): void {
  for (const variable of variablesOf(state)) variable.dispose();
}

export type Admitted = {
  /** Cache rows to fill, and which prefilled prompt each takes. */
  readonly rows: readonly number[];
  readonly sources: readonly number[];
  /** The column at which they join. */
  readonly at: number;
  /** (A, V): marks of the tokens that each row holds, where the state has any. */
  readonly seen: Tensor | null;
};

/** Puts prefilled prompts, given as the prefill program's outputs, into cache rows. */
export function admitPrompts(
  state: DecodeState,
  { rows, sources, at, seen }: Admitted,
  [hidden, ...written]: readonly Tensor[],
): void {
  tf.tidy(() => {
    const prompts = hidden?.shape[0] ?? 0;
    const p = written[0]?.shape[1] ?? 0;
    // Column c takes prompt column c − (at − C); what falls outside is masked by `start` and may hold anything.
    const columns = columnIndex(state.shape.columns, p - at, p);
    const cacheRows = placesOf(state, rows, state.shape.rows);
    const sourceRows = placesOf(state, sources, prompts);
    state.caches.forEach((cache, i) => {
      const source = written[i];
      if (source === undefined) throw new Error("admit: a layer's keys are missing");
      tf.tidy(() => {
        cache.scatterRows(cacheRows, tf.gather(tf.gather(source, sourceRows), columns, 1));
      });
    });
    const filled = tf.tensor1d([...rows], "int32");
    if (hidden === undefined) throw new Error("admit: the hidden states are missing");
    state.hidden.scatterRows(filled, tf.gather(hidden, tf.tensor1d([...sources], "int32")));
    if (seen !== null) state.seen?.scatterRows(filled, seen);
  });
}

/** Moves every column `by` to the left, to make room at the right end; to the right where it is negative. */
export function shiftColumns(state: DecodeState, by: number): void {
  tf.tidy(() => {
    const index = columnIndex(state.shape.columns, by, state.shape.columns);
    for (const cache of state.caches)
      tf.tidy(() => {
        cache.assign(tf.gather(cache.read(), index, 1));
      });
  });
}

/** Takes `rows` of another state over as this one's first rows, and its columns as the first columns; empties that. */
export function takeState(state: DecodeState, from: DecodeState, rows: readonly number[]): void {
  tf.tidy(() => {
    // Rows that nobody uses repeat one that is.
    const sources = Array.from({ length: state.shape.rows }, (_, r) => rows[r] ?? rows[0] ?? 0);
    const places = placesOf(state, sources, from.shape.rows);
    const plain = tf.tensor1d(sources, "int32");
    const columns =
      state.shape.columns === from.shape.columns
        ? null
        : columnIndex(state.shape.columns, 0, from.shape.columns);
    const take = (to: Variable, of: Variable, index: Tensor, along: Tensor | null): void => {
      tf.tidy(() => {
        const taken = tf.gather(of.read(), index);
        to.assign(along === null ? taken : tf.gather(taken, along, 1));
      });
      of.release();
    };
    state.caches.forEach((cache, i) => {
      const source = from.caches[i];
      if (source === undefined) throw new Error("a layer's cache is missing");
      take(cache, source, places, columns);
    });
    take(state.hidden, from.hidden, plain, null);
    if (state.seen !== null && from.seen !== null) take(state.seen, from.seen, plain, null);
  });
}

/** Places in a cache of the rows' keys, then of their values, where it has `all` rows. */
function placesOf({ caches, shape }: DecodeState, rows: readonly number[], all: number): Tensor {
  const heads = (caches[0]?.shape[0] ?? 0) / (2 * shape.rows);
  const keys = rows.flatMap((row) => Array.from({ length: heads }, (_, j) => row * heads + j));
  return tf.tensor1d([...keys, ...keys.map((place) => place + all * heads)], "int32");
}

/** For each of `columns` columns the one that lies `offset` further, kept within `known` ones. */
function columnIndex(columns: number, offset: number, known: number): Tensor {
  const index = Int32Array.from({ length: columns }, (_, c) =>
    Math.min(Math.max(c + offset, 0), known - 1),
  );
  return tf.tensor1d(index, "int32");
}
