/** How per-token losses become one number: the weight of each completion in the sum, by loss_type. */
import { assertNever } from "#shared/errors.ts";
import type { GrpoStage } from "#shared/schema/recipe.ts";

export type LossType = GrpoStage["loss_type"];

export type AggregationOptions = {
  readonly lossType: LossType;
  readonly maxCompletionLength: number;
  /** Completions of one accumulation step; the batch is taken in order in equal parts. */
  readonly microBatch: number;
};

/**
 * The weight that every unmasked token of completion i carries, so that loss = Σ weight · token loss over the whole
 * optimizer step. `lengths` are the unmasked completion tokens (0 where the completion is masked out).
 */
export function tokenWeights(
  lengths: readonly number[],
  options: AggregationOptions,
): Float64Array {
  const { lossType, microBatch, maxCompletionLength } = options;
  const parts = lengths.length / microBatch;
  if (!Number.isInteger(parts))
    throw new RangeError(`${lengths.length} completions do not divide into parts of ${microBatch}`);
  const all = lengths.reduce((a, b) => a + b, 0);
  return Float64Array.from(lengths, (length, i) => {
    if (length === 0) return 0;
    switch (lossType) {
      case "grpo":
        return 1 / (length * microBatch * parts);
      case "bnpo": {
        const first = Math.floor(i / microBatch) * microBatch;
        const tokens = lengths.slice(first, first + microBatch).reduce((a, b) => a + b, 0);
        return 1 / (tokens * parts);
      }
      case "dr_grpo":
        return 1 / (microBatch * maxCompletionLength * parts);
      case "dapo":
        return 1 / all;
      default:
        return assertNever(lossType);
    }
  });
}
