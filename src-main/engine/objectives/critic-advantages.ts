/**
 * PPO's advantages for language models (Ziegler et al. 2019, arXiv 1909.08593; TRL's PPOTrainer, steps 4 to 6): the
 * completion's reward comes with its last token, KL to the reference is taken off at each, and a critic says what was to be
 * expected before each (generalized-advantages.ts).
 * What did not end loses missing_eos_penalty of its reward first, as in TRL.
 * Other than in TRL a completion that ended has no state behind its last token: nothing is to be expected there.
 */
import type { CriticOptions } from "#shared/schema/critic-options.ts";
import { generalizedAdvantages } from "./generalized-advantages.ts";
import { momentsOf, whitened } from "./whitening.ts";

export type CriticAdvantageOptions = Pick<
  CriticOptions,
  "gamma" | "lam" | "whiten_rewards" | "whiten_advantages" | "missing_eos_penalty"
>;

/** Of one completion of T tokens. */
export type ValuedOutcome = {
  /** null where no reward applies: nothing is learnt from it. */
  readonly reward: number | null;
  /** (T): the critic's, of the state before each token, in the reward's unit. */
  readonly values: ArrayLike<number>;
  /** (T): what is taken off at each token; null: nothing. */
  readonly penalty: ArrayLike<number> | null;
  /** Whether it ended before its limit. */
  readonly finished: boolean;
};

/** What the critic learns of a completion's T tokens, in the reward's unit. */
export type CriticTarget = {
  /** As they were when the advantages were worked out. */
  readonly values: ArrayLike<number>;
  readonly returns: ArrayLike<number>;
};

export type CriticAdvantages = {
  /** By completion and token; zeros where no reward applies. */
  readonly advantages: readonly Float64Array[];
  /** By completion; null where no reward applies. */
  readonly targets: readonly (CriticTarget | null)[];
};

export function criticAdvantages(
  outcomes: readonly ValuedOutcome[],
  options: CriticAdvantageOptions,
): CriticAdvantages {
  const plain = outcomes.map((outcome) => tokenRewards(outcome, options.missing_eos_penalty ?? 0));
  const rewards = options.whiten_rewards ? whitened(plain, { shiftsMean: false }) : plain;
  const estimated = outcomes.map(({ values }, i) => {
    const own = rewards[i] ?? null;
    return own === null ? null : generalizedAdvantages(own, values, options);
  });
  const raw = estimated.map((one) => one?.advantages ?? null);
  const advantages = options.whiten_advantages ? whitened(raw) : raw;
  return {
    advantages: outcomes.map(({ values }, i) => advantages[i] ?? new Float64Array(values.length)),
    targets: outcomes.map(({ values }, i) => {
      const one = estimated[i] ?? null;
      return one === null ? null : { values, returns: one.returns };
    }),
  };
}

/**
 * 1 − Var(R − V) / Var(R) over all tokens that have a target: 1 for a critic that knows the returns, 0 for one that knows
 * no more than their mean, less than 0 for one that knows less; null where the returns do not differ.
 */
export function explainedVariance(targets: readonly (CriticTarget | null)[]): number | null {
  const known = targets.filter((target) => target !== null);
  const total = momentsOf(known.map(({ returns }) => returns)).variance;
  if (total === 0) return null;
  const left = momentsOf(
    known.map(({ values, returns }) => Array.from(returns, (own, t) => own - (values[t] ?? 0))),
  ).variance;
  return 1 - left / total;
}

function tokenRewards(
  { reward, values, penalty, finished }: ValuedOutcome,
  unfinished: number,
): Float64Array | null {
  if (reward === null) return null;
  const rewards = Float64Array.from(values, (_, t) => -(penalty?.[t] ?? 0));
  const last = rewards.length - 1;
  if (last >= 0) rewards[last] = (rewards[last] ?? 0) + reward - (finished ? 0 : unfinished);
  return rewards;
}
