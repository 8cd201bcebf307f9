/**
 * Rows that decode together. Between two calls rows leave and others join, at any time and with prompts of any
 * length: all rows write the same column, so a prompt is laid down before it, and the columns move to the right
 * where there is too little room before it, to the left where the cache ends.
 */
import { hashToUniform } from "#main/platform/random.ts";
import type { LanguageModel } from "../model/language-model.ts";
import type { CompiledFunction } from "../runtime/runtime.ts";
import { tf } from "../runtime/tf.ts";
import type { Tensor } from "../runtime/tf.ts";
import type { CacheRow, DrawnTokens, RowJob } from "./cache-row.ts";
import type { DecodeProgram } from "./decode-programs.ts";
import type { DecodeState } from "./decode-state.ts";

/** The programs and cache for one cache shape. */
export type BatchPrograms = {
  readonly state: DecodeState;
  readonly prefill: CompiledFunction;
  readonly admit: CompiledFunction;
  readonly shift: CompiledFunction;
};

/** Prompts that are prefilled together at most. */
export const PREFILL_ROWS = 64;

export function powerOfTwoAtLeast(value: number): number {
  return 2 ** Math.ceil(Math.log2(Math.max(1, value)));
}

export class DecodeBatch<Job extends RowJob> {
  readonly rows: (CacheRow<Job> | null)[];
  readonly #model: LanguageModel;
  readonly #programs: BatchPrograms;
  readonly #tokensPerCall: number;
  /** The next column never lies before this one, so that prompts up to this length join without a move. */
  readonly #floor: number;
  /** The column that is written next. */
  #at: number;

  constructor(
    model: LanguageModel,
    programs: BatchPrograms,
    options: { readonly tokensPerCall: number; readonly floor: number },
  ) {
    this.#model = model;
    this.#programs = programs;
    this.#tokensPerCall = options.tokensPerCall;
    this.#floor = options.floor;
    this.#at = options.floor;
    this.rows = Array.from({ length: programs.state.shape.rows }, () => null);
  }

  /** Rows that are free. */
  get idle(): number {
    return this.rows.filter((row) => row === null).length;
  }

  /** Columns that a row may span. */
  get columns(): number {
    return this.#programs.state.shape.columns;
  }

  /**
   * Puts jobs into free rows; there must be as many. Jobs that share their prompt (the same array) share its
   * prefill. Prompts are padded to `promptColumns`.
   */
  async admit(jobs: readonly Job[], promptColumns: number): Promise<void> {
    const longest = Math.max(0, ...jobs.map(({ promptIds }) => promptIds.length));
    if (this.idle === this.rows.length) this.#at = Math.max(this.#floor, longest);
    else if (this.#at < longest) await this.#move(this.#at - longest);
    const idle = this.rows.flatMap((row, r) => (row === null ? [r] : []));
    if (idle.length < jobs.length) throw new Error("more jobs than free rows");
    const prompts = [...new Set(jobs.map(({ promptIds }) => promptIds))];
    for (let first = 0; first < prompts.length; first += PREFILL_ROWS) {
      const batch = prompts.slice(first, first + PREFILL_ROWS);
      const place = new Map(batch.map((prompt, i) => [prompt, i]));
      const placed = jobs.flatMap((job, i) => {
        const source = place.get(job.promptIds);
        return source === undefined ? [] : [{ job, row: idle[i] ?? 0, source }];
      });
      await this.#admitBatch(batch, placed, promptColumns);
    }
  }

  /** Goes on with the rows of a batch whose cache was copied into this one's. */
  takeRows(smaller: DecodeBatch<Job>): void {
    smaller.rows.forEach((row, r) => {
      this.rows[r] = row;
    });
    this.#at = smaller.#at;
  }

  /** Draws the next tokens of every row. `settings` (B, W): what each row brings to its draw. */
  async decode(program: DecodeProgram, settings?: Float32Array): Promise<DrawnTokens> {
    await this.#makeRoom();
    const n = this.#tokensPerCall;
    const b = this.rows.length;
    const uniforms = new Float32Array(n * b);
    const starts = new Int32Array(b);
    this.rows.forEach((row, r) => {
      starts[r] = row?.start ?? this.#at;
      if (row === null) return;
      // 24 bits, so that the number stays below 1 in float32.
      for (let i = 0; i < n; i++)
        uniforms[i * b + r] =
          Math.floor(hashToUniform(row.job.seed, row.ids.length + i) * 16777216) / 16777216;
    });
    const inputs: Tensor[] = [
      tf.scalar(this.#at, "int32"),
      tf.tensor1d(starts, "int32"),
      tf.tensor(uniforms, [n, b]),
      ...(settings === undefined ? [] : [tf.tensor(settings, [b, settings.length / b])]),
    ];
    const outputs = await program.run.aside(...inputs);
    const [tokens, logprobs, topIds, topLogprobs] = outputs.map((tensor) => tensor.dataSync());
    for (const tensor of [...inputs, ...outputs]) tensor.dispose();
    this.#at += n;
    return {
      tokens: tokens as Int32Array,
      logprobs: logprobs as Float32Array,
      top:
        program.alternatives === 0
          ? null
          : {
              count: program.alternatives,
              ids: topIds as Float32Array,
              logprobs: topLogprobs as Float32Array,
            },
    };
  }

  async #admitBatch(
    prompts: readonly (readonly number[])[],
    placed: readonly { readonly job: Job; readonly row: number; readonly source: number }[],
    p: number,
  ): Promise<void> {
    const r = powerOfTwoAtLeast(prompts.length);
    const ids = new Int32Array(r * p);
    const pads = new Int32Array(r).fill(p - 1);
    prompts.forEach((prompt, i) => {
      pads[i] = p - prompt.length;
      ids.set(prompt, i * p + p - prompt.length);
    });
    const a = powerOfTwoAtLeast(placed.length);
    const last = placed[placed.length - 1];
    if (last === undefined) return;
    // Padding repeats the last entry: the same row is written twice with the same content.
    const entries = Array.from({ length: a }, (_, i) => placed[i] ?? last);
    const tensors: Tensor[] = [tf.tensor(ids, [r, p], "int32"), tf.tensor1d(pads, "int32")];
    const prefilled = await this.#programs.prefill.aside(...tensors);
    const admitted: Tensor[] = [
      tf.tensor1d(
        Int32Array.from(entries, ({ row }) => row),
        "int32",
      ),
      tf.tensor1d(
        Int32Array.from(entries, ({ source }) => source),
        "int32",
      ),
      tf.scalar(this.#at, "int32"),
      this.#seenRows(entries.map(({ job }) => job.promptIds)),
    ];
    const done = await this.#programs.admit.aside(...admitted, ...prefilled);
    for (const tensor of [...tensors, ...prefilled, ...admitted, ...done]) tensor.dispose();
    for (const { job, row } of placed) {
      const start = this.#at - job.promptIds.length;
      this.rows[row] = { job, start, ids: [], logprobs: [] };
    }
  }

  /** (A, V) marks of the tokens each prompt holds; a column of zeros where no penalty asks for it. */
  #seenRows(prompts: readonly (readonly number[])[]): Tensor {
    if (this.#programs.state.seen === null) return tf.zeros([prompts.length, 1]);
    const v = this.#model.config.vocabSize;
    const marks = new Float32Array(prompts.length * v);
    prompts.forEach((prompt, i) => {
      for (const id of prompt) marks[i * v + id] = 1;
    });
    return tf.tensor(marks, [prompts.length, v]);
  }

  /** Moves the columns to the left where the next call would run past the cache's end. */
  async #makeRoom(): Promise<void> {
    if (this.#at + this.#tokensPerCall <= this.#programs.state.shape.columns) return;
    const shift = Math.min(
      this.#at - this.#floor,
      ...this.rows.flatMap((row) => (row === null ? [] : [row.start])),
    );
    if (shift <= 0) throw new Error("the key-value cache has no room left");
    await this.#move(shift);
  }

  /** Moves every column `by` to the left, or to the right where it is negative. */
  async #move(by: number): Promise<void> {
    const amount = tf.scalar(by, "int32");
    for (const tensor of await this.#programs.shift.aside(amount)) tensor.dispose();
    amount.dispose();
    this.rows.forEach((row, r) => {
      if (row !== null) this.rows[r] = { ...row, start: row.start - by };
    });
    this.#at -= by;
  }
}
