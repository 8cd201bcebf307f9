/** How large a sampler's cache is: rows that decode together, and columns that each may span. */
import type { ModelConfig } from "../formats/model-config.ts";
import { lengthBucket } from "./length-buckets.ts";
import type { Precision } from "./precision.ts";

export type CacheShape = { readonly rows: number; readonly columns: number };

/** Rows that decode together at the most, unless told otherwise. */
export const MOST_ROWS = 256;
/** Fewer rows are not worth a lane, which reads all weights for them. */
const LEAST_LANE_ROWS = 4;
/** Below, a model is small: several tokens are drawn in one call, and its matrices are worth a second copy in float32. */
const LARGE_PARAMETERS = 30e6;
const SMALL_TOKENS_PER_CALL = 8;
const COLUMN_BUCKET = 32;
/** Columns that a cache begins with where its rows may need more: fewer would be made more of before they are filled. */
const FIRST_COLUMNS = 256;
/** Fewer tokens than this are not worth a program for fewer rows. */
const LEAST_LEFT = 32;
/** Prompts and tokens that are prefilled together at the most; one prompt may be longer. */
const PREFILL_ROWS = 64;
const PREFILL_TOKENS = 4096;
/** Counts of prompts that are prefilled together: 64, 16, 4 and 1, so that programs are few and no row is padding. */
const PREFILL_STEP = 4;

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

export function powerOfTwoAtLeast(value: number): number {
  return 2 ** Math.ceil(Math.log2(Math.max(1, value)));
}

/**
 * The cache at its largest. One row spans its prompt and its completion rounded up to whole calls. Where rows are filled
 * again, two calls of slack let them move.
 */
export function cacheShape(needs: CacheNeeds): CacheShape {
  const { completions, tokensPerCall } = needs;
  const rows = Math.min(needs.maxRows, powerOfTwoAtLeast(completions));
  const span = lengthBucket(needs.longestPrompt) + roundUp(needs.maxNew, tokensPerCall);
  const slack = completions > rows ? 2 * tokensPerCall + Math.min(64, span) : 0;
  return { rows, columns: roundUp(span + slack, COLUMN_BUCKET) };
}

/** Columns to begin with where there may be `most`: those of the prompts and of some tokens after them. */
export function firstColumns(prompt: number, most: number): number {
  return widerColumns(FIRST_COLUMNS, prompt + FIRST_COLUMNS / 2, most);
}

/** Columns of a cache of `columns` that has to hold `needed`: twice as many, or all there may be where that is not far. */
export function widerColumns(columns: number, needed: number, most: number): number {
  let wider = columns;
  while (wider < needed) wider *= 2;
  return wider * 1.25 >= most ? most : wider;
}

/** Rows to go on with where `active` of `rows` are not done and draw `mostLeft` tokens more at the most. */
export function smallerRows(rows: number, active: number, mostLeft: number): number {
  const smaller = powerOfTwoAtLeast(active);
  return active > 0 && mostLeft >= LEAST_LEFT && 2 * smaller <= rows ? smaller : rows;
}

/** Prompts → those that are prefilled together, of like length, in the counts that there are programs for. */
export function prefillParts<P extends { readonly length: number }>(prompts: readonly P[]): P[][] {
  const left = [...prompts].sort((a, b) => b.length - a.length);
  const parts: P[][] = [];
  while (left.length > 0) {
    const count = promptsTogether(left[0]?.length ?? 0, left.length);
    parts.push(left.splice(0, count));
  }
  return parts;
}

/** Of `count` prompts of up to `longest` tokens, those that are prefilled together. */
export function promptsTogether(longest: number, count: number): number {
  let together = PREFILL_ROWS;
  while (together > 1 && (together > count || together * lengthBucket(longest) > PREFILL_TOKENS))
    together /= PREFILL_STEP;
  return together;
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

/** Problems sampled together at the most: between two of them a stage can end, and its answers are kept. */
export const PROBLEMS_AT_ONCE = 128;
/** Of a large model on a processor, where more rows at once are hardly faster and a chunk can take hours. */
const LARGE_COMPLETIONS_AT_ONCE = 128;

/** Problems of `samples` completions each that are sampled together, and lost together where the machine ends. */
export function problemsAtOnce(parameters: number, samples: number, usesGpu: boolean): number {
  if (isSmall(parameters) || usesGpu) return PROBLEMS_AT_ONCE;
  const most = Math.floor(LARGE_COMPLETIONS_AT_ONCE / samples);
  return Math.min(PROBLEMS_AT_ONCE, Math.max(1, most));
}

/** Shapes whose programs are kept; core/resources/stage-memory.ts counts them. */
export const KEPT_SHAPES = 12;
