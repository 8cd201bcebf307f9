/** How large a sampler's cache is: rows that decode together, and columns that each may span. */
import type { ModelConfig } from "../checkpoint/model-config.ts";
import type { Precision } from "../runtime/matmul.ts";
import { powerOfTwoAtLeast } from "./decode-batch.ts";

export type CacheShape = { readonly rows: number; readonly columns: number };

/** Rows that decode together at the most, unless told otherwise. */
export const MOST_ROWS = 256;
/** Fewer rows are not worth a lane, which reads all weights for them. */
const LEAST_LANE_ROWS = 4;
/** Below, a model is small: several tokens are drawn in one call, and its matrices are worth a second copy in float32. */
const LARGE_PARAMETERS = 30e6;
const SMALL_TOKENS_PER_CALL = 8;
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

export function isSmall(parameters: number): boolean {
  return parameters < LARGE_PARAMETERS;
}

/** Tokens that one call of a sampler draws where nothing else is asked. */
export function tokensPerCall(parameters: number): number {
  return isSmall(parameters) ? SMALL_TOKENS_PER_CALL : 1;
}

/** Lanes, of those there are, that so many rows are divided among. */
export function lanesFor(lanes: number, rows: number): number {
  return Math.max(1, Math.min(lanes, Math.floor(rows / LEAST_LANE_ROWS)));
}

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
