/** A completion that the policy learns from, and what scoring it gives. */
import type { SampledRow } from "./policy-batches.ts";

export type PolicyRow = SampledRow & {
  /** False where the completion hit the length limit. */
  readonly finished: boolean;
  readonly advantage: number;
  /** Where tokens of one completion differ (REINFORCE++ with KL in the reward); `advantage` is then their mean. */
  readonly tokenAdvantages?: Float64Array;
  /** What the sampler gave each completion token; needed where it samples at another precision than it trains. */
  readonly sampledLogprobs?: readonly number[];
  /** Of a row that is learnt from again: optimizer steps done when it was sampled. */
  readonly sampledAt?: number;
};

/** log π_old and log π_ref of one row's completion tokens; null where not used. */
export type RowLogprobs = {
  readonly old: Float32Array | null;
  readonly reference: Float32Array | null;
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
): PolicyRow {
  return {
    ...{ ...row, advantage: advantage ?? 0 },
    ...(tokenAdvantages === undefined ? {} : { tokenAdvantages }),
  };
}
