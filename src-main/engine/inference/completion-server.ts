/**
 * Answers requests with a model, many at once: rows of new requests join the batch and finished ones leave it
 * between compiled calls. A completion depends on its prompt, its options and its seed; its neighbours touch no more
 * than the last digits of its log-probabilities.
 */
import { setImmediate } from "node:timers/promises";
import { AppError } from "#shared/errors.ts";
import { lengthBucket } from "#main/core/resources/length-buckets.ts";
import type { LanguageModel } from "../model/language-model.ts";
import type { Runtime } from "../runtime/runtime.ts";
import type { CacheRow, DrawnTokens, SampledSequence } from "../sampling/cache-row.ts";
import type { DecodeBatch } from "../sampling/decode-batch.ts";
import { isSmall } from "#main/core/resources/cache-shape.ts";
import { ROW_SETTINGS, rowSettings } from "../sampling/picker.ts";
import type { DrawOptions } from "../sampling/picker.ts";
import { tokenBytes } from "#main/core/text/token-bytes.ts";
import type { Tokenizer } from "#main/core/text/tokenizer.ts";
import { SequenceQueue } from "./sequence-queue.ts";
import { CompletionStream } from "./completion-stream.ts";
import type { Alternative, CompletionPiece, FinishReason } from "./completion-stream.ts";
import { PromptScorer } from "./score-prompt.ts";
import type { SequenceScores } from "./score-prompt.ts";
import { checkPrompt, prefillBytes, ServerCache } from "./server-cache.ts";

export type ServerRequest = {
  readonly promptIds: readonly number[];
  /** One completion for each seed. */
  readonly seeds: readonly number[];
  readonly draw: DrawOptions;
  /** 0: nothing is sampled, the prompt may still be scored. */
  readonly maxNew: number;
  readonly stopIds: readonly number[];
  readonly stopStrings: readonly string[];
  /** Most probable tokens given with each token, 20 at most. */
  readonly alternatives: number;
  /** Whether the prompt's own tokens are scored first. */
  readonly scorePrompt: boolean;
};

/** A token of the prompt; the first has nothing before it and so no log-probability. */
export type PromptPiece = {
  readonly id: number;
  readonly token: string;
  readonly logprob: number | null;
  readonly top: readonly Alternative[] | null;
};

export type ServerListener = {
  prompt(pieces: readonly PromptPiece[]): void;
  pieces(index: number, pieces: readonly CompletionPiece[]): void;
  finished(index: number, reason: FinishReason, measured: Measured): void;
  failed(error: unknown): void;
};

/** Of one completion. */
export type Measured = {
  /** Sampled tokens, the stop token included. */
  readonly tokens: number;
  /** From the request to the first tokens; waiting and the prompt's own pass included. */
  readonly firstTokenMs: number;
  /** From the end of the prompt's pass to the last token: tokens ÷ this is the rate. */
  readonly decodeMs: number;
};

type Submission = { readonly request: ServerRequest; readonly listener: ServerListener };
type RowSequence = SampledSequence & {
  readonly submission: Submission;
  readonly index: number;
  readonly stream: CompletionStream;
  readonly settings: readonly number[];
  readonly clock: Clock;
};

type Clock = { readonly submittedMs: number; admittedMs: number; firstMs: number | undefined };

export type CompletionServerOptions = {
  readonly cacheBytes?: number;
  readonly maxRows?: number;
  /** Tokens drawn in one call: text comes in pieces of so many. */
  readonly tokensPerCall?: number;
};

const CACHE_BYTES = 2 ** 30;
const MAX_ROWS = 64;
/** Prompts that are looked at for one scoring pass. */
const MOST_SCORED = 128;
/** Tokens of prompts that are prefilled between two calls that draw, unless one prompt has more. */
const PREFILL_TOKENS = 4096;
/** Attention scores of one prompt at once, at most. */
const MOST_PREFILL_BYTES = 2 ** 31;
/** A small model's text comes in pieces of this many tokens. */
const TOKENS_PER_CALL = 4;

export class CompletionServer {
  readonly model: LanguageModel;
  readonly tokenizer: Tokenizer;
  readonly #tokensPerCall: number;
  readonly #cache: ServerCache<RowSequence>;
  readonly #scorer: PromptScorer;
  readonly #scoring = new Set<Submission>();
  readonly #queue = new SequenceQueue<Submission, RowSequence>();
  readonly #forgotten = new WeakSet<Submission>();
  #wake: (() => void) | null = null;
  #closed: { readonly reason: unknown } | null = null;

  constructor(
    runtime: Runtime,
    model: LanguageModel,
    tokenizer: Tokenizer,
    options: CompletionServerOptions = {},
  ) {
    this.model = model;
    this.tokenizer = tokenizer;
    this.#tokensPerCall =
      options.tokensPerCall ?? (isSmall(model.parameters) ? TOKENS_PER_CALL : 1);
    this.#cache = new ServerCache(runtime, model, {
      cacheBytes: options.cacheBytes ?? CACHE_BYTES,
      maxRows: options.maxRows ?? MAX_ROWS,
      tokensPerCall: this.#tokensPerCall,
    });
    this.#scorer = new PromptScorer(runtime, model);
  }

  /** Requests that wait or are answered. */
  get busy(): boolean {
    return this.#scoring.size > 0 || this.#queue.length > 0 || this.#active() > 0;
  }

  /**
   * Takes a request; gives the way to cancel it, after which its listener hears nothing more.
   * @throws AppError BAD_INPUT, PROMPT_TOO_LONG
   */
  submit(request: ServerRequest, listener: ServerListener): () => void {
    checkPrompt(this.model, request.promptIds, request.maxNew);
    const columns = lengthBucket(request.promptIds.length);
    if (prefillBytes(this.model, columns) > MOST_PREFILL_BYTES) {
      throw new AppError(
        "PROMPT_TOO_LONG",
        `A prompt of ${request.promptIds.length} tokens needs more than 2 GiB for its attention alone.`,
        "Shorten the prompt.",
      );
    }
    const submission = { request, listener };
    if (request.scorePrompt) this.#scoring.add(submission);
    if (request.maxNew > 0)
      this.#queue.push(submission, request.seeds.length, this.#sequencesOf(submission));
    this.#wake?.();
    return () => {
      this.#forget(submission);
    };
  }

  /** Answers until it is closed. */
  async run(): Promise<void> {
    while (this.#closed === null) {
      if (!this.busy) await this.#sleep();
      // Between calls the process may answer messages: requests and cancels arrive here.
      await setImmediate();
      await this.#turn();
    }
    // Prompts that were being computed when it was closed.
    if (this.#closed !== null) this.#failAll(this.#closed.reason);
  }

  /** Ends `run`; what is not answered by then fails. */
  close(error: unknown = new AppError("ENGINE_ERROR", "The model was unloaded.")): void {
    this.#closed = { reason: error };
    this.#failAll(error);
    this.#wake?.();
  }

  /** Frees what it holds, once `run` has ended. */
  dispose(): void {
    this.#cache.dispose();
    this.#scorer.dispose();
  }

  async #turn(): Promise<void> {
    try {
      this.#score();
      await this.#admit();
      await this.#decode();
    } catch (error) {
      this.#failAll(error);
    }
  }

  #sleep(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = () => {
        this.#wake = null;
        resolve();
      };
      if (this.#closed !== null) this.#wake();
    });
  }

  #sequencesOf(submission: Submission): (index: number) => RowSequence {
    const { request } = submission;
    const options = {
      stopIds: new Set(request.stopIds),
      stopStrings: request.stopStrings,
      maxNew: request.maxNew,
      alternatives: request.alternatives,
    };
    const submittedMs = performance.now();
    const settings = rowSettings(request.draw, this.model.config.vocabSize);
    return (index) => ({
      promptIds: request.promptIds,
      seed: request.seeds[index] ?? 0,
      submission,
      index,
      stream: new CompletionStream(this.tokenizer, options),
      settings,
      clock: { submittedMs, admittedMs: submittedMs, firstMs: undefined },
    });
  }

  #score(): void {
    if (this.#scoring.size === 0) return;
    const first = [...this.#scoring].slice(0, MOST_SCORED);
    const count = this.#scorer.together(first.map(({ request }) => request.promptIds.length));
    const submissions = first.slice(0, count);
    for (const one of submissions) this.#scoring.delete(one);
    try {
      const scores = this.#scorer.score(submissions.map(({ request }) => request.promptIds));
      submissions.forEach(({ request, listener }, i) => {
        const own = scores[i];
        if (own !== undefined) listener.prompt(this.#promptPieces(request, own));
      });
    } catch (error) {
      // Rows that decode know nothing of it.
      for (const one of submissions) {
        this.#forget(one);
        one.listener.failed(error);
      }
    }
  }

  #promptPieces(
    { promptIds, alternatives }: ServerRequest,
    { logprobs, top }: SequenceScores,
  ): PromptPiece[] {
    const token = (id: number): string => this.tokenizer.decode([id]);
    logprobs.forEach(assertFinite);
    return promptIds.map((id, i) => ({
      id,
      token: token(id),
      logprob: i === 0 ? null : (logprobs[i - 1] ?? Number.NaN),
      top:
        i === 0 || alternatives === 0
          ? null
          : Array.from({ length: Math.min(alternatives, top.count) }, (_, j) => {
              const at = (i - 1) * top.count + j;
              const other = top.ids[at] ?? 0;
              const bytes = [...tokenBytes(this.tokenizer, other)];
              const logprob = top.logprobs[at] ?? Number.NaN;
              return { id: other, token: token(other), bytes, logprob };
            }),
    }));
  }

  /** In the order in which they came: a long request is not passed by short ones. */
  async #admit(): Promise<void> {
    const [first] = this.#queue.slice(0, 1);
    if (first === undefined) return;
    const active = this.#active();
    if (!this.#cache.ensure(active + this.#queue.length, this.#columnsOf(first))) return;
    const { batch } = this.#cache;
    if (batch === null || batch.idle === 0) return;
    const fitting: RowSequence[] = [];
    const prompts = new Set<readonly number[]>();
    let tokens = 0;
    for (const sequence of this.#queue.slice(0, batch.idle)) {
      if (!prompts.has(sequence.promptIds)) tokens += sequence.promptIds.length;
      if (fitting.length > 0 && (tokens > PREFILL_TOKENS || !this.#hasColumns(sequence, batch)))
        break;
      prompts.add(sequence.promptIds);
      fitting.push(sequence);
    }
    this.#queue.splice(0, fitting.length);
    await batch.admit(fitting);
    this.#leaveForgotten(batch);
    const nowMs = performance.now();
    for (const { clock } of fitting) clock.admittedMs = nowMs;
  }

  #columnsOf({ promptIds, submission }: RowSequence): number {
    return this.#cache.columnsFor(promptIds.length, submission.request.maxNew);
  }

  #hasColumns(sequence: RowSequence, batch: DecodeBatch<RowSequence>): boolean {
    return this.#columnsOf(sequence) <= batch.mostColumns;
  }

  #active(): number {
    const { batch } = this.#cache;
    return batch === null ? 0 : batch.rows.length - batch.idle;
  }

  async #decode(): Promise<void> {
    const { batch } = this.#cache;
    if (batch === null || batch.idle === batch.rows.length) return;
    if (this.#queue.length === 0)
      this.#cache.settle(Math.max(...batch.rows.map((row) => (row === null ? 0 : leftOf(row)))));
    const active = batch.rows
      .filter((row) => row !== null)
      .map(({ sequence }) => sequence.submission.request);
    const picker = this.#cache.picker({
      filters: active.some(({ draw }) => needsFilters(draw)),
      alternatives: active.some(({ alternatives }) => alternatives > 0),
    });
    const settings = new Float32Array(batch.rows.length * ROW_SETTINGS).fill(1);
    batch.rows.forEach((row, r) => {
      if (row !== null) settings.set(row.sequence.settings, r * ROW_SETTINGS);
    });
    const drawn = await batch.decode(picker, settings);
    // The rows that were drawn for, in their order.
    const { rows } = batch;
    rows.forEach((row, r) => {
      if (row !== null && this.#deliver(row, drawn, r, rows.length)) rows[r] = null;
    });
  }

  /** Hands a row its tokens; says whether it is done. */
  #deliver(row: CacheRow<RowSequence>, drawn: DrawnTokens, index: number, rows: number): boolean {
    const { stream, submission, index: completion, clock } = row.sequence;
    const nowMs = performance.now();
    clock.firstMs ??= nowMs;
    const pieces: CompletionPiece[] = [];
    for (let i = 0; i < this.#tokensPerCall; i++) {
      const at = i * rows + index;
      assertFinite(drawn.logprobs[at]);
      row.ids.push(drawn.tokens[at] ?? 0);
      const step = stream.push(drawn, at);
      pieces.push(...step.pieces);
      if (step.finished === null) continue;
      if (pieces.length > 0) submission.listener.pieces(completion, pieces);
      submission.listener.finished(completion, step.finished, {
        tokens: stream.tokens,
        firstTokenMs: clock.firstMs - clock.submittedMs,
        decodeMs: nowMs - clock.admittedMs,
      });
      return true;
    }
    if (pieces.length > 0) submission.listener.pieces(completion, pieces);
    return false;
  }

  /** Frees rows of requests that were cancelled while their prompts were computed. */
  #leaveForgotten(batch: DecodeBatch<RowSequence>): void {
    batch.rows.forEach((row, r) => {
      if (row !== null && this.#forgotten.has(row.sequence.submission)) batch.rows[r] = null;
    });
  }

  #forget(submission: Submission): void {
    this.#forgotten.add(submission);
    this.#scoring.delete(submission);
    this.#queue.forget(submission);
    const { batch } = this.#cache;
    batch?.rows.forEach((row, r) => {
      if (row?.sequence.submission === submission) batch.rows[r] = null;
    });
  }

  #failAll(error: unknown): void {
    const { batch } = this.#cache;
    const rows =
      batch?.rows.flatMap((row) => (row === null ? [] : [row.sequence.submission])) ?? [];
    const all = new Set([...this.#scoring, ...this.#queue.requests(), ...rows]);
    for (const submission of all) {
      this.#forget(submission);
      submission.listener.failed(error);
    }
  }
}

/** Tokens that a row has yet to draw at the most. */
function leftOf({ sequence, ids }: CacheRow<RowSequence>): number {
  return sequence.submission.request.maxNew - ids.length;
}

function needsFilters({ topK, topP, minP, repetitionPenalty }: DrawOptions): boolean {
  return topK > 0 || topP < 1 || minP > 0 || repetitionPenalty !== 1;
}

function assertFinite(logprob: number | undefined): void {
  if (Number.isFinite(logprob)) return;
  throw new AppError(
    "ENGINE_ERROR",
    "The model's logits are not finite, so nothing can be sampled from it.",
    "Go back to an earlier checkpoint; if training led here, lower learning_rate.",
  );
}
