/**
 * Samples completions of many prompts in batches. A group's shared prompt is prefilled once; rows that finish
 * are given to the next completion in the queue; every completion has its own random numbers, so that it does not
 * depend on its neighbours.
 */
import { setImmediate } from "node:timers/promises";
import { AppError } from "#shared/errors.ts";
import type { SamplingOptions } from "#shared/schema/recipe.ts";
import { hashToUniform } from "#main/platform/random.ts";
import type { LanguageModel } from "../model/language-model.ts";
import type { CompiledFunction, Runtime } from "../runtime/runtime.ts";
import { tf } from "../runtime/tf.ts";
import type { Tensor } from "../runtime/tf.ts";
import { extendRow } from "./cache-row.ts";
import type { CacheRow, Completion, DrawnTokens, Job } from "./cache-row.ts";
import {
  admitProgram,
  createDecodeState,
  decodeProgram,
  disposeDecodeState,
  prefillProgram,
  shiftProgram,
} from "./decode-programs.ts";
import type { DecodeState } from "./decode-programs.ts";

export type SampleRequest = {
  readonly promptIds: readonly number[];
  /** One completion for each seed. */
  readonly seeds: readonly number[];
};

export type GenerateOptions = SamplingOptions & {
  readonly stopIds: readonly number[];
  readonly signal?: AbortSignal;
  /** Called after every few tokens. */
  readonly onProgress?: (progress: {
    readonly finished: number;
    readonly total: number;
    readonly tokens: number;
  }) => void;
};

export type SamplerOptions = {
  /** Cache rows at most. */
  readonly maxRows?: number;
  /** Tokens drawn in one compiled call. */
  readonly tokensPerCall?: number;
};

/** The programs and cache for one cache shape and one set of options. */
type Engine = {
  readonly state: DecodeState;
  readonly admit: CompiledFunction;
  readonly shift: CompiledFunction;
  readonly decode: CompiledFunction;
};

const PROMPT_BUCKET = 16;
const COLUMN_BUCKET = 32;
const PREFILL_ROWS = 64;
/** Caches kept at once; the one in use may be larger. */
const KEPT_CACHE_BYTES = 2 ** 29;
const KEPT_ENGINES = 4;

function roundUp(value: number, step: number): number {
  return Math.ceil(value / step) * step;
}

function powerOfTwoAtLeast(value: number): number {
  return 2 ** Math.ceil(Math.log2(Math.max(1, value)));
}

export class Sampler {
  readonly #runtime: Runtime;
  readonly #model: LanguageModel;
  readonly #maxRows: number;
  readonly #tokensPerCall: number;
  readonly #prefill: CompiledFunction;
  /** By key, the one used last at the end: prompts that cross a bucket's border do not compile again and again. */
  readonly #engines = new Map<string, Engine>();

  constructor(runtime: Runtime, model: LanguageModel, options: SamplerOptions = {}) {
    this.#runtime = runtime;
    this.#model = model;
    this.#maxRows = options.maxRows ?? 256;
    this.#tokensPerCall = options.tokensPerCall ?? 8;
    this.#prefill = prefillProgram(runtime, model);
  }

  /**
   * Completions in the order of the requests and their seeds.
   * @throws AppError PROMPT_TOO_LONG where a prompt and its completion do not fit the model's context,
   *   ENGINE_ERROR where the model's weights are not finite.
   */
  async generate(
    requests: readonly SampleRequest[],
    options: GenerateOptions,
  ): Promise<Completion[][]> {
    const results: (Completion | undefined)[][] = requests.map(({ seeds }) =>
      seeds.map(() => undefined),
    );
    const queue: Job[] = requests.flatMap(({ seeds }, request) =>
      seeds.map((seed, sample) => ({ request, sample, seed })),
    );
    if (queue.length === 0) return requests.map(() => []);
    this.#checkLengths(requests, options.max_completion_length);
    const total = queue.length;
    const promptColumns = roundUp(
      Math.max(...requests.map(({ promptIds }) => promptIds.length)),
      PROMPT_BUCKET,
    );
    const engine = this.#engineFor(total, promptColumns, options);
    const rows: (CacheRow | null)[] = Array.from({ length: engine.state.shape.rows }, () => null);
    const stops = new Set(options.stopIds);
    let at = promptColumns;
    let finished = 0;
    let tokens = 0;
    while (finished < total) {
      // Between calls the process may answer messages: a cancel must reach it.
      await setImmediate();
      options.signal?.throwIfAborted();
      const idle = rows.filter((row) => row === null).length;
      if (
        queue.length > 0 &&
        (idle === rows.length || idle >= Math.min(queue.length, rows.length / 8))
      ) {
        this.#admit(engine, requests, rows, queue, at, promptColumns);
      }
      at = this.#makeRoom(engine, rows, at, promptColumns);
      const drawn = this.#decode(engine, rows, at);
      at += this.#tokensPerCall;
      for (let r = 0; r < rows.length; r++) {
        const row = rows[r];
        if (row === null || row === undefined) continue;
        const completion = extendRow(
          row,
          r,
          drawn,
          this.#tokensPerCall,
          stops,
          options.max_completion_length,
        );
        if (completion === null) continue;
        const list = results[row.job.request];
        if (list !== undefined) list[row.job.sample] = completion;
        tokens += completion.ids.length;
        finished++;
        rows[r] = null;
      }
      options.onProgress?.({ finished, total, tokens });
    }
    return results.map((list) => list.filter((completion) => completion !== undefined));
  }

  dispose(): void {
    this.#prefill.dispose();
    for (const [key, engine] of this.#engines) this.#dropEngine(key, engine);
  }

  #checkLengths(requests: readonly SampleRequest[], maxNew: number): void {
    const context = this.#model.config.maxPositionEmbeddings;
    for (const { promptIds } of requests) {
      if (promptIds.length === 0)
        throw new AppError(
          "BAD_INPUT",
          "A prompt has no tokens.",
          "Give every prompt at least one token.",
        );
      if (promptIds.length + maxNew > context) {
        throw new AppError(
          "PROMPT_TOO_LONG",
          `A prompt of ${promptIds.length} tokens and ${maxNew} new ones do not fit the model's context of ${context}.`,
          `Shorten the prompt, or lower max_completion_length to ${Math.max(0, context - promptIds.length)} or less.`,
        );
      }
    }
  }

  #engineFor(total: number, promptColumns: number, options: GenerateOptions): Engine {
    const n = this.#tokensPerCall;
    const rows = Math.min(this.#maxRows, powerOfTwoAtLeast(total));
    // One row spans its prompt and its completion rounded up to whole calls; two calls of slack let it move.
    const span = promptColumns + roundUp(options.max_completion_length, n);
    const columns = roundUp(span + 2 * n + (total > rows ? Math.min(64, span) : 0), COLUMN_BUCKET);
    const decode = {
      temperature: options.temperature,
      topK: options.top_k,
      topP: options.top_p,
      minP: options.min_p,
      repetitionPenalty: options.repetition_penalty,
    };
    const key = JSON.stringify([rows, columns, decode]);
    const known = this.#engines.get(key);
    if (known !== undefined) {
      this.#engines.delete(key);
      this.#engines.set(key, known);
      return known;
    }
    this.#makeSpace(rows * columns);
    const state = createDecodeState(
      this.#runtime,
      this.#model,
      { rows, columns },
      options.repetition_penalty !== 1,
    );
    const engine: Engine = {
      state,
      admit: admitProgram(this.#runtime, this.#model, state),
      shift: shiftProgram(this.#runtime, state),
      decode: decodeProgram(this.#runtime, this.#model, state, decode, n, true),
    };
    this.#engines.set(key, engine);
    return engine;
  }

  /** Drops the engines used longest ago until a cache of `cells` (rows × columns) fits beside the others. */
  #makeSpace(cells: number): void {
    const { numLayers, numKeyValueHeads, headDim } = this.#model.config;
    const bytesOf = (count: number): number =>
      count * 2 * numLayers * numKeyValueHeads * headDim * 4;
    let used = bytesOf(cells);
    for (const { state } of this.#engines.values())
      used += bytesOf(state.shape.rows * state.shape.columns);
    for (const [key, engine] of this.#engines) {
      if (used <= KEPT_CACHE_BYTES && this.#engines.size < KEPT_ENGINES) return;
      used -= bytesOf(engine.state.shape.rows * engine.state.shape.columns);
      this.#dropEngine(key, engine);
    }
  }

  #dropEngine(key: string, { state, admit, shift, decode }: Engine): void {
    for (const program of [admit, shift, decode]) program.dispose();
    disposeDecodeState(state);
    this.#engines.delete(key);
  }

  /** Fills idle rows from the queue: prefills each distinct prompt once, then copies it into its rows. */
  #admit(
    engine: Engine,
    requests: readonly SampleRequest[],
    rows: (CacheRow | null)[],
    queue: Job[],
    at: number,
    p: number,
  ): void {
    const idle = rows.flatMap((row, r) => (row === null ? [r] : []));
    const jobs = queue.splice(0, idle.length);
    const prompts = [...new Set(jobs.map(({ request }) => request))];
    for (let first = 0; first < prompts.length; first += PREFILL_ROWS) {
      const batch = prompts.slice(first, first + PREFILL_ROWS);
      const place = new Map(batch.map((request, i) => [request, i]));
      const placed = jobs.flatMap((job, i) =>
        place.has(job.request) ? [{ job, row: idle[i] ?? 0 }] : [],
      );
      this.#admitBatch(
        engine,
        batch.map((request) => requests[request]?.promptIds ?? []),
        place,
        placed,
        rows,
        at,
        p,
      );
    }
  }

  #admitBatch(
    engine: Engine,
    prompts: readonly (readonly number[])[],
    place: ReadonlyMap<number, number>,
    placed: readonly { readonly job: Job; readonly row: number }[],
    rows: (CacheRow | null)[],
    at: number,
    p: number,
  ): void {
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
    const prefilled = this.#prefill(...tensors);
    const admitted: Tensor[] = [
      tf.tensor1d(
        Int32Array.from(entries, ({ row }) => row),
        "int32",
      ),
      tf.tensor1d(
        Int32Array.from(entries, ({ job }) => place.get(job.request) ?? 0),
        "int32",
      ),
      tf.scalar(at, "int32"),
      this.#seenRows(
        engine,
        entries.map(({ job }) => prompts[place.get(job.request) ?? 0] ?? []),
      ),
    ];
    for (const tensor of engine.admit(...admitted, ...prefilled)) tensor.dispose();
    for (const tensor of [...tensors, ...prefilled, ...admitted]) tensor.dispose();
    for (const { job, row } of placed) {
      const length = prompts[place.get(job.request) ?? 0]?.length ?? 0;
      rows[row] = { job, start: at - length, ids: [], logprobs: [] };
    }
  }

  /** (A, V) marks of the tokens each prompt holds; a column of zeros where no penalty asks for it. */
  #seenRows(engine: Engine, prompts: readonly (readonly number[])[]): Tensor {
    if (engine.state.seen === null) return tf.zeros([prompts.length, 1]);
    const v = this.#model.config.vocabSize;
    const marks = new Float32Array(prompts.length * v);
    prompts.forEach((prompt, i) => {
      for (const id of prompt) marks[i * v + id] = 1;
    });
    return tf.tensor(marks, [prompts.length, v]);
  }

  /**
   * Moves the columns to the left where the next call would run past the cache's end. The next column to write
   * stays at `promptColumns` or later, so that the longest prompt can still join before it.
   */
  #makeRoom(engine: Engine, rows: (CacheRow | null)[], at: number, promptColumns: number): number {
    if (at + this.#tokensPerCall <= engine.state.shape.columns) return at;
    const shift = Math.min(
      at - promptColumns,
      ...rows.flatMap((row) => (row === null ? [] : [row.start])),
    );
    if (shift <= 0) throw new Error("the key-value cache has no room left");
    const amount = tf.scalar(shift, "int32");
    for (const tensor of engine.shift(amount)) tensor.dispose();
    amount.dispose();
    rows.forEach((row, r) => {
      if (row !== null) rows[r] = { ...row, start: row.start - shift };
    });
    return at - shift;
  }

  #decode(engine: Engine, rows: readonly (CacheRow | null)[], at: number): DrawnTokens {
    const n = this.#tokensPerCall;
    const b = rows.length;
    const uniforms = new Float32Array(n * b);
    const starts = new Int32Array(b);
    rows.forEach((row, r) => {
      starts[r] = row?.start ?? at;
      if (row === null) return;
      // 24 bits, so that the number stays below 1 in float32.
      for (let i = 0; i < n; i++)
        uniforms[i * b + r] =
          Math.floor(hashToUniform(row.job.seed, row.ids.length + i) * 16777216) / 16777216;
    });
    const inputs: Tensor[] = [
      tf.scalar(at, "int32"),
      tf.tensor1d(starts, "int32"),
      tf.tensor(uniforms, [n, b]),
    ];
    const [tokens, logprobs] = engine.decode(...inputs) as [Tensor, Tensor];
    const drawn = {
      tokens: tokens.dataSync() as Int32Array,
      logprobs: logprobs.dataSync() as Float32Array,
    };
    for (const tensor of [...inputs, tokens, logprobs]) tensor.dispose();
    return drawn;
  }
}
