/**
 * Floating-point operations by a model's shape: 2 a weight and token forward, and in attention 4 for each pair of
 * positions that attend, a layer and a channel of its heads (scores and sums of values). Backward costs twice that;
 * layers that are worked out again in the backward pass cost another forward pass.
 */
import type { ModelConfig } from "../formats/model-config.ts";

export type CountedModel = {
  readonly parameters: number;
  readonly config: Pick<ModelConfig, "numLayers" | "numHeads" | "headDim">;
};

/** Of the positions from `from` up to, without, `to` of one sequence: each attends to itself and all before. */
export function forwardFlops(
  { parameters, config }: CountedModel,
  from: number,
  to: number,
): number {
  const pairs = (to * (to + 1) - from * (from + 1)) / 2;
  return (
    2 * parameters * (to - from) + 4 * config.numLayers * config.numHeads * config.headDim * pairs
  );
}

/** Forward and backward over whole sequences. */
export function trainingFlops(
  model: CountedModel,
  lengths: readonly number[],
  recompute: boolean,
): number {
  const forward = lengths.reduce((sum, length) => sum + forwardFlops(model, 0, length), 0);
  return forward * (recompute ? 4 : 3);
}
