/**
 * Samples completions of many prompts in batches, divided among the runtime's lanes. A group's shared prompt is
 * prefilled once; rows that finish are given to the next completion in the lane's queue; every completion has its own
 * random numbers, so that it does not depend on its neighbours.
 */
import { setImmediate } from "node:timers/promises";
import { LRUCache } from "lru-cache";
import { AppError } from "#shared/errors.ts";
import type { SamplingOptions } from "#shared/schema/stages/stage-options.ts";
import type { LanguageModel } from "../model/language-model.ts";
import { lengthBucket } from "#main/core/resources/length-buckets.ts";
import type { CompiledFunction, Runtime } from "../runtime/runtime.ts";
import { extendRow } from "./cache-row.ts";
import type { Completion, SampledSequence } from "./cache-row.ts";
import {
  cacheShape,
  firstColumns,
  lanesFor,
  MOST_ROWS,
  tokensPerCall,
} from "#main/core/resources/cache-shape.ts";
import { DecodeBatch } from "./decode-batch.ts";
import type { DecodeBatchOptions } from "./decode-batch.ts";
import { prefillProgram } from "./decode-programs.ts";
import { DecodeShapes } from "./decode-shapes.ts";
import { DecodeWeights } from "./decode-weights.ts";
import { sharedPicker } from "./picker.ts";
import type { Precision } from "#main/core/resources/precision.ts";

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
type RowSequence = SampledSequence & { readonly request: number; readonly sample: number };

type DrainOptions = GenerateOptions & {
  readonly finish: (sequence: RowSequence, completion: Completion) => void;
  /** After every call that drew tokens. */
  readonly onCall: () => void;
};

/** Ways to draw whose programs are kept. */
const KEPT_DRAWS = 2;
const DRAW = "draw";

export class Sampler {
  readonly #runtime: Runtime;
  readonly #model: LanguageModel;
  readonly #maxRows: number;
  readonly #tokensPerCall: number;
  readonly #weights: DecodeWeights;
  readonly #prefill: CompiledFunction;
  /** By lanes and options. */
  readonly #shapes = new LRUCache<string, DecodeShapes>({
    max: KEPT_DRAWS,
    dispose: (shapes) => {
      shapes.dispose();
    },
  });

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
    const sequences: RowSequence[] = requests.flatMap(({ promptIds, seeds }, request) =>
      seeds.map((seed, sample) => ({ promptIds, request, sample, seed })),
    );
    if (sequences.length === 0) return requests.map(() => []);
    this.#checkLengths(requests, options.max_completion_length);
    const longest = Math.max(...requests.map(({ promptIds }) => promptIds.length));
    const { lanes, ...cache } = this.#cacheFor(sequences.length, longest, options);
    const shapes = this.#shapesFor(lanes, options);
    const progress = { finished: 0, total: sequences.length, tokens: 0 };
    const finish = (sequence: RowSequence, completion: Completion): void => {
      const list = results[sequence.request];
      if (list !== undefined) list[sequence.sample] = completion;
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
    const each = Math.ceil(sequences.length / lanes);
    this.#weights.refresh();
    try {
      const drained = await Promise.allSettled(
        Array.from({ length: lanes }, async (_, lane) => {
          const queue = sequences.slice(lane * each, (lane + 1) * each);
          if (queue.length === 0) return;
          const batch = new DecodeBatch<RowSequence>(this.#model, shapes, {
            ...cache,
            lane,
            prefill: this.#prefill,
            tokensPerCall: this.#tokensPerCall,
          });
          try {
            await this.#drain(batch, queue, { ...options, signal, finish, onCall });
          } catch (error) {
            stopped.abort(error);
            throw error;
          } finally {
            batch.release();
          }
        }),
      );
      for (const lane of drained) if (lane.status === "rejected") throw lane.reason;
    } finally {
      this.#weights.release();
    }
    return results.map((list) => list.filter((completion) => completion !== undefined));
  }

  dispose(): void {
    this.#prefill.dispose();
    this.#weights.dispose();
    this.#shapes.clear();
  }

  /** Runs a lane's sequences through its rows until none is left. */
  async #drain(
    batch: DecodeBatch<RowSequence>,
    queue: RowSequence[],
    { finish, onCall, ...options }: DrainOptions,
  ): Promise<void> {
    const stops = new Set(options.stopIds);
    let left = queue.length;
    while (left > 0) {
      // Between calls the process may answer messages: a cancel must reach it.
      await setImmediate();
      options.signal?.throwIfAborted();
      const { idle } = batch;
      const most = batch.rows.length;
      if (queue.length > 0 && (idle === most || idle >= Math.min(queue.length, most / 8)))
        await batch.admit(queue.splice(0, idle));
      if (queue.length === 0) batch.compact(mostLeft(batch.rows, options.max_completion_length));
      const drawn = await batch.decode(DRAW);
      const { rows } = batch;
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
        finish(row.sequence, completion);
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

  /** Lanes, and the cache of each: its shape at first, and what it may grow to. */
  #cacheFor(
    total: number,
    longest: number,
    { max_completion_length: maxNew }: GenerateOptions,
  ): Pick<DecodeBatchOptions, "shape" | "mostColumns" | "floor"> & { readonly lanes: number } {
    const lanes = lanesFor(this.#runtime.lanes, Math.min(total, this.#maxRows));
    const { rows, columns: mostColumns } = cacheShape({
      completions: Math.ceil(total / lanes),
      longestPrompt: longest,
      maxNew,
      maxRows: Math.ceil(this.#maxRows / lanes),
      tokensPerCall: this.#tokensPerCall,
    });
    const floor = lengthBucket(longest);
    return {
      lanes,
      floor,
      mostColumns,
      shape: { rows, columns: firstColumns(floor, mostColumns) },
    };
  }

  #shapesFor(lanes: number, options: GenerateOptions): DecodeShapes {
    const draw = {
      temperature: options.temperature,
      topK: options.top_k,
      topP: options.top_p,
      minP: options.min_p,
      repetitionPenalty: options.repetition_penalty,
    };
    const key = JSON.stringify([lanes, draw]);
    const shapes =
      this.#shapes.get(key) ??
      new DecodeShapes(this.#runtime.lane, this.#model, this.#weights, {
        lanes,
        tokensPerCall: this.#tokensPerCall,
        pickers: { [DRAW]: sharedPicker(draw) },
      });
    this.#shapes.set(key, shapes);
    return shapes;
  }
}

/** Tokens that a row has yet to draw at the most. */
function mostLeft(rows: DecodeBatch<RowSequence>["rows"], maxNew: number): number {
  return Math.max(0, ...rows.map((row) => (row === null ? 0 : maxNew - row.ids.length)));
}
