/** The rewards that ship, by name. */
import { assertNever } from "#shared/errors.ts";
import type { NamedReward } from "#shared/schema/reward.ts";
import { answerReward } from "./answer.ts";
import { codeReward } from "./code.ts";
import { cosineReward } from "./cosine.ts";
import { formatReward } from "./format.ts";
import { languageReward } from "./language.ts";
import { lengthReward } from "./length.ts";
import { reasoningStepsReward } from "./reasoning-steps.ts";
import { repetitionPenaltyReward } from "./repetition-penalty.ts";
import type { RewardGroup, RewardInput, RewardValue } from "./reward-input.ts";
import { softOverlongReward } from "./soft-overlong.ts";
import { tagCountReward } from "./tag-count.ts";

/** One value for each completion of the group. */
export function builtInReward(spec: NamedReward, group: RewardGroup): RewardValue[] {
  return spec.name === "length" ? lengthReward(group) : group.map(rewardOf(spec));
}

function rewardOf(
  spec: Exclude<NamedReward, { name: "length" }>,
): (input: RewardInput) => RewardValue {
  switch (spec.name) {
    case "answer":
    case "accuracy":
      return (input) => answerReward(input, spec.partial);
    case "format":
      return formatReward;
    case "language":
      return languageReward;
    case "soft-overlong":
    case "soft_overlong":
      return (input) => softOverlongReward(input, spec.cache_length);
    case "tag_count":
      return tagCountReward;
    case "reasoning_steps":
      return reasoningStepsReward;
    case "cosine":
      return (input) => cosineReward(input, spec);
    case "repetition_penalty":
      return (input) => repetitionPenaltyReward(input, spec);
    case "code":
      return codeReward;
    default:
      return assertNever(spec);
  }
}
