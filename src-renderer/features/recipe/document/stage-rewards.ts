/** The rewards that a stage's text names, and the stages that ask for some. Pure. */
import { RewardSpec } from "#shared/schema/reward.ts";
import { getValue, isMap } from "./plain-value.ts";
import type { Json } from "./plain-value.ts";

/** The rewards that a stage has: its own, or the schema's default. */
export function rewardsOf(stage: Json | undefined): readonly RewardSpec[] {
  const list = getValue(stage, ["rewards"]);
  const parsed = RewardSpec.array().safeParse(list);
  if (parsed.success) return parsed.data;
  return list === undefined && getValue(stage, ["kind"]) === "grpo"
    ? [
        { name: "answer", weight: 1 },
        { name: "format", weight: 0.1 },
      ]
    : [];
}

/** Learns from rewards, or chooses solutions by those that it has. */
export function asksRewards(stage: Json): boolean {
  const kind = getValue(stage, ["kind"]);
  const chooses = kind === "rejection-sampling" || kind === "distill";
  return isGrpo(stage) || (chooses && rewardsOf(stage).length > 0);
}

export function isGrpo(stage: Json): boolean {
  return isMap(stage) && stage["kind"] === "grpo";
}
