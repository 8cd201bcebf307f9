/**
 * How many operations the traced programs of training have, by the model's layers and the pieces that attention goes in,
 * and what is kept of them. Counted from traces of Llama, which the others are close to (tests/unit/engine-program-operations.test.ts).
 */
import type { ModelConfig } from "../formats/model-config.ts";
import { attentionPieces } from "./attention-pieces.ts";

/** Operations of the programs that a compiled function keeps, the newest in any case. */
export const KEPT_OPERATIONS = 24_000;

/**
 * What a program that ran keeps of each of its operations. Measured: three programs of 25,507 operations together, of
 * 30 layers so narrow that nothing else grows, added 153 MiB.
 */
const OPERATION_BYTES = 6_300;

export type ProgramKind = "train" | "train_on" | "score";

/** Masks, embedding and log-probabilities; a layer in one piece of attention; a layer without its pieces, and a piece. */
type Counts = {
  readonly around: number;
  readonly whole: number;
  readonly layer: number;
  readonly piece: number;
};
const TRAIN: Counts = { around: 269, whole: 339, layer: 297, piece: 92 };
const SCORE: Counts = { around: 75, whole: 132, layer: 115, piece: 28 };
/** Of masks, each piece. */
const MASK = 16;
/** Adding a layer's nine gradients to those before. */
const ADDED = 18;
/** Layers made again: the forward pass once more. */
const AGAIN = 173;
/** Casts around a layer's products, in training and in a forward pass. */
const CASTS = { train: 63, score: 21 };
/** The norm of the gradients and the optimizer's update, a layer; once each. */
const OPTIMIZER = 171;

export interface ProgramOptions {
  readonly recompute: boolean;
  readonly bf16: boolean;
}

/** Of the program for rows of `columns` tokens. */
export function programOperations(
  { numLayers }: Pick<ModelConfig, "numLayers">,
  kind: ProgramKind,
  columns: number,
  { recompute, bf16 }: ProgramOptions,
): number {
  const pieces = attentionPieces(columns).length;
  const { around, whole, layer, piece } = kind === "score" ? SCORE : TRAIN;
  const ofLayer =
    (pieces === 1 ? whole : layer + pieces * piece) +
    (kind === "train_on" ? ADDED : 0) +
    (kind !== "score" && recompute ? AGAIN : 0) +
    (bf16 ? CASTS[kind === "score" ? "score" : "train"] : 0);
  return around + MASK * pieces + numLayers * ofLayer;
}

/** Of one compiled function that meets up to `shapes` shapes: all of their programs, or as many as are kept. */
export function keptProgramBytes(operations: number, shapes: number): number {
  return OPERATION_BYTES * Math.max(operations, Math.min(shapes * operations, KEPT_OPERATIONS));
}

export function optimizerProgramBytes({ numLayers }: Pick<ModelConfig, "numLayers">): number {
  return OPERATION_BYTES * OPTIMIZER * numLayers;
}
