/**
 * KL to the reference as a part of the reward: beta × its estimate at each token, by the log-probabilities that the
 * completion was sampled with (RLOO, REINFORCE++; PPO for language models, Ziegler et al. 2019, arXiv 1909.08593, eq. 2).
 */
import type { GrpoStage } from "#shared/schema/stages/grpo-stage.ts";
import { klOf } from "./kl-estimators.ts";

export type PenaltyOptions = Pick<GrpoStage, "beta" | "kl_estimator">;

export type PenalisedRow = {
  readonly old: ArrayLike<number> | null;
  readonly reference: ArrayLike<number> | null;
  /** False where the whole completion is masked out: nothing is taken off. */
  readonly counts: boolean;
};

/** In the reward's unit, of each completion token. */
export function rewardPenalties(
  rows: readonly PenalisedRow[],
  { beta, kl_estimator: estimator }: PenaltyOptions,
): Float64Array[] {
  return rows.map(({ old, reference, counts }) => {
    if (old === null || reference === null)
      throw new RangeError(
        "KL in the reward needs log-probabilities of the policy and the reference",
      );
    return Float64Array.from(old, (logprob, t) =>
      counts ? beta * klOf((reference[t] ?? logprob) - logprob, estimator) : 0,
    );
  });
}

/** Mean estimate at a token that counts, in nats; null where there is none. */
export function meanPenalty(
  rows: readonly PenalisedRow[],
  penalties: readonly Float64Array[],
  beta: number,
): number | null {
  const counted = penalties.filter((_, i) => rows[i]?.counts === true);
  const tokens = counted.reduce((sum, { length }) => sum + length, 0);
  const total = counted.reduce((sum, own) => sum + own.reduce((a, b) => a + b, 0), 0);
  return tokens === 0 || beta === 0 ? null : total / beta / tokens;
}
