/**
 * The decode batch of a served model: as many rows and columns as the requests need, in few sizes so that compiled
 * programs are few; grown while rows decode where there is memory for it, and left for a smaller one when few are left.
 */
import { AppError } from "#shared/errors.ts";
import type { LanguageModel } from "../model/language-model.ts";
import type { CompiledFunction, Runtime } from "../runtime/runtime.ts";
import type { SampledSequence } from "../sampling/cache-row.ts";
import { cacheBytes, firstColumns } from "#main/core/resources/cache-shape.ts";
import type { CacheShape } from "#main/core/resources/cache-shape.ts";
import { DecodeBatch } from "../sampling/decode-batch.ts";
import { prefillProgram } from "../sampling/decode-programs.ts";
import { DecodeShapes } from "../sampling/decode-shapes.ts";
import { DecodeWeights } from "../sampling/decode-weights.ts";
import { rowPicker } from "../sampling/picker.ts";
import { attentionPieces } from "#main/core/resources/attention-pieces.ts";

/** OpenAI's limit for alternatives of a token. */
export const MOST_ALTERNATIVES = 20;

const ROW_SIZES = [1, 4, 16, 64];
/** What is set aside for a row at the least: enough for most questions and answers. */
const LEAST_COLUMNS = 512;
/** Rows up to which one program with everything is used where it is compiled already. */
const FEW_ROWS = 4;
/** Tokens that are left to draw where it pays to leave rows behind that are done. */
const WORTH_LEAVING = 64;

export type ServerCacheOptions = {
  /** Of keys and values, at most. */
  readonly cacheBytes: number;
  readonly tokensPerCall: number;
  readonly maxRows: number;
};

/** Draws by temperature alone, and with filters, penalty and alternatives; each is compiled when it is first needed. */
export type ServingPicker = "plain" | "full";

export class ServerCache<Sequence extends SampledSequence> {
  readonly #model: LanguageModel;
  readonly #options: ServerCacheOptions;
  readonly #weights: DecodeWeights;
  readonly #prefill: CompiledFunction;
  readonly #shapes: DecodeShapes;
  #batch: DecodeBatch<Sequence> | null = null;

  constructor(runtime: Runtime, model: LanguageModel, options: ServerCacheOptions) {
    this.#model = model;
    this.#options = options;
    // A served model does not change.
    this.#weights = new DecodeWeights(runtime, model, "float32");
    this.#weights.refresh();
    this.#prefill = prefillProgram(runtime, this.#weights);
    const alternatives = Math.min(MOST_ALTERNATIVES, model.config.vocabSize);
    this.#shapes = new DecodeShapes(runtime, model, this.#weights, {
      lanes: 1,
      tokensPerCall: options.tokensPerCall,
      pickers: {
        plain: rowPicker({ filters: false, alternatives: 0 }),
        full: rowPicker({ filters: true, alternatives }),
      },
    });
  }

  /** The rows; null before the first request. */
  get batch(): DecodeBatch<Sequence> | null {
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
    const batch = this.#batch;
    const active = batch === null ? 0 : batch.rows.length - batch.idle;
    const wide = this.#wide(columns);
    const most = active === 0 ? wide : Math.max(wide, batch?.mostColumns ?? 0);
    const fits = this.#shapeFor(rows, most);
    if (batch !== null) {
      const now = batch.rows.length;
      // Attention reads every column: a cache much longer than what is asked is not kept for it.
      const tooLong = active === 0 && batch.shape.columns >= 4 * wide;
      if (batch.mostColumns >= wide && now >= fits.rows && !tooLong) return true;
      // Longer rows may mean fewer of them; those that decode keep their places until they are done.
      if (active > 0 && fits.rows < now) return false;
    }
    if (batch !== null && active > 0)
      batch.reshape({ rows: fits.rows, columns: batch.shape.columns }, fits.columns);
    else this.#restart(fits);
    return true;
  }

  /** Goes on with fewer rows where few are not done, none waits, and one has many tokens to draw yet. */
  settle(mostLeft: number): void {
    const batch = this.#batch;
    if (batch === null || mostLeft < WORTH_LEAVING) return;
    const active = batch.rows.length - batch.idle;
    const rows = ROW_SIZES.find((size) => size >= active) ?? batch.rows.length;
    if (active > 0 && rows < batch.rows.length)
      batch.reshape({ rows, columns: batch.shape.columns });
  }

  /** How rows that need this much are drawn for. */
  picker(needs: { readonly filters: boolean; readonly alternatives: boolean }): ServingPicker {
    const shape = this.#batch?.shape;
    const few = shape !== undefined && shape.rows <= FEW_ROWS && this.#shapes.has(shape, "full");
    return needs.filters || needs.alternatives || few ? "full" : "plain";
  }

  dispose(): void {
    this.#prefill.dispose();
    this.#weights.dispose();
    this.#shapes.dispose();
    this.#batch = null;
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

  #restart({ rows, columns }: CacheShape): void {
    this.#batch?.release();
    this.#batch = new DecodeBatch<Sequence>(this.#model, this.#shapes, {
      lane: 0,
      prefill: this.#prefill,
      tokensPerCall: this.#options.tokensPerCall,
      floor: 0,
      shape: { rows, columns: firstColumns(0, columns) },
      mostColumns: columns,
    });
  }
}

/** The smallest of least, 2·least, 4·least … that holds `value`. */
function bucket(value: number, least: number): number {
  let size = least;
  while (size < value) size *= 2;
  return size;
}

/** The most attention scores that there are at once of one prefilled prompt, in bytes. */
export function prefillBytes(model: LanguageModel, promptColumns: number): number {
  const queries = Math.max(...attentionPieces(promptColumns).map(({ count }) => count));
  return model.config.numHeads * queries * promptColumns * 4;
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
