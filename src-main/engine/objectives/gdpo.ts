/**
 * GDPO: each reward is compared in its group by itself, before they are added, so that one with little spread is not lost
 * beside another ("Group reward-Decoupled Normalization Policy Optimization", 2026, arXiv 2601.05242). TRL's
 * `normalize_then_sum`.
 */
import { inBatch, meanOf, standardDeviation, TO_SPREAD } from "./advantages.ts";
import type { RewardRow } from "./neutral-rewards.ts";

/**
 * Advantages of completions that stand group after group: Σ_k weight_k (r_k − mean) / (std + 1e-4), mean and std of
 * reward k over the group's completions that it applies to; then less their mean and over their spread in the batch.
 * 0 where no reward applies.
 */
export function normalizeThenSum(
  rows: readonly RewardRow[],
  weights: readonly number[],
  numGenerations: number,
): Float64Array {
  const sums = rows.map((row): number | null => (row.every((value) => value === null) ? null : 0));
  weights.forEach((weight, k) => {
    for (let first = 0; first < rows.length; first += numGenerations) {
      const group = rows.slice(first, first + numGenerations).map((row) => row[k] ?? null);
      const present = group.filter((value) => value !== null);
      const std = standardDeviation(present);
      if (std === 0) continue;
      const mean = meanOf(present);
      group.forEach((value, i) => {
        const sum = sums[first + i] ?? null;
        if (value !== null && sum !== null)
          sums[first + i] = sum + (weight * (value - mean)) / (std + TO_SPREAD);
      });
    }
  });
  return inBatch(sums);
}
