/** Where the problems of a stage come from: tasks, reasoning-gym, problem sets of the workspace, alone or with weights. */
import { z } from "zod";
import { JsonValue } from "../json-value.ts";
import { ProblemSplit } from "../problem.ts";

/** A task's name: built in, of the workspace's plug-ins, or `reasoning-gym/NAME`. */
export const TaskName = z.string().min(1).max(200);
export type TaskName = z.infer<typeof TaskName>;

/** Sums of larger ones have no room for the small ones beside them. */
export const MOST_WEIGHT = 1e9;

/** Of several sources: how many problems it gives for each one of a source with weight 1. */
const weight = z.number().positive().max(MOST_WEIGHT).optional();

const GYM_PREFIX = "reasoning-gym/";

/** Where prompts come from: a seeded task generator, with weights by difficulty. */
export const TaskSource = z.strictObject({
  task: TaskName.refine((name) => !name.startsWith(GYM_PREFIX), {
    message: "a task of reasoning-gym has a config, and no difficulties",
  }),
  /** Difficulties drawn in turn; repeat one to ask for more of it, e.g. [3, 4, 5, 5, 5]. */
  difficulties: z.array(z.int().min(1)).min(1),
  /** Of a plug-in: a SHA-256 of its text, name and difficulties. A run keeps what it began with. */
  sha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/, "a SHA-256")
    .optional(),
  weight,
});
export type TaskSource = z.infer<typeof TaskSource>;

/** Where prompts come from: a dataset of reasoning-gym, which runs in a Python of its own. */
export const GymSource = z.strictObject({
  task: z.string().regex(/^reasoning-gym\/[a-z0-9_]{1,100}$/, {
    error: "reasoning-gym/NAME",
    // Else it is the one form whose faults are told, whatever was meant.
    abort: true,
  }),
  /** Options of the dataset's own config class; seed and size are the recipe's. */
  config: z.record(z.string(), JsonValue).default({}),
  /** The package's; a run keeps the one that it began with. */
  version: z.string().min(1).max(100).optional(),
  weight,
});
export type GymSource = z.infer<typeof GymSource>;

/** A task that is not built in, as a source names it. */
export type OutsideSource = TaskSource | GymSource;

/** Where prompts come from: a problem set of the workspace. */
export const ProblemSource = z.strictObject({
  /** `NAME`, or `NAME@VERSION`; a run keeps the version that its name had when it began. */
  problems: z
    .string()
    .regex(/^[a-z0-9][a-z0-9._-]{0,63}(?:@[1-9]\d*)?$/, "a problem set's NAME or NAME@VERSION"),
  split: ProblemSplit.default("train"),
  /** A filter, e.g. "pass_rate:0.1..0.9 tag:algebra". */
  where: z.string().min(1).optional(),
  weight,
});
export type ProblemSource = z.infer<typeof ProblemSource>;

export const DataSource = z.union([TaskSource, GymSource, ProblemSource]);
export type DataSource = z.infer<typeof DataSource>;

/** What a stage asks: one source of problems, or several with weights. */
export const ProblemData = z.union([
  TaskSource,
  GymSource,
  ProblemSource,
  z.array(DataSource).min(1),
]);
export type ProblemData = z.infer<typeof ProblemData>;
