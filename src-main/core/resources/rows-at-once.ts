/**
 * How many rows go through forward and backward together. A gradient is a sum over rows with fixed weights, so
 * cutting a batch changes the memory it needs and not its result.
 */
import type { ModelConfig } from "../formats/model-config.ts";
import { PIECE_TOKENS, attentionPieces } from "./attention-pieces.ts";

/** For what the backward pass keeps. A constant, so that a run does not depend on the machine it runs on. */
const ACTIVATION_BYTES = 2 * 2 ** 30;
const FLOAT = 4;
/** Of a chunk of logits there are at once: themselves, shifted where they are, and their exponentials. */
const LOGIT_TENSORS = 2;

export interface RowOptions {
  /** Layers are computed again in the backward pass (`gradient_checkpointing`). */
  readonly recompute?: boolean;
  /** How often the rows are halved because more of them did not fit the machine's memory. */
  readonly halvings?: number;
}

/**
 * Numbers that one layer keeps of a token in rows of `columns` tokens, until the backward pass has used them: of either
 * norm its input and the result (4 D); queries and what attention mixed (2 D), keys and values; of the feed-forward part
 * gate, up, and what goes into the last product (3 I); the attention weights of rows that are one piece.
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

/** Of a piece of attention that the backward pass makes again: its weights, their gradient, the scores' and a product. */
const PIECE_TENSORS = 4;

/** Numbers of attention that are held while a layer of longer rows goes backward. */
function pieceNumbers({ numHeads }: ModelConfig, columns: number): number {
  if (columns <= PIECE_TOKENS) return 0;
  const queries = Math.max(...attentionPieces(columns).map(({ count }) => count));
  return PIECE_TENSORS * numHeads * queries * columns;
}

/**
 * Bytes that the activations of `rows` rows of `columns` tokens take at the most, in float32: what every layer keeps
 * (where layers are computed again only its input, and one layer whole), the gradients of one layer, and the logits,
 * which are made in chunks (model/token-logprobs.ts).
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

/** At most `wanted`, at least 1; below `wanted` a power of two, so that compiled shapes stay few. */
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

/** Rows that are left of `rows` when they were halved so often; at least 1. */
export function halved(rows: number, halvings: number): number {
  return Math.max(1, Math.floor(rows / 2 ** halvings));
}

/** Numbers of logits in memory at once, unless told otherwise: 64 MiB. */
export const LOGITS_AT_ONCE = 2 ** 26;
