/** Problems out of a file: which column is what, and what came of it. */
import { z } from "zod";
import { BadLine } from "./benchmark.ts";
import { ProblemSetName } from "./problem.ts";
import { SplitCounts } from "./problem-set.ts";

/** Shapes that are known without a mapping. */
export const ProblemShape = z.enum([
  "gradus",
  "gsm8k",
  "math",
  "verl",
  "multiple-choice",
  "gpqa",
  "human-eval",
  "mbpp",
  "kodcode",
  "test-cases",
  "reasoning-gym",
  "messages",
  "prompt-answer",
]);
export type ProblemShape = z.infer<typeof ProblemShape>;

const column = z.string().min(1).max(500).nullable();
const columns = z.array(z.string().min(1).max(500)).max(50);

/** "reward_model.ground_truth" is a field inside a column. */
export const ProblemMapping = z.strictObject({
  shape: ProblemShape,
  /** What is asked, as text or as a list of turns. */
  prompt: column,
  /** A list of turns that ends with what is asked, or with a solution. */
  messages: column,
  system: column,
  /** Texts that stand before what is asked: a passage, the body of a word problem. Under it where that is an instruction. */
  context: columns,
  /** The same column as `solution`: the answer is what that ends with, after #### or in its last box. */
  answer: column,
  solution: column,
  /** One column with a list of choices, or a column for each. */
  choices: columns,
  /** Wrong answers: they and the right one are the choices, in an order that the problem's text decides. */
  incorrect: columns,
  tests: column,
  entry_point: column,
  setup: column,
  id: column,
  tags: columns,
  difficulty: column,
  split: column,
  verifier: column,
  verifier_options: column,
});
export type ProblemMapping = z.infer<typeof ProblemMapping>;

/** What somebody says instead of what was detected. */
export const ProblemMappingParts = ProblemMapping.partial();
export type ProblemMappingParts = z.infer<typeof ProblemMappingParts>;

export const ProblemImportOutcome = z.strictObject({
  set: ProblemSetName,
  /** Null: nothing was imported. */
  version: z.int().min(1).nullable(),
  problems: z.int(),
  splits: SplitCounts,
  /** The first of them, at most 10,000. */
  bad: z.array(BadLine),
  badLines: z.int(),
  /** Lines that repeat an earlier one's problem; they are left out. */
  duplicates: z.int(),
  /** Problems whose gold answer their own verifier does not read; they are in the set. The first 10,000. */
  goldRejected: z.array(BadLine),
  goldsRejected: z.int(),
  /** Problems that ask what an earlier one asks, and have another gold; they are in the set. The first 10,000. */
  contradicted: z.array(BadLine),
  goldsContradicted: z.int(),
  /** Problems that no answer can be right or wrong of: neither a gold nor options of their verifier. */
  withoutGold: z.int(),
  /** Problems that an earlier one nearly repeats. */
  nearDuplicates: z.int(),
  /** The set has these very problems already: nothing was written. */
  unchanged: z.boolean(),
});
export type ProblemImportOutcome = z.infer<typeof ProblemImportOutcome>;
