/** How per-token losses become one number: the weight of each completion in the sum, by loss_type. */
import { assertNever } from "#shared/errors.ts";
import type { GrpoStage } from "#shared/schema/stages/grpo-stage.ts";

export type LossType = GrpoStage["loss_type"];

export type AggregationOptions = {
  readonly lossType: LossType;
  readonly maxCompletionLength: number;
  /** Completions of one accumulation step; the batch is taken in order in equal parts. */
  readonly microBatch: number;
  /**
   * Unmasked completion tokens of an optimizer step, in the mean over the steps that see the batch of completions once:
   * what dapo, cispo and vespo divide by. Those of `lengths` by default, where that is one step.
   */
  readonly stepTokens?: number;
};

/**
 * The weight that every unmasked token of completion i carries, so that loss = Σ weight · token loss over the whole
 * optimizer step. `lengths` are the unmasked completion tokens (0 where the completion is masked out).
 * - grpo (DeepSeekMath, arXiv 2402.03300, eq. 3), sapo; rloo, whose tokens all carry their completion's loss: the mean
 *   over completions of the mean over tokens
 * - bnpo: the mean over the tokens of an accumulation step
 * - dr_grpo (arXiv 2503.20783): a constant denominator
 * - dapo (arXiv 2503.14476), cispo, vespo: the mean over the tokens of the optimizer step
 * - luspo (Length-Unbiased Sequence Policy Optimization, 2026, arXiv 2602.05261): the mean over completions of the sum over tokens, so
 *   that a sequence's ratio weighs by its length
 */
export function tokenWeights(
  lengths: readonly number[],
  options: AggregationOptions,
): Float64Array {
  const { lossType, microBatch, maxCompletionLength } = options;
  const parts = lengths.length / microBatch;
  if (!Number.isInteger(parts))
    throw new RangeError(`${lengths.length} completions do not divide into parts of ${microBatch}`);
  const all = options.stepTokens ?? lengths.reduce((a, b) => a + b, 0);
  return Float64Array.from(lengths, (length, i) => {
    if (length === 0) return 0;
    switch (lossType) {
      case "grpo":
      case "sapo":
      case "rloo":
        return 1 / (length * microBatch * parts);
      case "bnpo": {
        const first = Math.floor(i / microBatch) * microBatch;
        const tokens = lengths.slice(first, first + microBatch).reduce((a, b) => a + b, 0);
        return 1 / (tokens * parts);
      }
      case "dr_grpo":
        return 1 / (microBatch * maxCompletionLength * parts);
      case "dapo":
      case "cispo":
      case "vespo":
        return 1 / Math.max(1, all);
      case "luspo":
        return 1 / (microBatch * parts);
      default:
        return assertNever(lossType);
    }
  });
}
