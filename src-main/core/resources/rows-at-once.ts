/**
 * The number of rows of a batch that are computed together, forward and backward, so that their activations fit in
 * memory. A gradient is a sum over rows with fixed weights: cutting a batch changes the memory it needs, not its result.
 */
import type { ModelConfig } from "../formats/model-config.ts";
import { PIECE_TOKENS, attentionPieces } from "./attention-pieces.ts";

/** Memory for activations: a constant, so that a run computes the same on every machine. */
const ACTIVATION_BYTES = 2 * 2 ** 30;
const FLOAT = 4;
/** Tensors of the size of a chunk of logits that exist at the same time: the logits and their exponentials. */
const LOGIT_TENSORS = 2;

export interface RowOptions {
  /** Layers are computed again in the backward pass (`gradient_checkpointing`). */
  readonly recompute?: boolean;
  /** Times that the number of rows is halved, because the process ran out of memory with more. */
  readonly halvings?: number;
}

/**
 * Float32 numbers that one layer stores for the backward pass, for each token of a row of `columns` tokens (D: hidden
 * size, I: intermediate size): the input and output of both norms (4 D); queries and the output of attention (2 H·h);
 * keys and values (2 K·h); gate, up and the input of the down projection (3 I); and the attention weights, where a row
 * is short enough for its attention to be one piece (attention-pieces.ts).
 */
function layerNumbers(config: ModelConfig, columns: number): number {
  const keys = config.numKeyValueHeads * config.headDim;
  const queries = config.numHeads * config.headDim;
  return (
    4 * config.hiddenSize +
    2 * queries +
    2 * keys +
    3 * config.intermediateSize +
    (columns <= PIECE_TOKENS ? config.numHeads * columns : 0)
  );
}

/** Tensors of a piece of attention while the backward pass recomputes it: its weights, their gradient, the scores' gradient and a product. */
const PIECE_TENSORS = 4;

/** Numbers that the attention of one row takes during the backward pass, where it is computed in pieces. */
function pieceNumbers({ numHeads }: ModelConfig, columns: number): number {
  if (columns <= PIECE_TOKENS) return 0;
  const queries = Math.max(...attentionPieces(columns).map(({ count }) => count));
  return PIECE_TENSORS * numHeads * queries * columns;
}

/**
 * The most bytes that the activations of `rows` rows of `columns` tokens take, in float32: what each layer stores for the
 * backward pass (with `recompute` its input alone, and everything of one layer), the gradients of one layer, and one
 * chunk of logits (model/token-logprobs.ts).
 */
export function activationBytes(
  config: ModelConfig,
  rows: number,
  columns: number,
  recompute = false,
  /** Places of the rows that logits are made for. */
  places = rows * columns,
): number {
  const { numLayers, hiddenSize, vocabSize } = config;
  const layer = layerNumbers(config, columns);
  const kept = recompute ? numLayers * hiddenSize + layer : numLayers * layer;
  const tokens = rows * columns;
  const logits = LOGIT_TENSORS * Math.min(places * vocabSize, LOGITS_AT_ONCE);
  return FLOAT * (tokens * (kept + layer) + rows * pieceNumbers(config, columns) + logits);
}

/** Bytes of what the layers keep when a backward pass begins: all that each stores, or its input alone. */
export function keptBytes(
  config: ModelConfig,
  rows: number,
  columns: number,
  recompute: boolean,
): number {
  const ofLayer = recompute ? config.hiddenSize : layerNumbers(config, columns);
  return FLOAT * rows * columns * config.numLayers * ofLayer;
}

/** Scores of a piece of attention, those with its mask, and its weights. */
const SCORE_TENSORS = 3;
/** Of a forward pass alone: logits, shifted, their exponentials, and the products that entropy sums. */
const SCORED_LOGIT_TENSORS = 4;

/** Bytes of a piece of attention in a forward pass of `rows` rows. */
export function forwardPieceBytes(
  { numHeads }: ModelConfig,
  rows: number,
  columns: number,
): number {
  const queries = Math.max(...attentionPieces(columns).map(({ count }) => count));
  return FLOAT * SCORE_TENSORS * rows * numHeads * queries * columns;
}

/**
 * Bytes that a forward pass without a backward one takes at the most: its input and one layer whole, a piece of its
 * attention, and the logits of the places that are scored.
 */
export function scoringBytes(
  config: ModelConfig,
  rows: number,
  columns: number,
  places: number,
): number {
  const tokens = rows * columns;
  const layer = layerNumbers(config, columns);
  const logits = SCORED_LOGIT_TENSORS * Math.min(places * config.vocabSize, LOGITS_AT_ONCE);
  return (
    FLOAT * (tokens * (config.hiddenSize + layer) + logits) +
    forwardPieceBytes(config, rows, columns)
  );
}

/** Rows to compute together: `wanted` where they fit, else the largest power of two that fits, so that few shapes are compiled. */
export function rowsAtOnce(
  config: ModelConfig,
  columns: number,
  wanted: number,
  { recompute = false, halvings = 0 }: RowOptions = {},
): number {
  const fits = (rows: number): boolean =>
    activationBytes(config, rows, columns, recompute) <= ACTIVATION_BYTES;
  let rows = wanted;
  if (!fits(wanted)) {
    rows = 2 ** Math.floor(Math.log2(wanted));
    while (rows > 1 && !fits(rows)) rows /= 2;
  }
  return halved(rows, halvings);
}

/** Rows that a forward pass without a backward one computes together: `wanted`, halved until they fit. */
export function rowsToScore(config: ModelConfig, columns: number, wanted: number): number {
  let rows = wanted;
  while (rows > 1 && scoringBytes(config, rows, columns, 0) > ACTIVATION_BYTES)
    rows = Math.ceil(rows / 2);
  return rows;
}

/** `rows` after so many halvings; at least 1. */
export function halved(rows: number, halvings: number): number {
  return Math.max(1, Math.floor(rows / 2 ** halvings));
}

/** Logits in one chunk: 2^26 numbers, 256 MiB in float32. */
export const LOGITS_AT_ONCE = 2 ** 26;
/** Logits of one model in one chunk where two models are compared (objectives/generalized-jsd.ts). */
export const DIVERGENCE_AT_ONCE = LOGITS_AT_ONCE / 4;
