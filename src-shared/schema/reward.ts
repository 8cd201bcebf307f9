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
    .regex(/[^/\\]\.(?:js|mjs|ts|py)$/, "the path of a file that ends in .py, .js, .mjs or .ts"),
  weight,
  name: ownName,
  sha256,
  /** A Python of one's own that runs it, outside of the sandbox: a command, or the path of an environment's python. */
  python: z.string().min(1).max(1000).optional(),
});
export type FileReward = z.infer<typeof FileReward>;

/** A model behind an endpoint of the workspace, which grades a completion by a rubric. */
export const JudgeReward = z.strictObject({
  /** The endpoint's name. */
  judge: z.string().trim().min(1).max(100),
  /** Relative to the recipe's file. Without it each problem's own, its column `rubric`. */
  rubric: z
    .string()
    .max(1000)
    .regex(/[^/\\]\.(?:md|txt)$/, "the path of a Markdown file")
    .optional(),
  /** As the server calls it; by default the endpoint's own. A run keeps the one it began with. */
  model: z.string().trim().min(1).max(300).optional(),
  weight,
  name: ownName,
  /** What the judge may say; the reward is 0 at the first and 1 at the second. */
  scale: z
    .tuple([z.number().min(-1000).max(1000), z.number().min(-1000).max(1000)])
    .refine(([low, high]) => low < high, "the lowest and the highest score, in this order")
    .default([1, 10]),
  temperature: z.number().min(0).max(2).default(0),
  /** Of a verdict, the judge's own thinking included. */
  max_tokens: z.int().min(16).max(100_000).default(1024),
  /** The judge sees the right answer, where the problem has one. */
  reference: z.boolean().default(false),
  /** The judge sees what stands before `</think>`, too. */
  thinking: z.boolean().default(false),
  /** Dollars that a run may spend on it: no request is made that might pass them. */
  cap: z.number().positive().optional(),
  /** The share of completions without a usable verdict from which on the run stops. */
  max_failures: z.number().min(0).max(1).default(0.1),
  /** Seconds for an answer. */
  timeout: z.number().positive().max(3600).default(120),
  sha256,
});
export type JudgeReward = z.infer<typeof JudgeReward>;

const { weight: _, judge: __, ...JUDGE_DEFAULTS } = JudgeReward.parse({ judge: "any" });

/** What is not ours: code in a file, or somebody else's model. */
export type OwnReward = FileReward | JudgeReward;

export const RewardSpec = z.union([NamedReward, FileReward, JudgeReward]);
export type RewardSpec = z.infer<typeof RewardSpec>;

/** The key under which a reward's values stand. The recipe's check refuses two alike in a stage. */
export function rewardName(spec: RewardSpec): string {
  if (spec.name !== undefined) return spec.name;
  if ("judge" in spec && spec.rubric === undefined)
    return spec.judge.replaceAll(/[^A-Za-z0-9_.-]+/g, "-");
  const path = "judge" in spec ? (spec.rubric ?? "") : spec.file;
  return (path.split(/[/\\]/).at(-1) ?? path).replace(/\.[a-z]+$/, "");
}

const BY_THE_ANSWER: ReadonlySet<string> = new Set([
  "answer",
  "accuracy",
  "cosine",
  "length",
  "code",
] satisfies NamedReward["name"][]);

/** Whether a built-in reward looks at whether the answer is right; what a file or a judge looks at nobody knows. */
export function goesByAnswer(spec: RewardSpec): boolean {
  return !("file" in spec || "judge" in spec) && BY_THE_ANSWER.has(spec.name);
}

/** A file that a reward stands in: code, or a rubric. */
export type RewardFile = Pick<FileReward, "file" | "sha256">;

/** Undefined where it needs none. */
export function fileOfReward(spec: RewardSpec): RewardFile | undefined {
  if ("file" in spec) return { file: spec.file, sha256: spec.sha256 };
  return "judge" in spec && spec.rubric !== undefined
    ? { file: spec.rubric, sha256: spec.sha256 }
    : undefined;
}

/** A reward as people speak of it: its path, or its name. */
export function rewardTitle(spec: RewardSpec): string {
  if ("file" in spec) return spec.file;
  return "judge" in spec
    ? `${spec.judge}, ${spec.rubric ?? "by each problem's rubric"}`
    : spec.name;
}

/** A reward as a recipe's text has it: without the keys that are not there. */
export function writtenReward(spec: NamedReward): Record<string, string | number | boolean>;
export function writtenReward(
  spec: RewardSpec,
): Record<string, string | number | boolean | number[]>;
export function writtenReward(
  spec: RewardSpec,
): Record<string, string | number | boolean | number[]> {
  // A judge has many options, and seldom others than their defaults.
  const usual: Readonly<Record<string, unknown>> = "judge" in spec ? JUDGE_DEFAULTS : {};
  return Object.fromEntries(
    Object.entries(spec).flatMap(([key, value]) =>
      value === undefined || String(value) === String(usual[key]) ? [] : [[key, value]],
    ),
  );
}

export const DEFAULT_REWARDS: readonly RewardSpec[] = [
  { name: "answer", weight: 1 },
  { name: "format", weight: 0.1 },
];
