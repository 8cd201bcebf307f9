/** A problem set as lists show it: its versions, what is known about each, and pages of problems. */
import { z } from "zod";
import { ProblemSetName, ProblemSplit, SetProblem } from "./problem.ts";
import { RunId } from "./run.ts";

export const SplitCounts = z.strictObject({ train: z.int(), test: z.int() });
export type SplitCounts = z.infer<typeof SplitCounts>;

/** Counted when a version is made. */
export const ProblemSetStatistics = z.strictObject({
  problems: z.int(),
  splits: SplitCounts,
  /** How many problems each verifier judges. */
  verifiers: z.record(z.string(), z.int()),
  withoutGold: z.int(),
  withSolution: z.int(),
  /** Problems of more than one user's turn. */
  conversations: z.int(),
  /** Gold answers that their own verifier does not read; null: nobody asked it. */
  goldRejected: z.int().nullable(),
  /** Problems that an earlier one of the version nearly repeats; null: nobody looked. */
  nearDuplicates: z.int().nullable(),
});
export type ProblemSetStatistics = z.infer<typeof ProblemSetStatistics>;

export const ProblemSetVersion = z.strictObject({
  set: ProblemSetName,
  version: z.int().min(1),
  /** Of all problems in order: equal lists have equal hashes. */
  contentSha256: z.string(),
  /** Added under each problem, e.g. how to give the answer; may be empty. */
  instruction: z.string(),
  licence: z.string(),
  source: z.string(),
  createdAtMs: z.number(),
  statistics: ProblemSetStatistics,
});
export type ProblemSetVersion = z.infer<typeof ProblemSetVersion>;

export const ProblemSetSummary = z.strictObject({
  name: ProblemSetName,
  /** As people call it. */
  title: z.string(),
  createdAtMs: z.number(),
  /** How many there are; they are numbered from 1. */
  versions: z.int().min(1),
  latest: ProblemSetVersion,
});
export type ProblemSetSummary = z.infer<typeof ProblemSetSummary>;

/** How often a model solved a problem. */
export const PassRate = z.strictObject({
  correct: z.int(),
  samples: z.int().min(1),
  /** At 95 % (wilson-interval.ts). */
  interval: z.tuple([z.number(), z.number()]),
});
export type PassRate = z.infer<typeof PassRate>;

/** When a model was last measured on a set. */
export const MeasuredModel = z.strictObject({
  /** What stands for the model: the hash of its files where it is known, else its name. */
  key: z.string(),
  name: z.string(),
  problems: z.int(),
  samples: z.int(),
  correct: z.int(),
  measuredAtMs: z.number(),
});
export type MeasuredModel = z.infer<typeof MeasuredModel>;

/** How a model's pass rates are spread: none solved, tenths of 1, and all solved. */
export const PassRateSpread = z.strictObject({
  model: MeasuredModel,
  /** The mean of the problems' rates. */
  mean: z.number(),
  /** From above `from` to `to`, but for the first: 0 alone; and the last: 1 alone. */
  bins: z.array(z.strictObject({ from: z.number(), to: z.number(), problems: z.int() })),
});
export type PassRateSpread = z.infer<typeof PassRateSpread>;

/** One line of a list of problems. */
export const ListedProblem = z.strictObject({
  id: SetProblem.shape.id,
  position: z.int(),
  /** The beginning of what is asked. */
  prompt: z.string(),
  gold: z.string().nullable(),
  verifier: z.string(),
  tags: z.array(z.string()),
  difficulty: z.int().nullable(),
  split: ProblemSplit,
  /** Of the model that was asked for, else of the one measured last. */
  passRate: PassRate.nullable(),
});
export type ListedProblem = z.infer<typeof ListedProblem>;

export const ProblemSort = z.enum(["position", "difficulty", "pass_rate"]);
export type ProblemSort = z.infer<typeof ProblemSort>;

/** What a model wrote to a problem in some run, and what that run made of it. */
export const SampledCompletion = z.strictObject({
  runId: RunId,
  /** What the run's stage started from, by its name in the recipe. */
  model: z.string(),
  /** Of a GRPO stage; null in a benchmark. */
  step: z.int().nullable(),
  completion: z.string(),
  correct: z.boolean(),
  /** Null in a benchmark. */
  reward: z.number().nullable(),
  finishReason: z.string(),
});
export type SampledCompletion = z.infer<typeof SampledCompletion>;
