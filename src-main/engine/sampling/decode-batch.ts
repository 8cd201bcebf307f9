/**
 * Rows that decode together. Between two calls rows leave and others join, at any time and with prompts of any
 * length: all rows write the same column, so a prompt is laid down before it, and the columns move to the right
 * where there is too little room before it, to the left where the cache ends. Where rows alone fill it, it grows.
 */
import { hashToUniform } from "#main/platform/random.ts";
import { lengthBucket } from "#main/core/resources/length-buckets.ts";
import type { LanguageModel } from "../model/language-model.ts";
import type { CompiledFunction } from "../runtime/runtime.ts";
import { tf } from "../runtime/tf.ts";
import type { Tensor } from "../runtime/tf.ts";
import type { CacheRow, DrawnTokens, SampledSequence } from "./cache-row.ts";
import { prefillParts, smallerRows, widerColumns } from "#main/core/resources/cache-shape.ts";
import type { CacheShape } from "#main/core/resources/cache-shape.ts";
import type { DecodeShapes, LaneShape } from "./decode-shapes.ts";
import { admitPrompts, fillState, releaseState, shiftColumns, takeState } from "./decode-state.ts";

export type DecodeBatchOptions = {
  readonly lane: number;
  readonly prefill: CompiledFunction;
  readonly tokensPerCall: number;
  /** The next column never lies before this one, so that prompts up to this length join without a move. */
  readonly floor: number;
  readonly shape: CacheShape;
  /** Columns that it may grow to. */
  readonly mostColumns: number;
};

export class DecodeBatch<Sequence extends SampledSequence> {
  rows: (CacheRow<Sequence> | null)[];
  readonly #model: LanguageModel;
  readonly #shapes: DecodeShapes;
  readonly #options: DecodeBatchOptions;
  #own: LaneShape;
  /** The column that is written next. */
  #at: number;
  #mostColumns: number;

  constructor(model: LanguageModel, shapes: DecodeShapes, options: DecodeBatchOptions) {
    this.#model = model;
    this.#shapes = shapes;
    this.#options = options;
    this.#at = options.floor;
    this.#mostColumns = options.mostColumns;
    this.#own = shapes.use(options.lane, options.shape);
    fillState(this.#own.state);
    this.rows = Array.from({ length: options.shape.rows }, () => null);
  }

  /** Rows that are free. */
  get idle(): number {
    return this.rows.filter((row) => row === null).length;
  }

  get shape(): CacheShape {
    return this.#own.state.shape;
  }

  /** Columns that a row may span. */
  get mostColumns(): number {
    return this.#mostColumns;
  }

  /** Lets the cache's memory go. */
  release(): void {
    releaseState(this.#own.state);
  }

  /**
   * Puts sequences into free rows; there must be as many. Sequences that share their prompt (the same array) share its prefill,
   * and prompts of like length are computed together as far as that is bounded.
   */
  async admit(sequences: readonly Sequence[]): Promise<void> {
    const longest = Math.max(0, ...sequences.map(({ promptIds }) => promptIds.length));
    const fresh = this.idle === this.rows.length;
    const at = Math.max(fresh ? this.#options.floor : this.#at, longest);
    if (at > this.shape.columns) this.#grow(at);
    if (fresh) this.#at = at;
    else if (this.#at < at) this.#move(this.#at - at);
    const idle = this.rows.flatMap((row, r) => (row === null ? [r] : []));
    if (idle.length < sequences.length) throw new Error("more sequences than free rows");
    const prompts = [...new Set(sequences.map(({ promptIds }) => promptIds))];
    for (const batch of prefillParts(prompts)) {
      const place = new Map(batch.map((prompt, i) => [prompt, i]));
      const placed = sequences.flatMap((sequence, i) => {
        const source = place.get(sequence.promptIds);
        return source === undefined ? [] : [{ sequence, row: idle[i] ?? 0, source }];
      });
      await this.#admitBatch(batch, placed);
    }
  }

  /**
   * Goes on in a cache of another shape, with the rows that are not done; there must be as many.
   * @param mostColumns that it may grow to from now on
   */
  reshape(shape: CacheShape, mostColumns = this.#mostColumns): void {
    this.#mostColumns = mostColumns;
    const { rows, columns } = this.shape;
    if (rows === shape.rows && columns === shape.columns) return;
    const active = this.rows.flatMap((row, r) => (row === null ? [] : [r]));
    if (active.length > shape.rows) throw new Error("more rows than the new cache has");
    const from = this.#own.state;
    const kept = active.map((r) => this.rows[r] ?? null);
    this.#own = this.#shapes.use(this.#options.lane, shape);
    takeState(this.#own.state, from, active);
    this.rows = Array.from({ length: shape.rows }, (_, r) => kept[r] ?? null);
  }

  /**
   * Leaves rows behind that are done where none will follow them.
   * @param mostLeft tokens that a row has yet to draw at the most: for a few no program is made
   */
  compact(mostLeft: number): void {
    const rows = smallerRows(this.rows.length, this.rows.length - this.idle, mostLeft);
    if (rows < this.rows.length) this.reshape({ rows, columns: this.shape.columns });
  }

  /** Draws the next tokens of every row. `settings` (B, W): what each row brings to its draw. */
  async decode(picker: string, settings?: Float32Array): Promise<DrawnTokens> {
    this.#makeRoom();
    const n = this.#options.tokensPerCall;
    const b = this.rows.length;
    const uniforms = new Float32Array(n * b);
    const starts = new Int32Array(b);
    this.rows.forEach((row, r) => {
      starts[r] = row?.start ?? this.#at;
      if (row === null) return;
      // 24 bits, so that the number stays below 1 in float32.
      for (let i = 0; i < n; i++)
        uniforms[i * b + r] =
          Math.floor(hashToUniform(row.sequence.seed, row.ids.length + i) * 16777216) / 16777216;
    });
    const inputs: Tensor[] = [
      tf.scalar(this.#at, "int32"),
      tf.tensor1d(starts, "int32"),
      tf.tensor(uniforms, [n, b]),
      ...(settings === undefined ? [] : [tf.tensor(settings, [b, settings.length / b])]),
    ];
    const outputs = await this.#own.decode(picker, inputs);
    const [tokens, logprobs, topIds, topLogprobs] = outputs.map((tensor) => tensor.dataSync());
    for (const tensor of [...inputs, ...outputs]) tensor.dispose();
    this.#at += n;
    const count = this.#shapes.alternatives(picker);
    return {
      tokens: tokens as Int32Array,
      logprobs: logprobs as Float32Array,
      top:
        count === 0
          ? null
          : { count, ids: topIds as Float32Array, logprobs: topLogprobs as Float32Array },
    };
  }

  async #admitBatch(
    prompts: readonly (readonly number[])[],
    placed: readonly {
      readonly sequence: Sequence;
      readonly row: number;
      readonly source: number;
    }[],
  ): Promise<void> {
    const r = prompts.length;
    const p = lengthBucket(Math.max(...prompts.map(({ length }) => length)));
    const ids = new Int32Array(r * p);
    const pads = Int32Array.from(prompts, ({ length }) => p - length);
    prompts.forEach((prompt, i) => {
      ids.set(prompt, i * p + p - prompt.length);
    });
    const inputs = [tf.tensor(ids, [r, p], "int32"), tf.tensor1d(pads, "int32")];
    const prefilled = await this.#options.prefill.aside(...inputs);
    const seen = this.#seenRows(placed.map(({ sequence }) => sequence.promptIds));
    admitPrompts(
      this.#own.state,
      {
        rows: placed.map(({ row }) => row),
        sources: placed.map(({ source }) => source),
        at: this.#at,
        seen,
      },
      prefilled,
    );
    for (const tensor of [...inputs, ...prefilled]) tensor.dispose();
    seen?.dispose();
    for (const { sequence, row } of placed) {
      const start = this.#at - sequence.promptIds.length;
      this.rows[row] = { sequence, start, ids: [], logprobs: [] };
    }
  }

  /** (A, V) marks of the tokens each prompt holds, where a penalty asks for them. */
  #seenRows(prompts: readonly (readonly number[])[]): Tensor | null {
    if (this.#own.state.seen === null) return null;
    const v = this.#model.config.vocabSize;
    const marks = new Float32Array(prompts.length * v);
    prompts.forEach((prompt, i) => {
      for (const id of prompt) marks[i * v + id] = 1;
    });
    return tf.tensor(marks, [prompts.length, v]);
  }

  /** Where the next call would run past the cache's end, moves the columns to the left or makes more of them. */
  #makeRoom(): void {
    const { columns } = this.shape;
    const { floor, tokensPerCall } = this.#options;
    const needed = this.#at + tokensPerCall;
    if (needed <= columns) return;
    const shift = Math.min(
      this.#at - floor,
      ...this.rows.flatMap((row) => (row === null ? [] : [row.start])),
    );
    // A move touches the whole cache: it has to make room for more than a few tokens, unless there is no other way.
    const enough = columns < this.#mostColumns ? columns / 4 : 1;
    if (shift >= enough && needed - shift <= columns) this.#move(shift);
    else this.#grow(needed);
  }

  #grow(needed: number): void {
    const { rows, columns } = this.shape;
    const mostColumns = this.#mostColumns;
    if (needed > mostColumns) throw new Error("the key-value cache has no room left");
    // Rows keep their places: nothing is known of those that follow.
    const wider = { rows, columns: widerColumns(columns, needed, mostColumns) };
    const before = this.rows;
    const from = this.#own.state;
    this.#own = this.#shapes.use(this.#options.lane, wider);
    takeState(
      this.#own.state,
      from,
      before.map((_, r) => r),
    );
  }

  /** Moves every column `by` to the left, or to the right where it is negative. */
  #move(by: number): void {
    shiftColumns(this.#own.state, by);
    this.rows.forEach((row, r) => {
      if (row !== null) this.rows[r] = { ...row, start: row.start - by };
    });
    this.#at -= by;
  }
}
