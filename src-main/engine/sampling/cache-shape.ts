/** How large a sampler's cache is: rows that decode together, and columns that each may span. */
import type { ModelConfig } from "../checkpoint/model-config.ts";
import type { Precision } from "../runtime/matmul.ts";
import { powerOfTwoAtLeast } from "./decode-batch.ts";

export type CacheShape = { readonly rows: number; readonly columns: number };

/** Rows that decode together at the most, unless told otherwise. */
export const MOST_ROWS = 256;
/** Tokens of a small model drawn in one call. */
export const TOKENS_PER_CALL = 8;
const PROMPT_BUCKET = 16;
const COLUMN_BUCKET = 32;

export type CacheNeeds = {
  readonly completions: number;
  /** In tokens. */
  readonly longestPrompt: number;
  readonly maxNew: number;
  readonly maxRows: number;
  readonly tokensPerCall: number;
};

function roundUp(value: number, step: number): number {
  return Math.ceil(value / step) * step;
}

/** Columns that prompts are padded to. */
export function promptColumns(longestPrompt: number): number {
  return roundUp(longestPrompt, PROMPT_BUCKET);
}

/**
 * One row spans its prompt and its completion rounded up to whole calls. Where rows are filled again, two calls of slack
 * let them move.
 */
export function cacheShape(needs: CacheNeeds): CacheShape {
  const { completions, tokensPerCall } = needs;
  const rows = Math.min(needs.maxRows, powerOfTwoAtLeast(completions));
  const span = promptColumns(needs.longestPrompt) + roundUp(needs.maxNew, tokensPerCall);
  const slack = completions > rows ? 2 * tokensPerCall + Math.min(64, span) : 0;
  return { rows, columns: roundUp(span + slack, COLUMN_BUCKET) };
}

/** Bytes of a cache's keys and values. */
export function cacheBytes(
  { numLayers, numKeyValueHeads, headDim }: ModelConfig,
  { rows, columns }: CacheShape,
  precision: Precision,
): number {
  const width = precision === "bfloat16" ? 2 : 4;
  return 2 * numLayers * numKeyValueHeads * headDim * rows * columns * width;
}
