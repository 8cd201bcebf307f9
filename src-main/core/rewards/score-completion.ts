/** A completion's score: each reward by name, and their weighted sum as TRL makes it. */
import { assertNever } from "#shared/errors.ts";
import type { RewardSpec } from "#shared/schema/recipe.ts";
import { answerReward } from "./answer.ts";
import { formatReward } from "./format.ts";
import { languageReward } from "./language.ts";
import type { RewardFunction, RewardInput } from "./reward-input.ts";
import { softOverlongReward } from "./soft-overlong.ts";

/** What a reward gave; null where it does not apply. */
export type WeightedValue = { readonly weight: number; readonly value: number | null };

export type RewardPart = WeightedValue & { readonly spec: RewardSpec };

export type CompletionScore = {
  /** In the rewards' order. */
  readonly parts: readonly RewardPart[];
  /** See `weightedReward`. What a run learns from is `neutralRewards`. */
  readonly total: number | null;
};

export function rewardByName(spec: RewardSpec): RewardFunction {
  switch (spec.name) {
    case "answer":
      return answerReward;
    case "format":
      return formatReward;
    case "soft-overlong":
      return (input) => softOverlongReward(input, spec.cache_length);
    case "language":
      return languageReward;
    default:
      return assertNever(spec.name);
  }
}

export function scoreCompletion(specs: readonly RewardSpec[], input: RewardInput): CompletionScore {
  const parts = specs.map((spec) => ({
    spec,
    weight: spec.weight,
    value: rewardByName(spec)(input),
  }));
  return { parts, total: weightedReward(parts) };
}

/**
 * The weighted sum of the rewards that apply. One that does not apply counts as 0, as in TRL; where none applies the sum
 * is null, and the completion stays out of its group's baseline.
 */
export function weightedReward(parts: readonly WeightedValue[]): number | null {
  const applying = parts.flatMap(({ weight, value }) => (value === null ? [] : weight * value));
  return applying.length === 0 ? null : applying.reduce((sum, value) => sum + value, 0);
}
