/** Options that are set and do nothing: said, not refused, so that recipes which ran can be opened and run again. */
import { z } from "zod";
import { defaultOf, inertOptions, whyNothingIsClipped } from "#shared/schema/inert-options.ts";
import type { Stage } from "#shared/schema/recipe.ts";
import type { GrpoStage } from "#shared/schema/stages/grpo-stage.ts";
import { rewardsOfStage } from "#shared/schema/stage-rewards.ts";
import type { TrainingOptions } from "#shared/schema/stages/stage-options.ts";
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
  if ("lr_scheduler_kwargs" in stage) findings.push(...scheduleFindings(stage, index));
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

/** Each schedule reads one of its options alone. */
const READ_BY = {
  cosine_with_restarts: ["num_decay_steps", "only warmup_stable_decay has a decay of its own"],
  warmup_stable_decay: ["num_cycles", "only cosine_with_restarts restarts"],
} as const;

function scheduleFindings(
  {
    lr_scheduler_type: type,
    lr_scheduler_kwargs: kwargs,
  }: Pick<TrainingOptions, "lr_scheduler_type" | "lr_scheduler_kwargs">,
  index: number,
): Finding[] {
  if (type !== "cosine_with_restarts" && type !== "warmup_stable_decay") return [];
  const [name, why] = READ_BY[type];
  if (kwargs?.[name] === undefined) return [];
  return [
    {
      path: ["stages", index, "lr_scheduler_kwargs", name],
      message: `does nothing: ${why}`,
      advice: "Leave it out, or change lr_scheduler_type.",
      level: "warning",
    },
  ];
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
    importance_sampling_level:
      stage.importance_sampling_level !== "token" && isOfOneAdvantage(stage),
    ...shapes(stage),
  };
  const told = inertOptions(stage.kind, (name) => Reflect.get(stage, name));
  return Object.entries(set)
    .filter(([name, is]) => is && !told.has(name))
    .map(([name]) => ({
      path: ["stages", index, name],
      message: why,
      advice: null,
      level: "note",
    }));
}

/**
 * Whether a completion's tokens all have one advantage and no term beside it: at a ratio of 1 the gradients of tokens and
 * of whole completions are then the same.
 */
function isOfOneAdvantage(stage: GrpoStage): boolean {
  return (
    stage.adv_estimator !== "gae" &&
    stage.twin === undefined &&
    stage.beta === 0 &&
    stage.top_entropy_quantile === 1
  );
}

/** What sapo, vespo and a critic's clip do only where something moved: at a ratio of 1 each has its plain gradient. */
function shapes(stage: GrpoStage): Record<string, boolean> {
  const isOther = (name: keyof GrpoStage): boolean => stage[name] !== defaultOf("grpo", name);
  const vespo = ["vespo_k_pos", "vespo_lambda_pos", "vespo_k_neg", "vespo_lambda_neg"] as const;
  const sapo = ["sapo_temperature_pos", "sapo_temperature_neg"] as const;
  return {
    ...Object.fromEntries(sapo.map((name) => [name, isOther(name)])),
    // A sampler of another precision has a ratio of its own.
    ...Object.fromEntries(vespo.map((name) => [name, isOther(name) && !stage.bf16])),
    cliprange_value: isOther("cliprange_value"),
  };
}
