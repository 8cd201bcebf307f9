/** A completion that the policy learns from, and what scoring it gives. */
import type { CriticTarget } from "../objectives/critic-advantages.ts";
import type { SampledRow } from "./policy-batches.ts";

export type PolicyRow = SampledRow & {
  /** False where the completion hit the length limit. */
  readonly finished: boolean;
  readonly advantage: number;
  /** Where tokens of one completion differ (with a critic, and in REINFORCE++ with KL in the reward); `advantage` is then their mean. */
  readonly tokenAdvantages?: Float64Array;
  /** What a critic learns of its tokens; none where no reward applies, and without a critic. */
  readonly critic?: CriticTarget;
  /** What the sampler gave each completion token; needed where it samples at another precision than it trains. */
  readonly sampledLogprobs?: readonly number[];
  /** Of a row that is learnt from again: optimizer steps done when it was sampled. */
  readonly sampledAt?: number;
};

/** Of one row's completion tokens; null where not used. */
export type RowLogprobs = {
  /** log π_old, and log π_ref. */
  readonly old: Float32Array | null;
  readonly reference: Float32Array | null;
  /** Of the state before each token, where the policy has a value head. */
  readonly values?: Float32Array | null;
  /** In nats, under the weights that `old` is of; where it was scored for an objective that asks for them. */
  readonly entropies?: Float32Array | null;
};

/** Of one row's completion tokens, under the weights just before the step. */
export type TokenScores = {
  readonly logprobs: Float32Array;
  /** In nats, at the sampling temperature. */
  readonly entropies: Float32Array;
};

export function withAdvantage(
  row: PolicyRow,
  advantage: number | undefined,
  tokenAdvantages: Float64Array | undefined,
  critic?: CriticTarget | null,
): PolicyRow {
  return {
    ...{ ...row, advantage: advantage ?? 0 },
    ...(tokenAdvantages === undefined ? {} : { tokenAdvantages }),
    ...(critic ? { critic } : {}),
  };
}
