/** The one option that most likely mends what an alarm saw, with the value to try in a branch. */
import { generationBatchSize } from "#shared/schema/generation-batch.ts";
import { inertOptions, whyNothingIsClipped } from "#shared/schema/inert-options.ts";
import { objectiveFaults } from "#shared/schema/objective-faults.ts";
import type { AlarmChange } from "#shared/schema/alarm.ts";
import { sourcesOf } from "#main/core/problems/problem-supply.ts";
import type { GrpoStage } from "#shared/schema/stages/grpo-stage.ts";
import { rewardName, writtenReward } from "#shared/schema/reward.ts";
import type { RewardSpec } from "#shared/schema/reward.ts";

/** DAPO's. */
const CLIP_HIGHER = 0.28;
const SOME_KL = 0.01;
const TAG_SHARE = 0.25;

const TAG_HOLE = "hole-tag-";

export function codeOfTagHole(tag: string): string {
  return `${TAG_HOLE}${tag}`;
}

export function tagOfHole(code: string): string | undefined {
  return code.startsWith(TAG_HOLE) ? code.slice(TAG_HOLE.length) : undefined;
}

const GAMED = "gamed-";

/** @param source the task or problem set whose completions earn without being right */
export function codeOfGamed(source: string): string {
  return `${GAMED}${source}`;
}

export function sourceOfGamed(code: string): string | undefined {
  return code.startsWith(GAMED) ? code.slice(GAMED.length) : undefined;
}

/**
 * null where no single option would.
 * @param room tokens that the model's context leaves behind the longest prompt
 */
export function changeFor(code: string, stage: GrpoStage, room = Infinity): AlarmChange | null {
  const tag = tagOfHole(code);
  if (tag !== undefined) return moreOfTag(tag, stage);
  const difficulty = /^hole-(\d+)$/u.exec(code)?.[1];
  if (difficulty !== undefined) return moreOf(Number(difficulty), stage);
  if (sourceOfGamed(code) !== undefined) return wholeAnswers(stage);
  switch (code) {
    case "truncated":
      return longer(stage, room);
    case "no-signal":
    case "all-wrong":
      return moreCompletions(stage);
    case "entropy-collapse":
    case "coverage-lost":
      return clipHigher(stage) ?? slower(stage);
    case "kl-high":
      return slower(stage);
    case "sampler-apart":
    case "ratio-off":
      return stage.bf16 ? { option: "bf16", value: false } : null;
    case "repetition":
      return withReward(stage, { name: "repetition_penalty", weight: 0.1 });
    case "language-mixing":
      return withReward(stage, { name: "language", weight: 0.1 });
    case "length-explosion":
      return withReward(stage, { name: "soft-overlong", weight: 1 });
    case "format-gamed":
      return lessFormat(stage);
    default:
      return null;
  }
}

function longer({ max_completion_length: limit }: GrpoStage, room: number): AlarmChange | null {
  const value = Math.min(2 * limit, room);
  return value > limit ? { option: "max_completion_length", value } : null;
}

/** null where the loss does not clip so, where nothing is clipped, and where the bound is as high already. */
function clipHigher(stage: GrpoStage): AlarmChange | null {
  const read = (name: string): unknown => Reflect.get(stage, name);
  if ((stage.epsilon_high ?? stage.epsilon) >= CLIP_HIGHER) return null;
  // cispo's bound is of the ratio itself.
  if (stage.loss_type === "cispo" || inertOptions("grpo", read).has("epsilon_high")) return null;
  if (whyNothingIsClipped(read) !== null) return null;
  return { option: "epsilon_high", value: CLIP_HIGHER };
}

/** A stage at TRL's low rate is held by a reference first, where its objective may have one. */
function slower(stage: GrpoStage): AlarmChange {
  const held = { ...stage, beta: SOME_KL };
  return stage.beta === 0 && stage.learning_rate <= 1e-6 && objectiveFaults(held).length === 0
    ? { option: "beta", value: SOME_KL }
    : { option: "learning_rate", value: stage.learning_rate / 2 };
}

/** A group twice as large must still fit into the batch. */
function moreCompletions(stage: GrpoStage): AlarmChange | null {
  const value = 2 * stage.num_generations;
  return generationBatchSize(stage) % value === 0 ? { option: "num_generations", value } : null;
}

/** The task that has the difficulty asks for it once more. */
function moreOf(difficulty: number, stage: GrpoStage): AlarmChange | null {
  const sources = sourcesOf(stage.data);
  const place = sources.findIndex(
    (source) => "difficulties" in source && source.difficulties.includes(difficulty),
  );
  const source = sources[place];
  if (source === undefined || !("difficulties" in source)) return null;
  const more = { ...source, difficulties: [...source.difficulties, difficulty] };
  const value = Array.isArray(stage.data) ? sources.with(place, more) : more;
  return { option: "data", value: JSON.parse(JSON.stringify(value)) };
}

/** Its problem set is asked once more, for the tag alone: one in five problems then has it at least. */
function moreOfTag(tag: string, stage: GrpoStage): AlarmChange | null {
  const sources = sourcesOf(stage.data);
  const [source, ...others] = sources.filter((one) => "problems" in one);
  if (source === undefined || others.length > 0 || tag.includes('"')) return null;
  const where = [...(source.where === undefined ? [] : [source.where]), `tag:"${tag}"`].join(" ");
  const more = { ...source, where, weight: (source.weight ?? 1) * TAG_SHARE };
  return { option: "data", value: JSON.parse(JSON.stringify([...sources, more])) };
}

function withReward(stage: GrpoStage, reward: Record<string, string | number>): AlarmChange | null {
  // TRL writes soft_overlong.
  const plain = (name: unknown): string => String(name).replaceAll("-", "_");
  if (stage.rewards.some((one) => plain(rewardName(one)) === plain(reward["name"]))) return null;
  return { option: "rewards", value: [...stage.rewards.map(written), reward] };
}

/** The answer counts where it is right, no longer in parts; where it did not, the form counts half. */
function wholeAnswers(stage: GrpoStage): AlarmChange | null {
  if (!stage.rewards.some((one) => "partial" in one && one.partial)) return lessFormat(stage);
  return {
    option: "rewards",
    value: stage.rewards.map((one) => ({
      ...written(one),
      ...("partial" in one && one.partial ? { partial: false } : {}),
    })),
  };
}

function lessFormat(stage: GrpoStage): AlarmChange | null {
  if (!stage.rewards.some((one) => rewardName(one) === "format")) return null;
  return {
    option: "rewards",
    value: stage.rewards.map((one) =>
      rewardName(one) === "format" ? { ...written(one), weight: one.weight / 2 } : written(one),
    ),
  };
}

function written(spec: RewardSpec): Record<string, string | number | boolean | number[]> {
  return writtenReward(spec);
}
