/** RLOO: each completion is compared with the others of its group, itself left out (Ahmadian et al. 2024, arXiv 2402.14740, section 3). */
import { inBatch } from "./advantages.ts";

/**
 * r_i − mean of the group's others, of completions that stand group after group; in the batch less their mean and over
 * their spread where `normalize`. 0 for null rewards, and where a group has one reward alone.
 */
export function leaveOneOut(
  rewards: readonly (number | null)[],
  { numGenerations, normalize }: { readonly numGenerations: number; readonly normalize: boolean },
): Float64Array {
  const plain = rewards.map((reward, i) => {
    const first = Math.floor(i / numGenerations) * numGenerations;
    const others = rewards
      .slice(first, first + numGenerations)
      .filter((other, j): other is number => other !== null && first + j !== i);
    if (reward === null || others.length === 0) return null;
    // Differences first: equal rewards give exactly 0.
    return others.reduce((sum, other) => sum + (reward - other), 0) / others.length;
  });
  return normalize ? inBatch(plain) : Float64Array.from(plain, (value) => value ?? 0);
}
