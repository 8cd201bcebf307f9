/**
 * Generalized advantage estimation: how much better a token did than the critic expected (Schulman et al. 2015,
 * arXiv 1506.02438, eq. 16; PPO, arXiv 1707.06347, eq. 11 and 12), and what the critic should have said.
 */
import type { CriticOptions } from "#shared/schema/critic-options.ts";

export type GaeOptions = Pick<CriticOptions, "gamma" | "lam">;

export type TokenOutcomes = {
  /** What each token is better than expected, in the reward's unit. */
  readonly advantages: Float64Array;
  /** What the value of the state before each token should be: advantage + value. */
  readonly returns: Float64Array;
};

/**
 * One completion of T tokens: rewards (T) for each token, values (T) of the state before each token, both in the reward's
 * unit. δ_t = r_t + γ V_{t+1} − V_t, A_t = δ_t + γ λ A_{t+1}; behind the last token nothing more comes, so V_T = 0.
 * @throws RangeError where there is not one value for each reward
 */
export function generalizedAdvantages(
  rewards: ArrayLike<number>,
  values: ArrayLike<number>,
  { gamma, lam }: GaeOptions,
): TokenOutcomes {
  const { length } = rewards;
  if (values.length !== length)
    throw new RangeError(`${length} rewards do not fit ${values.length} values`);
  const advantages = new Float64Array(length);
  const returns = new Float64Array(length);
  let [advantage, next] = [0, 0];
  for (let t = length - 1; t >= 0; t--) {
    const value = values[t] ?? 0;
    advantage = (rewards[t] ?? 0) + gamma * next - value + gamma * lam * advantage;
    advantages[t] = advantage;
    returns[t] = advantage + value;
    next = value;
  }
  return { advantages, returns };
}
