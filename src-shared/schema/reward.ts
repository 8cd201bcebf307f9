/**
 * What a completion is rewarded for: built-in rewards by name, with open-r1's names and defaults where open-r1 has the
 * reward; files of one's own; judges behind an endpoint. Each form takes its own options and no others.
 */
import { z } from "zod";

const weight = z.number().default(1);

/** Tokens before `max_completion_length` at which the penalty begins. */
const cacheLength = z.int().min(1).optional();

/** On rewards that have no such zone it does nothing; recipes have it there, and the check says so. */
const inert = { cache_length: cacheLength };

/** The share of an answer that is right counts, where the verifier knows one. */
const partial = z.boolean().optional();

/** Rewards that ship: core/rewards, a file each. */
export const NamedReward = z.discriminatedUnion("name", [
  z.strictObject({ name: z.literal("answer"), weight, partial, ...inert }),
  z.strictObject({ name: z.literal("accuracy"), weight, partial }),
  z.strictObject({ name: z.literal("format"), weight, ...inert }),
  z.strictObject({ name: z.literal("language"), weight, ...inert }),
  z.strictObject({ name: z.literal("soft-overlong"), weight, cache_length: cacheLength }),
  z.strictObject({ name: z.literal("soft_overlong"), weight, cache_length: cacheLength }),
  z.strictObject({ name: z.literal("tag_count"), weight }),
  z.strictObject({ name: z.literal("reasoning_steps"), weight }),
  z.strictObject({
    name: z.literal("cosine"),
    weight,
    /** Of a wrong answer without length, and at `max_len`. */
    min_value_wrong: z.number().default(-1),
    max_value_wrong: z.number().default(-0.5),
    /** Of a right answer at `max_len`, and without length. */
    min_value_correct: z.number().default(0.5),
    max_value_correct: z.number().default(1),
    /** Characters. */
    max_len: z.int().min(1).default(1000),
  }),
  z.strictObject({
    name: z.literal("repetition_penalty"),
    weight,
    /** Words. */
    ngram_size: z.int().min(1).max(100).default(3),
    /** Where every n-gram is the same. */
    max_penalty: z.number().max(0).default(-1),
  }),
  z.strictObject({ name: z.literal("length"), weight }),
  z.strictObject({ name: z.literal("code"), weight }),
]);
export type NamedReward = z.infer<typeof NamedReward>;
export type RewardName = NamedReward["name"];

/** On the others `cache_length` does nothing. */
export function hasCacheLength(name: RewardName): boolean {
  return name === "soft-overlong" || name === "soft_overlong";
}

/** The names, in the order in which they are listed. */
export const REWARD_NAMES: readonly RewardName[] = NamedReward.options.flatMap(({ shape }) => [
  ...shape.name.values,
]);

/** What its values are called in rollouts and charts; by default the file's name without its ending. */
const ownName = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/, "letters, digits, dots, dashes and underscores")
  .optional();

/** Of the text that a run or a kept recipe holds on to: the file may change, what was kept does not. */
const sha256 = z
  .string()
  .regex(/^[0-9a-f]{64}$/, "a SHA-256 in hexadecimal digits")
  .optional();

/** A file of one's own, run in the sandbox. */
export const FileReward = z.strictObject({
  /** Relative to the recipe's file. */
  file: z
    .string()
    .max(1000)
    .regex(/[^/\\]\.(?:js|mjs|py)$/, "the path of a file that ends in .py, .js or .mjs"),
  weight,
  name: ownName,
  sha256,
  /** A Python of one's own that runs it, outside of the sandbox: a command, or the path of an environment's python. */
  python: z.string().min(1).max(1000).optional(),
});
export type FileReward = z.infer<typeof FileReward>;

export const RewardSpec = z.union([NamedReward, FileReward]);
export type RewardSpec = z.infer<typeof RewardSpec>;

/** The key under which a reward's values stand. The recipe's check refuses two alike in a stage. */
export function rewardName(spec: RewardSpec): string {
  if (spec.name !== undefined) return spec.name;
  const file = spec.file.split(/[/\\]/).at(-1) ?? spec.file;
  return file.replace(/\.[a-z]+$/, "");
}

/** A reward as a recipe's text has it: without the keys that are not there. */
export function writtenReward(spec: RewardSpec): Record<string, string | number | boolean> {
  return Object.fromEntries(
    Object.entries(spec).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])),
  );
}

export const DEFAULT_REWARDS: readonly RewardSpec[] = [
  { name: "answer", weight: 1 },
  { name: "format", weight: 0.1 },
];
