/**
 * Samples completions of many prompts in batches, divided among the runtime's lanes. A group's shared prompt is
 * prefilled once; rows that finish are given to the next completion in the lane's queue; every completion has its own
 * random numbers, so that it does not depend on its neighbours.
 */
import { setImmediate } from "node:timers/promises";
import { AppError } from "#shared/errors.ts";
import type { SamplingOptions } from "#shared/schema/recipe.ts";
import type { LanguageModel } from "../model/language-model.ts";
import type { Precision } from "../runtime/matmul.ts";
import type { CompiledFunction, Runtime } from "../runtime/runtime.ts";
import { extendRow } from "./cache-row.ts";
import type { Completion, RowJob } from "./cache-row.ts";
import {
  cacheBytes,
  cacheShape,
  lanesFor,
  MOST_ROWS,
  promptColumns,
  tokensPerCall,
} from "./cache-shape.ts";
import type { CacheShape } from "./cache-shape.ts";
import { DecodeBatch } from "./decode-batch.ts";
import type { BatchPrograms } from "./decode-batch.ts";
import { decodeProgram, prefillProgram } from "./decode-programs.ts";
import type { DecodeProgram } from "./decode-programs.ts";
import {
  admitProgram,
  createDecodeState,
  disposeDecodeState,
  shiftProgram,
} from "./decode-state.ts";
import { DecodeWeights } from "./decode-weights.ts";
import { sharedPicker } from "./picker.ts";
import type { Picker } from "./picker.ts";

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
  /** Tokens drawn in one compiled call: see `tokensPerCall`. */
  readonly tokensPerCall?: number;
  /** Of the products; float32 by default. */
  readonly precision?: Precision;
};

/** Which completion of which request. */
type Job = RowJob & { readonly request: number; readonly sample: number };

/** The programs and cache of one lane. */
type LaneEngine = BatchPrograms & { readonly decode: DecodeProgram };

/** Lanes of one cache shape and one set of options. */
type Engine = { readonly shape: CacheShape; readonly lanes: readonly LaneEngine[] };

type DrainOptions = GenerateOptions & {
  readonly finish: (job: Job, completion: Completion) => void;
  /** After every call that drew tokens. */
  readonly onCall: () => void;
};

/** Caches kept at once; the one in use may be larger. */
const KEPT_CACHE_BYTES = 2 ** 29;
const KEPT_ENGINES = 4;

export class Sampler {
  readonly #runtime: Runtime;
  readonly #model: LanguageModel;
  readonly #maxRows: number;
  readonly #tokensPerCall: number;
  readonly #weights: DecodeWeights;
  readonly #prefill: CompiledFunction;
  /** By key, the one used last at the end: prompts that cross a bucket's border do not compile again and again. */
  readonly #engines = new Map<string, Engine>();

  constructor(runtime: Runtime, model: LanguageModel, options: SamplerOptions = {}) {
    this.#runtime = runtime;
    this.#model = model;
    this.#maxRows = options.maxRows ?? MOST_ROWS;
    this.#tokensPerCall = options.tokensPerCall ?? tokensPerCall(model.parameters);
    this.#weights = new DecodeWeights(runtime.lane, model, options.precision ?? "float32");
    this.#prefill = prefillProgram(runtime.lane, this.#weights);
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
    const jobs: Job[] = requests.flatMap(({ promptIds, seeds }, request) =>
      seeds.map((seed, sample) => ({ promptIds, request, sample, seed })),
    );
    if (jobs.length === 0) return requests.map(() => []);
    this.#checkLengths(requests, options.max_completion_length);
    const longest = Math.max(...requests.map(({ promptIds }) => promptIds.length));
    const engine = this.#engineFor(jobs.length, longest, options);
    const progress = { finished: 0, total: jobs.length, tokens: 0 };
    const finish = (job: Job, completion: Completion): void => {
      const list = results[job.request];
      if (list !== undefined) list[job.sample] = completion;
      progress.tokens += completion.ids.length;
      progress.finished++;
    };
    const onCall = (): void => options.onProgress?.({ ...progress });
    const stopped = new AbortController();
    const signal =
      options.signal === undefined
        ? stopped.signal
        : AbortSignal.any([options.signal, stopped.signal]);
    // Dealt before the first begins: what a lane gives does not depend on how fast another is.
    const each = Math.ceil(jobs.length / engine.lanes.length);
    this.#weights.refresh();
    try {
      const lanes = await Promise.allSettled(
        engine.lanes.map(async (lane, l) => {
          const batch = new DecodeBatch<Job>(this.#model, lane, {
            tokensPerCall: this.#tokensPerCall,
            floor: promptColumns(longest),
          });
          const queue = jobs.slice(l * each, (l + 1) * each);
          try {
            await this.#drain(batch, queue, lane.decode, { ...options, signal, finish, onCall });
          } catch (error) {
            stopped.abort(error);
            throw error;
          }
        }),
      );
      for (const lane of lanes) if (lane.status === "rejected") throw lane.reason;
    } finally {
      this.#weights.release();
    }
    return results.map((list) => list.filter((completion) => completion !== undefined));
  }

  dispose(): void {
    this.#prefill.dispose();
    this.#weights.dispose();
    for (const [key, engine] of this.#engines) this.#dropEngine(key, engine);
  }

  /** Runs a lane's jobs through its rows until none is left. */
  async #drain(
    batch: DecodeBatch<Job>,
    queue: Job[],
    program: DecodeProgram,
    { finish, onCall, ...options }: DrainOptions,
  ): Promise<void> {
    const { rows } = batch;
    const stops = new Set(options.stopIds);
    const columns = promptColumns(Math.max(...queue.map(({ promptIds }) => promptIds.length)));
    let left = queue.length;
    while (left > 0) {
      // Between calls the process may answer messages: a cancel must reach it.
      await setImmediate();
      options.signal?.throwIfAborted();
      const { idle } = batch;
      if (
        queue.length > 0 &&
        (idle === rows.length || idle >= Math.min(queue.length, rows.length / 8))
      ) {
        await batch.admit(queue.splice(0, idle), columns);
      }
      const drawn = await batch.decode(program);
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
        finish(row.job, completion);
        left--;
        rows[r] = null;
      }
      onCall();
    }
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

  #engineFor(total: number, longestPrompt: number, options: GenerateOptions): Engine {
    const n = this.#tokensPerCall;
    const lanes = lanesFor(this.#runtime.lanes, Math.min(total, this.#maxRows));
    const shape = cacheShape({
      completions: Math.ceil(total / lanes),
      longestPrompt,
      maxNew: options.max_completion_length,
      maxRows: Math.ceil(this.#maxRows / lanes),
      tokensPerCall: n,
    });
    const draw = {
      temperature: options.temperature,
      topK: options.top_k,
      topP: options.top_p,
      minP: options.min_p,
      repetitionPenalty: options.repetition_penalty,
    };
    const key = JSON.stringify([lanes, shape, draw]);
    const known = this.#engines.get(key);
    if (known !== undefined) {
      this.#engines.delete(key);
      this.#engines.set(key, known);
      return known;
    }
    const bytes = lanes * this.#cacheBytes(shape);
    this.#makeSpace(bytes);
    const picker = sharedPicker(draw);
    const engine = { shape, lanes: Array.from({ length: lanes }, () => this.#lane(shape, picker)) };
    this.#engines.set(key, engine);
    return engine;
  }

  #lane(shape: CacheShape, picker: Picker): LaneEngine {
    const { lane } = this.#runtime;
    const { precision } = this.#weights;
    const state = createDecodeState(lane, this.#model, shape, precision, picker.penalised);
    return {
      state,
      prefill: this.#prefill,
      admit: admitProgram(lane, this.#model, state),
      shift: shiftProgram(lane, state),
      decode: decodeProgram(lane, this.#weights, state, picker, this.#tokensPerCall),
    };
  }

  #cacheBytes(shape: CacheShape): number {
    return cacheBytes(this.#model.config, shape, this.#weights.precision);
  }

  /** Drops the engines used longest ago until caches of so many bytes fit beside the others. */
  #makeSpace(bytes: number): void {
    const bytesOf = ({ shape, lanes }: Engine): number => lanes.length * this.#cacheBytes(shape);
    let used = bytes;
    for (const engine of this.#engines.values()) used += bytesOf(engine);
    for (const [key, engine] of this.#engines) {
      if (used <= KEPT_CACHE_BYTES && this.#engines.size < KEPT_ENGINES) return;
      used -= bytesOf(engine);
      this.#dropEngine(key, engine);
    }
  }

  #dropEngine(key: string, { lanes }: Engine): void {
    for (const { state, admit, shift, decode } of lanes) {
      for (const program of [admit, shift, decode.run]) program.dispose();
      disposeDecodeState(state);
    }
    this.#engines.delete(key);
  }
}
