/**
 * REINFORCE++: no baseline of the group, rewards of the whole batch brought to mean 0 and spread 1; KL to the reference is
 * taken off the reward token by token, so that a token answers for what comes after it (Hu et al. 2025, arXiv 2501.03262).
 * Its baseline variant takes the group's mean off first. Means and spreads are over tokens, as verl has them.
 */
import { meanOf } from "./advantages.ts";
import { whitened } from "./whitening.ts";

export type Outcome = {
  /** The completion's, null where no reward applies. */
  readonly reward: number | null;
  readonly tokens: number;
  /** What is taken off at each token; null: nothing. */
  readonly penalty: ArrayLike<number> | null;
};

/** By completion, A_t = r − Σ of the penalties from t on, whitened over all tokens of the batch; zeros for null rewards. */
export function reinforcePlusPlus(outcomes: readonly Outcome[]): Float64Array[] {
  return overTokens(
    outcomes.map(({ reward, tokens, penalty }) => {
      if (reward === null) return null;
      const returns = new Float64Array(tokens).fill(reward);
      let after = 0;
      for (let t = tokens - 1; t >= 0; t--) {
        after += penalty?.[t] ?? 0;
        returns[t] = reward - after;
      }
      return returns;
    }),
    outcomes,
  );
}

/** The same with one return for a completion, r − its penalties, less the mean of its group's. */
export function reinforcePlusPlusBaseline(
  outcomes: readonly Outcome[],
  numGenerations: number,
): Float64Array[] {
  const scores = outcomes.map(({ reward, penalty }) =>
    reward === null ? null : reward - Array.from(penalty ?? []).reduce((a, b) => a + b, 0),
  );
  return overTokens(
    scores.map((score, i) => {
      const first = Math.floor(i / numGenerations) * numGenerations;
      const group = scores.slice(first, first + numGenerations).filter((one) => one !== null);
      if (score === null) return null;
      return new Float64Array(outcomes[i]?.tokens ?? 0).fill(score - meanOf(group));
    }),
    outcomes,
  );
}

function overTokens(
  returns: readonly (Float64Array | null)[],
  outcomes: readonly Outcome[],
): Float64Array[] {
  return whitened(returns).map((own, i) => own ?? new Float64Array(outcomes[i]?.tokens ?? 0));
}
