/** Rewards → advantages, by the estimator that a stage names. */
import { assertNever } from "#shared/errors.ts";
import type { GrpoStage } from "#shared/schema/stages/grpo-stage.ts";
import { groupAdvantages, standardDeviation } from "./advantages.ts";
import type { Advantages } from "./advantages.ts";
import { criticAdvantages } from "./critic-advantages.ts";
import type { CriticAdvantageOptions, CriticTarget } from "./critic-advantages.ts";
import { normalizeThenSum } from "./gdpo.ts";
import type { RewardRow } from "./neutral-rewards.ts";
import { passAtKAdvantages } from "./pass-at-k.ts";
import { reinforcePlusPlus, reinforcePlusPlusBaseline } from "./reinforce-plus-plus.ts";
import { leaveOneOut } from "./rloo.ts";

export type EstimatorOptions = Pick<
  GrpoStage,
  | "adv_estimator"
  | "adv_k"
  | "scale_rewards"
  | "multi_objective_aggregation"
  | "normalize_advantages"
  | "num_generations"
> &
  CriticAdvantageOptions;

/** Of completions that stand group after group. */
export type Rewarded = {
  /** Weighted sums; null where no reward applies. */
  readonly totals: readonly (number | null)[];
  /** What they are the sums of. */
  readonly rows: readonly RewardRow[];
  readonly weights: readonly number[];
  /** Completion tokens of each. */
  readonly lengths: readonly number[];
  /** beta × KL at each token, where it is taken off the reward; null where it is not. */
  readonly penalties: readonly Float64Array[] | null;
  /** Whether it ended before its limit; by default all did. */
  readonly finished?: readonly boolean[];
  /** The critic's value of the state before each token; null without a critic. */
  readonly values?: readonly ArrayLike<number>[] | null;
};

export type EstimatedAdvantages = Advantages & {
  /** Where tokens of one completion differ; `advantages` are then their means. */
  readonly tokenAdvantages: readonly Float64Array[] | null;
  /** What the critic learns of each completion; null without a critic, and where no reward applies. */
  readonly targets: readonly (CriticTarget | null)[] | null;
};

/** @throws RangeError where the completions are not whole groups, and where gae is asked for without values */
export function estimateAdvantages(
  options: EstimatorOptions,
  { totals, rows, weights, lengths, penalties, finished = [], values = null }: Rewarded,
): EstimatedAdvantages {
  const numGenerations = options.num_generations;
  const penalised = totals.map((total, i) =>
    total === null ? null : total - sum(penalties?.[i] ?? []),
  );
  const { advantages, fracZeroStd } = groupAdvantages(penalised, {
    numGenerations,
    scaleRewards: options.scale_rewards,
  });
  // As logged: of the rewards alone.
  const present = totals.filter((total) => total !== null);
  const spread = { batchStd: standardDeviation(present), fracZeroStd };
  const only = (own: Float64Array): EstimatedAdvantages => ({
    ...{ advantages: own, ...spread, tokenAdvantages: null, targets: null },
  });
  // What compares with the batch learns from a group of equal rewards too.
  const ofBatch = (own: Float64Array): EstimatedAdvantages => ({
    ...only(own),
    fracZeroStd: own.every((value) => value === 0) ? 1 : 0,
  });
  switch (options.adv_estimator) {
    case "grpo":
      return options.multi_objective_aggregation === "normalize_then_sum"
        ? ofBatch(normalizeThenSum(rows, weights, numGenerations))
        : only(advantages);
    case "rloo":
      return only(
        leaveOneOut(penalised, { numGenerations, normalize: options.normalize_advantages }),
      );
    case "reinforce_plus_plus":
    case "reinforce_plus_plus_baseline": {
      const outcomes = totals.map((reward, i) => ({
        ...{ reward, tokens: lengths[i] ?? 0, penalty: penalties?.[i] ?? null },
      }));
      const tokens =
        options.adv_estimator === "reinforce_plus_plus"
          ? reinforcePlusPlus(outcomes)
          : reinforcePlusPlusBaseline(outcomes, numGenerations);
      const means = meansOf(tokens);
      const differ = options.adv_estimator === "reinforce_plus_plus" && penalties !== null;
      return { ...ofBatch(means), tokenAdvantages: differ ? tokens : null };
    }
    case "pass_at_k":
      return only(passAtKAdvantages(penalised, { numGenerations, k: options.adv_k }));
    case "gae": {
      if (values === null) throw new RangeError("gae needs a critic's values");
      const { advantages: tokens, targets } = criticAdvantages(
        values.map((own, i) => ({
          ...{ values: own, reward: totals[i] ?? null, penalty: penalties?.[i] ?? null },
          finished: finished[i] ?? true,
        })),
        options,
      );
      return { ...ofBatch(meansOf(tokens)), tokenAdvantages: tokens, targets };
    }
    default:
      return assertNever(options.adv_estimator);
  }
}

function meansOf(tokens: readonly Float64Array[]): Float64Array {
  return Float64Array.from(tokens, (own) => sum(own) / Math.max(1, own.length));
}

function sum(values: ArrayLike<number>): number {
  let total = 0;
  for (let i = 0; i < values.length; i++) total += values[i] ?? 0;
  return total;
}
