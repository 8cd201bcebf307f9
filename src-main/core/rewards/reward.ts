/** Rewards by name, and their weighted sum as TRL makes it. */
import { assertNever } from "#shared/errors.ts";
import type { RewardSpec } from "#shared/schema/recipe.ts";
import { answerReward } from "./answer.ts";
import { formatReward } from "./format.ts";
import { languageReward } from "./language.ts";
import type { RewardFunction, RewardInput } from "./reward-input.ts";
import { softOverlongReward } from "./soft-overlong.ts";

export type ScoredCompletion = {
  readonly rewards: Readonly<Record<string, number | null>>;
  /** The weighted sum of the rewards that apply; null where none does (then it is no part of a baseline). */
  readonly reward: number | null;
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

/** Every reward of a completion and their weighted sum, what does not apply left out: what is shown. The baseline takes `neutralRewards`. */
export function scoreCompletion(
  specs: readonly RewardSpec[],
  input: RewardInput,
): ScoredCompletion {
  const scored = specs.map((spec) => ({ spec, value: rewardByName(spec)(input) }));
  const applying = scored.flatMap(({ spec, value }) =>
    value === null ? [] : [spec.weight * value],
  );
  return {
    rewards: Object.fromEntries(scored.map(({ spec, value }) => [spec.name, value])),
    reward: applying.length === 0 ? null : applying.reduce((total, value) => total + value, 0),
  };
}
