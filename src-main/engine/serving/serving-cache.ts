/**
 * The decode batch of a served model: as many rows and columns as the requests need, in few sizes so that compiled
 * programs are few, grown while rows decode where there is memory for it.
 */
import { AppError } from "#shared/errors.ts";
import type { LanguageModel } from "../model/language-model.ts";
import type { CompiledFunction, Runtime } from "../runtime/runtime.ts";
import type { RowJob } from "../sampling/cache-row.ts";
import { cacheBytes } from "../sampling/cache-shape.ts";
import { DecodeBatch } from "../sampling/decode-batch.ts";
import type { BatchPrograms } from "../sampling/decode-batch.ts";
import { decodeProgram, prefillProgram } from "../sampling/decode-programs.ts";
import type { DecodeProgram } from "../sampling/decode-programs.ts";
import {
  admitProgram,
  createDecodeState,
  disposeDecodeState,
  growProgram,
  shiftProgram,
} from "../sampling/decode-state.ts";
import type { CacheShape } from "../sampling/cache-shape.ts";
import { DecodeWeights } from "../sampling/decode-weights.ts";
import { rowPicker } from "../sampling/picker.ts";

/** OpenAI's limit for alternatives of a token. */
export const MOST_ALTERNATIVES = 20;

const ROW_SIZES = [1, 4, 16, 64];
/** Enough for most questions and answers: a cache that grows compiles its programs anew. */
const LEAST_COLUMNS = 512;
/** Rows up to which one program with everything is used where it is compiled already. */
const FEW_ROWS = 4;

export type ServingCacheOptions = {
  /** Of keys and values, at most. */
  readonly cacheBytes: number;
  readonly tokensPerCall: number;
  readonly maxRows: number;
};

export class ServingCache<Job extends RowJob> {
  readonly #runtime: Runtime;
  readonly #model: LanguageModel;
  readonly #options: ServingCacheOptions;
  readonly #weights: DecodeWeights;
  readonly #prefill: CompiledFunction;
  #programs: BatchPrograms | null = null;
  #batch: DecodeBatch<Job> | null = null;
  /** Draws by temperature alone, and with filters, penalty and alternatives; each compiled when it is first needed. */
  #plain: DecodeProgram | null = null;
  #full: DecodeProgram | null = null;

  constructor(runtime: Runtime, model: LanguageModel, options: ServingCacheOptions) {
    this.#runtime = runtime;
    this.#model = model;
    this.#options = options;
    // A served model does not change.
    this.#weights = new DecodeWeights(runtime, model, "float32");
    this.#weights.refresh();
    this.#prefill = prefillProgram(runtime, this.#weights);
  }

  /** The rows; null before the first request. */
  get batch(): DecodeBatch<Job> | null {
    return this.#batch;
  }

  /** Columns that a row of this many prompt and new tokens spans. */
  columnsFor(promptTokens: number, newTokens: number): number {
    const n = this.#options.tokensPerCall;
    return promptTokens + Math.ceil(newTokens / n) * n + n;
  }

  /**
   * Makes room for `rows` rows in all and spans of `columns`. False where rows that decode now have to finish first.
   * More rows than fit are not made; one always is.
   */
  ensure(rows: number, columns: number): boolean {
    const now = this.#programs?.state.shape;
    const active = this.#batch === null ? 0 : this.#batch.rows.length - this.#batch.idle;
    const wide = this.#wide(columns);
    const fits = this.#shapeFor(rows, active === 0 ? wide : Math.max(wide, now?.columns ?? 0));
    if (now !== undefined) {
      // Attention reads every column: a cache much longer than what is asked is not kept for it.
      const tooLong = active === 0 && now.columns >= 4 * wide;
      if (now.columns >= wide && now.rows >= fits.rows && !tooLong) return true;
      // Longer rows may mean fewer of them; those that decode keep their places until they are done.
      if (active > 0 && fits.rows < now.rows) return false;
    }
    this.#reshape(fits, active > 0);
    return true;
  }

  /** The program for rows that need this much. */
  program(needs: { readonly filters: boolean; readonly alternatives: boolean }): DecodeProgram {
    const few = (this.#programs?.state.shape.rows ?? 0) <= FEW_ROWS;
    if (needs.filters || needs.alternatives || (few && this.#full !== null)) {
      this.#full ??= this.#decodeProgram(true);
      return this.#full;
    }
    this.#plain ??= this.#decodeProgram(false);
    return this.#plain;
  }

  dispose(): void {
    this.#prefill.dispose();
    this.#weights.dispose();
    this.#drop();
  }

  #decodeProgram(full: boolean): DecodeProgram {
    if (this.#programs === null) throw new Error("there is no cache yet");
    const alternatives = full ? Math.min(MOST_ALTERNATIVES, this.#model.config.vocabSize) : 0;
    const picker = rowPicker({ filters: full, alternatives });
    const { tokensPerCall } = this.#options;
    return decodeProgram(this.#runtime, this.#weights, this.#programs.state, picker, tokensPerCall);
  }

  /** One of few widths, and no wider than the longest row that there can be. */
  #wide(columns: number): number {
    const n = this.#options.tokensPerCall;
    const most = Math.ceil((this.#model.config.maxPositionEmbeddings + 2 * n) / 32) * 32;
    return Math.min(bucket(columns, LEAST_COLUMNS), most);
  }

  #shapeFor(rows: number, columns: number): CacheShape {
    const rowBytes = cacheBytes(this.#model.config, { rows: 1, columns }, "float32");
    const affordable = Math.max(1, Math.floor(this.#options.cacheBytes / rowBytes));
    const most = Math.min(affordable, this.#options.maxRows);
    const wanted = ROW_SIZES.find((size) => size >= rows) ?? ROW_SIZES.at(-1) ?? rows;
    return { rows: Math.min(wanted, most), columns };
  }

  #reshape(shape: CacheShape, keepRows: boolean): void {
    const before = { programs: this.#programs, batch: this.#batch };
    if (!keepRows) this.#drop();
    const state = createDecodeState(this.#runtime, this.#model, shape, "float32", true);
    const programs: BatchPrograms = {
      state,
      prefill: this.#prefill,
      admit: admitProgram(this.#runtime, this.#model, state),
      shift: shiftProgram(this.#runtime, state),
    };
    const { tokensPerCall } = this.#options;
    const batch = new DecodeBatch<Job>(this.#model, programs, { tokensPerCall, floor: 0 });
    if (keepRows && before.programs !== null && before.batch !== null) {
      const grow = growProgram(this.#runtime, before.programs.state, state);
      for (const tensor of grow()) tensor.dispose();
      grow.dispose();
      batch.takeRows(before.batch);
      this.#drop();
    }
    this.#programs = programs;
    this.#batch = batch;
  }

  #drop(): void {
    for (const decode of [this.#plain, this.#full]) decode?.run.dispose();
    this.#plain = null;
    this.#full = null;
    if (this.#programs === null) return;
    for (const program of [this.#programs.admit, this.#programs.shift]) program.dispose();
    disposeDecodeState(this.#programs.state);
    this.#programs = null;
    this.#batch = null;
  }
}

/** The smallest of least, 2·least, 4·least … that holds `value`. */
export function bucket(value: number, least: number): number {
  let size = least;
  while (size < value) size *= 2;
  return size;
}

/** The attention scores of one prefilled prompt, in bytes a layer. */
export function prefillBytes(model: LanguageModel, promptColumns: number): number {
  return model.config.numHeads * promptColumns ** 2 * 4;
}

/** @throws AppError PROMPT_TOO_LONG where prompt and completion do not fit the context, BAD_INPUT for no or unknown tokens */
export function checkPrompt(
  model: LanguageModel,
  promptIds: readonly number[],
  newTokens: number,
): void {
  const { maxPositionEmbeddings: context, vocabSize } = model.config;
  if (promptIds.length === 0) {
    throw new AppError("BAD_INPUT", "The prompt has no tokens.", "Write a prompt.");
  }
  const unknown = promptIds.find((id) => id >= vocabSize);
  if (unknown !== undefined) {
    throw new AppError(
      "BAD_INPUT",
      `Token ${unknown} is outside the model's vocabulary of ${vocabSize}.`,
      "Check which tokenizer made the ids.",
    );
  }
  if (promptIds.length + newTokens > context) {
    throw new AppError(
      "PROMPT_TOO_LONG",
      `A prompt of ${promptIds.length} tokens and ${newTokens} new ones do not fit the model's context of ${context}.`,
      `Shorten the prompt, or ask for ${Math.max(0, context - promptIds.length)} tokens or fewer.`,
    );
  }
}
