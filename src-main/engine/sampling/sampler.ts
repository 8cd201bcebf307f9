/**
 * Samples completions of many prompts in batches. A group's shared prompt is prefilled once; rows that finish
 * are given to the next completion in the queue; every completion has its own random numbers, so that it does not
 * depend on its neighbours.
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
  MOST_ROWS,
  promptColumns,
  TOKENS_PER_LOOP,
} from "./cache-shape.ts";
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
import type { CacheShape } from "./decode-state.ts";
import { DecodeWeights } from "./decode-weights.ts";
import { sharedPicker } from "./picker.ts";

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
  /** Tokens drawn in one compiled call; 1 is a plain function. By default 1 in bfloat16, 8 in float32. */
  readonly tokensPerCall?: number;
  /** Of the products; float32 by default. */
  readonly precision?: Precision;
};

/** Which completion of which request. */
type Job = RowJob & { readonly request: number; readonly sample: number };

/** The programs and cache for one cache shape and one set of options. */
type Engine = BatchPrograms & { readonly decode: DecodeProgram };

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
    const precision = options.precision ?? "float32";
    this.#tokensPerCall = options.tokensPerCall ?? (precision === "bfloat16" ? 1 : TOKENS_PER_LOOP);
    this.#weights = new DecodeWeights(runtime, model, precision);
    this.#prefill = prefillProgram(runtime, this.#weights);
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
    const queue: Job[] = requests.flatMap(({ promptIds, seeds }, request) =>
      seeds.map((seed, sample) => ({ promptIds, request, sample, seed })),
    );
    if (queue.length === 0) return requests.map(() => []);
    this.#checkLengths(requests, options.max_completion_length);
    this.#weights.refresh();
    const total = queue.length;
    const longest = Math.max(...requests.map(({ promptIds }) => promptIds.length));
    const prefilled = promptColumns(longest);
    const engine = this.#engineFor(total, longest, options);
    const batch = new DecodeBatch<Job>(this.#model, engine, {
      tokensPerCall: this.#tokensPerCall,
      floor: prefilled,
    });
    const { rows } = batch;
    const stops = new Set(options.stopIds);
    let finished = 0;
    let tokens = 0;
    while (finished < total) {
      // Between calls the process may answer messages: a cancel must reach it.
      await setImmediate();
      options.signal?.throwIfAborted();
      const { idle } = batch;
      if (
        queue.length > 0 &&
        (idle === rows.length || idle >= Math.min(queue.length, rows.length / 8))
      ) {
        batch.admit(queue.splice(0, idle), prefilled);
      }
      const drawn = batch.decode(engine.decode);
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
    this.#weights.dispose();
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

  #engineFor(total: number, longestPrompt: number, options: GenerateOptions): Engine {
    const n = this.#tokensPerCall;
    const { rows, columns } = cacheShape({
      completions: total,
      longestPrompt,
      maxNew: options.max_completion_length,
      maxRows: this.#maxRows,
      tokensPerCall: n,
    });
    const draw = {
      temperature: options.temperature,
      topK: options.top_k,
      topP: options.top_p,
      minP: options.min_p,
      repetitionPenalty: options.repetition_penalty,
    };
    const key = JSON.stringify([rows, columns, draw]);
    const known = this.#engines.get(key);
    if (known !== undefined) {
      this.#engines.delete(key);
      this.#engines.set(key, known);
      return known;
    }
    this.#makeSpace({ rows, columns });
    const picker = sharedPicker(draw);
    const state = createDecodeState(
      this.#runtime,
      this.#model,
      { rows, columns },
      picker.penalised,
    );
    const engine: Engine = {
      state,
      prefill: this.#prefill,
      admit: admitProgram(this.#runtime, this.#model, state),
      shift: shiftProgram(this.#runtime, state),
      decode: decodeProgram(this.#runtime, this.#weights, state, picker, n),
    };
    this.#engines.set(key, engine);
    return engine;
  }

  /** Drops the engines used longest ago until a cache of this shape fits beside the others. */
  #makeSpace(shape: CacheShape): void {
    const { config } = this.#model;
    let used = cacheBytes(config, shape);
    for (const { state } of this.#engines.values()) used += cacheBytes(config, state.shape);
    for (const [key, engine] of this.#engines) {
      if (used <= KEPT_CACHE_BYTES && this.#engines.size < KEPT_ENGINES) return;
      used -= cacheBytes(config, engine.state.shape);
      this.#dropEngine(key, engine);
    }
  }

  #dropEngine(key: string, { state, admit, shift, decode }: Engine): void {
    for (const program of [admit, shift, decode.run]) program.dispose();
    disposeDecodeState(state);
    this.#engines.delete(key);
  }
}
