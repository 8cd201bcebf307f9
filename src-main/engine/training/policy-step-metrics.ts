/** What is logged of one optimizer step of the policy: sums over tokens or completions, as shares and means. */
import { isCorrected, isPerCompletion } from "../objectives/grpo.ts";
import type { GrpoObjectiveOptions, GrpoStat } from "../objectives/grpo.ts";
import { isOfSequences } from "../objectives/importance-weights.ts";
import type { TokenScores } from "./policy-row.ts";

export type Totals = Record<GrpoStat, number>;

export function noTotals(): Totals {
  return {
    ...{ kl: 0, entropy: 0, clippedLow: 0, clippedHigh: 0 },
    ...{ tokens: 0, importance: 0, phi: 0, bonus: 0 },
    ...{ value: 0, valueClipped: 0 },
  };
}

/** Of a step: unmasked tokens of each completion, and how many completions were trained on. */
type Counts = { readonly lengths: readonly number[]; readonly trained: number };

function mean(sum: number, count: number): number {
  return count === 0 ? 0 : sum / count;
}

/** How many ratios there are: completions, or tokens that are not masked out. */
function ratiosOf(options: GrpoObjectiveOptions, { lengths }: Counts): number {
  return isPerCompletion(options) ? lengths.length : lengths.reduce((sum, one) => sum + one, 0);
}

export function stepShares(
  options: GrpoObjectiveOptions,
  totals: Totals,
  counts: Counts,
): Pick<PolicyStepMetrics, "importanceRatio" | "clipLow" | "clipHigh"> {
  const weighed = isOfSequences(options.importance_sampling_mode) ? counts.trained : totals.tokens;
  const clips = !["cispo", "sapo", "vespo"].includes(options.loss_type);
  const share = (sum: number): number | null =>
    clips ? mean(sum, ratiosOf(options, counts)) : null;
  return {
    importanceRatio: isCorrected(options) && weighed > 0 ? totals.importance / weighed : null,
    clipLow: share(totals.clippedLow),
    clipHigh: share(totals.clippedHigh),
  };
}

/** Under TRL's names; empty where the loss does not clip both ways. */
export function clipMetrics({
  clipLow,
  clipHigh,
}: Pick<PolicyStepMetrics, "clipLow" | "clipHigh">): Record<string, number> {
  if (clipLow === null || clipHigh === null) return {};
  return {
    "clip_ratio/low_mean": clipLow,
    "clip_ratio/high_mean": clipHigh,
    "clip_ratio/region_mean": clipLow + clipHigh,
  };
}

/** What only one loss has. vespo's weights are those of the completions that were trained on. */
export function objectiveMetrics(
  options: GrpoObjectiveOptions,
  totals: Totals,
  counts: Counts,
): PolicyStepMetrics["more"] {
  switch (options.loss_type) {
    case "cispo":
      return { cispo_clip_ratio: mean(totals.clippedHigh, ratiosOf(options, counts)) };
    case "vespo":
      return { "vespo/phi_seq_mean": mean(totals.phi, counts.trained) };
    default:
      return {};
  }
}

/** Under TRL's names: the critic's mean loss at a token, before vf_coef, and the share of tokens at which its clip counts. */
export function valueMetrics(loss: number, clipped: number): Record<string, number> {
  return { "loss/value_avg": loss, "val/clipfrac_avg": clipped };
}

/** In nats, over the kept tokens of completions that count; 0 where there are none. */
export function meanEntropy(
  tokens: readonly (TokenScores | null)[],
  kept: readonly Float32Array[] | null,
): number {
  let [sum, weight] = [0, 0];
  tokens.forEach((own, i) =>
    own?.entropies.forEach((nats, t) => {
      const counts = kept?.[i]?.[t] ?? 1;
      sum += counts * nats;
      weight += counts;
    }),
  );
  return mean(sum, weight);
}

export type PolicyStepMetrics = {
  readonly loss: number;
  readonly gradNorm: number;
  /** Mean over completion tokens that are not masked out; null where there was none or beta is 0. */
  readonly kl: number | null;
  /** Mean over every completion token, of rows without advantage and masked rows too; null where there is none. */
  readonly entropy: number | null;
  /** Mean weight π_old / π_sampler of a token, or of a completion; null where the sampler is the policy. */
  readonly importanceRatio: number | null;
  /**
   * Shares of all completion tokens that are not masked out, or of completions where ratios are theirs, as TRL divides;
   * rows that were not computed clip nothing. null where the loss does not clip both ways.
   */
  readonly clipLow: number | null;
  readonly clipHigh: number | null;
  /** What only some objectives have, under TRL's names. */
  readonly more: Readonly<Record<string, number>>;
  /** By row; null where the completion is empty. */
  readonly tokens: readonly (TokenScores | null)[];
  /** Tokens that went through forward and backward, padding not counted. */
  readonly trainedTokens: number;
  /** Of the rows that were trained on, and of those that were only scored. */
  readonly trainedLengths: readonly number[];
  /** Tokens of rows that were not trained on, which went forward alone. */
  readonly scoredLengths: readonly number[];
};
