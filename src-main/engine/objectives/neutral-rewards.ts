/**
 * A completion's reward as its baseline sees it, where some reward functions do not apply to every completion.
 *
 * Left out of the sum, a function counts as 0 for the completions that it does not apply to (TRL's nansum), so that
 * turning an inapplicable completion into an applicable one gains its whole weight. Here such a function has, for
 * those completions, the mean of the group's others: its part of the advantage is exactly 0 for them and what it is
 * for the others, as if each function had a baseline of its own over the completions it applies to.
 */

/** By completion, the value of each function, in one order; null where it does not apply. */
export type RewardRow = readonly (number | null)[];

/** Weighted sums of completions that stand group after group; null where no function applies to the completion. */
export function neutralRewards(
  rows: readonly RewardRow[],
  weights: readonly number[],
  numGenerations: number,
): (number | null)[] {
  const all = baselines(rows, weights.length);
  const groups = Array.from({ length: Math.ceil(rows.length / numGenerations) }, (_, group) =>
    baselines(rows.slice(group * numGenerations, (group + 1) * numGenerations), weights.length),
  );
  return rows.map((row, i) => {
    if (row.every((value) => value === null)) return null;
    const group = groups[Math.floor(i / numGenerations)];
    // In a group without any value the batch's mean keeps the spread of the batch what it is.
    return weights.reduce(
      (sum, weight, f) => sum + weight * (row[f] ?? group?.[f] ?? all[f] ?? 0),
      0,
    );
  });
}

/** By function: its mean over the completions it applies to; null where there are none. */
function baselines(rows: readonly RewardRow[], functions: number): (number | null)[] {
  return Array.from({ length: functions }, (_, f) => {
    const values = rows.flatMap((row) => row[f] ?? []);
    const [first] = values;
    if (first === undefined) return null;
    // The mean of equal values is that value, without float noise.
    if (values.every((value) => value === first)) return first;
    return values.reduce((sum, value) => sum + value, 0) / values.length;
  });
}
