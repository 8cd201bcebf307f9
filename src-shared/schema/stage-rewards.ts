/** The rewards of a stage, whatever it does by them: learn, or choose among the solutions that it sampled. */
import type { Stage } from "./recipe.ts";
import type { RewardSpec } from "./reward.ts";

export type RewardedStage = Extract<Stage, { kind: "grpo" | "rejection-sampling" | "distill" }>;

export function hasRewards(stage: Stage): stage is RewardedStage {
  return ["grpo", "rejection-sampling", "distill"].includes(stage.kind);
}

/** None where it names none. */
export function rewardsOfStage(stage: Stage): readonly RewardSpec[] {
  return hasRewards(stage) ? (stage.rewards ?? []) : [];
}

/** The stage with others in their places. */
export function withRewards(stage: Stage, other: (spec: RewardSpec) => RewardSpec): Stage {
  if (!hasRewards(stage) || stage.rewards === undefined) return stage;
  return { ...stage, rewards: stage.rewards.map(other) };
}
