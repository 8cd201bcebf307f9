/** Options that are set and do nothing: said, not refused, so that recipes which ran can be opened and run again. */
import { z } from "zod";
import { defaultOf, inertOptions, whyNothingIsClipped } from "#shared/schema/inert-options.ts";
import type { Stage } from "#shared/schema/recipe.ts";
import { rewardsOfStage } from "#shared/schema/stage-rewards.ts";
import { writtenReward } from "#shared/schema/reward.ts";
import { setting } from "./recipe-finding.ts";
import type { Finding } from "./recipe-finding.ts";

const Value = z.json();

/** An option that is set to its default says nothing that is not so. */
export function inertFindings(stage: Stage, index: number): Finding[] {
  const read = (name: string): unknown => Reflect.get(stage, name);
  const findings: Finding[] = [];
  for (const [name, why] of inertOptions(stage.kind, read)) {
    const fallback = defaultOf(stage.kind, name);
    if (JSON.stringify(read(name)) === JSON.stringify(fallback)) continue;
    const path = ["stages", index, name];
    const plain = Value.safeParse(fallback);
    findings.push({
      path,
      message: `does nothing: ${why}`,
      advice: "Leave it out, or change what it depends on.",
      level: "warning",
      fixes: plain.success
        ? [setting(path, plain.data, `Back to the default, ${JSON.stringify(plain.data)}`)]
        : [],
    });
  }
  rewardsOfStage(stage).forEach((reward, place) => {
    if (!("cache_length" in reward) || reward.cache_length === undefined) return;
    if (reward.name === "soft-overlong" || reward.name === "soft_overlong") return;
    const { cache_length: _, ...without } = reward;
    findings.push({
      path: ["stages", index, "rewards", place, "cache_length"],
      message: `does nothing: the reward "${reward.name}" has no zone before the limit; soft-overlong has`,
      advice: "Leave it out.",
      level: "warning",
      fixes: [setting(["stages", index, "rewards", place], writtenReward(without), "Leave it out")],
    });
  });
  return findings;
}

/** Options of clipping that are set where nothing is clipped. They are the papers', so a note is enough. */
export function clippingNotes(stage: Stage, index: number): Finding[] {
  if (stage.kind !== "grpo") return [];
  const why = whyNothingIsClipped((name) => Reflect.get(stage, name));
  if (why === null) return [];
  const set = {
    epsilon: stage.epsilon !== defaultOf(stage.kind, "epsilon"),
    epsilon_high: stage.epsilon_high !== undefined,
    // A bound under 1 would hold.
    delta: stage.delta !== undefined && stage.delta >= 1,
    // A sampler of another precision drifts by itself.
    off_policy_mask_threshold: stage.off_policy_mask_threshold !== undefined && !stage.bf16,
  };
  return Object.entries(set)
    .filter(([, is]) => is)
    .map(([name]) => ({
      path: ["stages", index, name],
      message: why,
      advice: null,
      level: "note",
    }));
}
