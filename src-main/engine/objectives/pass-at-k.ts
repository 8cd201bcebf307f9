/**
 * Pass@k as the objective (PKPO, Walder and Karkhanis 2025, arXiv 2505.15201): advantages whose policy gradient is, in the
 * mean, that of E[max of k completions' rewards]. Of rewards 0 and 1 that is pass@k, of others best-of-k.
 *
 * With n completions in a group, A_i = k × the mean, over the sets T of k − 1 others, of max(r_i, max T) − max T: how much
 * completion i raises the best of k. That is the paper's s_i with the best of the others as baseline (its loo−1), times n,
 * so that a loss which averages over the group has the gradient itself. At k = n one best completion alone has an
 * advantage, n (best − second best): Tang et al. 2025, arXiv 2503.19595, and verl's `grpo_passk` but for the factor n.
 */

/** Of completions that stand group after group; 0 for null rewards, which count for no set. k is at most a group's rewards. */
export function passAtKAdvantages(
  rewards: readonly (number | null)[],
  { numGenerations, k }: { readonly numGenerations: number; readonly k: number },
): Float64Array {
  const advantages = new Float64Array(rewards.length);
  for (let first = 0; first < rewards.length; first += numGenerations) {
    const group = rewards.slice(first, first + numGenerations);
    group.forEach((reward, i) => {
      if (reward === null) return;
      const others = group.filter((other, j): other is number => other !== null && j !== i);
      advantages[first + i] = raiseOfBest(reward, others, Math.min(k, others.length + 1));
    });
  }
  return advantages;
}

/** k × the mean rise of the best by `reward`, over the sets of k − 1 others; 0 where there is no other. */
function raiseOfBest(reward: number, others: readonly number[], k: number): number {
  if (k < 2) return 0;
  const ascending = others.toSorted((a, b) => a - b);
  // Of the sets of k − 1, the share whose best is the one at place j: it, and k − 2 of the j before it.
  let share = 1;
  let rise = 0;
  for (let j = ascending.length - 1; j >= k - 2; j--) {
    // Of those that are left to draw from, j + 1, a set of k − 1 has this one with probability (k − 1) / (j + 1).
    const has = (k - 1) / (j + 1);
    rise += share * has * Math.max(0, reward - (ascending[j] ?? 0));
    share *= 1 - has;
  }
  return k * rise;
}
