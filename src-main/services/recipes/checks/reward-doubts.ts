/** Rewards of a stage that do not go together, or not with its limit. */
import { rewardName } from "#shared/schema/reward.ts";
import type { RewardSpec } from "#shared/schema/reward.ts";
import { rewardsOfStage } from "#shared/schema/stage-rewards.ts";
import type { RewardedStage } from "#shared/schema/stage-rewards.ts";
import { setting } from "./recipe-finding.ts";
import type { Finding, Path } from "./recipe-finding.ts";

export function rewardDoubts(stage: RewardedStage, index: number): Finding[] {
  const at = (...keys: (string | number)[]): Path => ["stages", index, ...keys];
  const findings: Finding[] = [];
  const rewards = rewardsOfStage(stage);
  const { max_completion_length: limit } = stage;
  rewards.forEach((reward, place) => {
    if (isOverlong(reward) && (reward.cache_length ?? 0) > limit)
      findings.push({
        path: at("rewards", place, "cache_length"),
        message: `cache_length (${reward.cache_length}) is above max_completion_length (${limit})`,
        advice: "Set it to the tokens before the limit at which the penalty begins.",
        fixes: [
          setting(
            at("rewards", place, "cache_length"),
            Math.max(1, Math.round(limit / 5)),
            "Use a fifth of the limit",
          ),
        ],
      });
    const name = rewardName(reward);
    if (rewards.findIndex((other) => rewardName(other) === name) < place)
      findings.push({
        path: at("rewards", place, keyOf(reward)),
        message: `the reward "${name}" is there twice`,
        advice:
          "file" in reward || "judge" in reward
            ? "Give it another name: its values stand under it."
            : "Keep one, with the sum of their weights.",
      });
  });
  for (const [name, other] of [
    ["answer", "accuracy"],
    ["soft-overlong", "soft_overlong"],
  ] as const) {
    const place = rewards.findLastIndex((one) => isBuiltIn(one, name) || isBuiltIn(one, other));
    if (rewards.some((one) => isBuiltIn(one, name)) && rewards.some((one) => isBuiltIn(one, other)))
      findings.push({
        path: at("rewards", place, "name"),
        message: `${name} and ${other} are one reward by two names: it counts twice`,
        advice: "Keep one, with the sum of their weights.",
        level: "warning",
      });
  }
  return findings;
}

function isBuiltIn(reward: RewardSpec, name: string): boolean {
  return !("file" in reward || "judge" in reward) && reward.name === name;
}

function keyOf(reward: RewardSpec): string {
  if ("file" in reward) return "file";
  return "judge" in reward ? "judge" : "name";
}

function isOverlong(
  reward: RewardSpec,
): reward is Extract<RewardSpec, { name: "soft-overlong" | "soft_overlong" }> {
  return (
    !("file" in reward || "judge" in reward) &&
    (reward.name === "soft-overlong" || reward.name === "soft_overlong")
  );
}
