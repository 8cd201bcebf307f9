/** Recipes that a person keeps in the workspace: text first, since text is what is edited, compared and started. */
import { z } from "zod";
import { PipelineId, RunId } from "./run.ts";

export const RecipeId = z
  .string()
  .regex(/^r\d{1,12}$/, "r and a number")
  .brand<"RecipeId">();
export type RecipeId = z.infer<typeof RecipeId>;

/** What a kept recipe began as. */
export const RecipeOrigin = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("preset"), id: z.string() }),
  z.strictObject({ kind: z.literal("copy"), id: RecipeId }),
  /** The configuration of a pipeline, as it was frozen. */
  z.strictObject({ kind: z.literal("pipeline"), id: PipelineId }),
  /** A branch: from a run's checkpoint at a step, or from its end where the step is null. */
  z.strictObject({ kind: z.literal("run"), id: RunId, step: z.int().nullable() }),
  z.strictObject({ kind: z.literal("file"), name: z.string() }),
  z.strictObject({ kind: z.literal("text") }),
]);
export type RecipeOrigin = z.infer<typeof RecipeOrigin>;

/** A recipe as the store keeps it. */
export const StoredRecipe = z.strictObject({
  id: RecipeId,
  name: z.string(),
  origin: RecipeOrigin,
  yaml: z.string(),
  /** The text it began with: what "changed" is counted from. */
  startYaml: z.string(),
  /** Grows with every save; a save names the revision it was made on. */
  revision: z.int(),
  createdAtMs: z.number(),
  updatedAtMs: z.number(),
});
export type StoredRecipe = z.infer<typeof StoredRecipe>;

const summary = {
  id: RecipeId,
  /** The recipe's own name; the last one that could be read while its text is broken. */
  name: z.string(),
  description: z.string().nullable(),
  origin: RecipeOrigin,
  /** Kinds and names in order; empty while the text cannot be read. */
  stages: z.array(z.strictObject({ name: z.string(), kind: z.string() })),
  /** Things that keep it from being started, as far as the text alone tells. */
  errors: z.int(),
  createdAtMs: z.number(),
  updatedAtMs: z.number(),
};

export const SavedRecipeSummary = z.strictObject(summary);
export type SavedRecipeSummary = z.infer<typeof SavedRecipeSummary>;

export const SavedRecipe = z.strictObject({
  ...summary,
  ...StoredRecipe.pick({ yaml: true, startYaml: true, revision: true }).shape,
});
export type SavedRecipe = z.infer<typeof SavedRecipe>;

/** Where in a recipe: keys of maps and positions of lists. */
export const RecipeKeys = z.array(z.union([z.string(), z.int()]));
export type RecipeKeys = z.infer<typeof RecipeKeys>;

/** A change that mends a problem: applied to the text as one edit. */
export const RecipeFix = z.strictObject({
  /** e.g. "Use 64". */
  label: z.string(),
  changes: z.array(z.strictObject({ keys: RecipeKeys, value: z.json() })).min(1),
});
export type RecipeFix = z.infer<typeof RecipeFix>;

/** One thing that is wrong with a recipe, doubtful, or good to know, at the key and the line where it is written. */
export const RecipeFinding = z.strictObject({
  /** e.g. "stages[2].generation_batch_size"; empty for the whole file. */
  path: z.string(),
  keys: RecipeKeys,
  /** From 1; null where the recipe did not come as text. */
  line: z.int().nullable(),
  column: z.int().nullable(),
  /** An error keeps the recipe from being started; a warning does not; a note says what was checked and is right. */
  level: z.enum(["error", "warning", "note"]),
  message: z.string(),
  advice: z.string().nullable(),
  fixes: z.array(RecipeFix),
});
export type RecipeFinding = z.infer<typeof RecipeFinding>;

/** A look at all of a recipe's data as it goes on, then what it found. */
export const DataCheckEvent = z.discriminatedUnion("type", [
  z.strictObject({
    type: z.literal("progress"),
    stage: z.string(),
    /** Examples or prompts; 0 of 0 at the beginning. */
    done: z.int(),
    total: z.int(),
  }),
  z.strictObject({ type: z.literal("problems"), problems: z.array(RecipeFinding) }),
]);
export type DataCheckEvent = z.infer<typeof DataCheckEvent>;

/** A range that earlier runs give; without a range where there was only one. */
export const EstimatedRange = z.strictObject({
  low: z.number(),
  middle: z.number(),
  high: z.number(),
});
export type EstimatedRange = z.infer<typeof EstimatedRange>;

export const MemoryPart = z.strictObject({ name: z.string(), bytes: z.number() });
export type MemoryPart = z.infer<typeof MemoryPart>;

export const StageEstimate = z.strictObject({
  stage: z.string(),
  /** By part; null where the model cannot be looked at yet. */
  memory: z.array(MemoryPart).nullable(),
  timeMs: EstimatedRange.nullable(),
  usd: EstimatedRange.nullable(),
  /** Earlier runs of this kind on this machine that time and cost rest on. */
  runs: z.int(),
  /** Why there is no time, where there is none. */
  why: z.string().nullable(),
});
export type StageEstimate = z.infer<typeof StageEstimate>;

export const RecipeEstimate = z.strictObject({
  stages: z.array(StageEstimate),
  /** Of all stages; null unless every stage has one. */
  timeMs: EstimatedRange.nullable(),
  usd: EstimatedRange.nullable(),
  memoryBytes: z.number(),
  /** Of what is written: checkpoints and models. */
  diskBytes: z.number().nullable(),
  diskFreeBytes: z.number(),
});
export type RecipeEstimate = z.infer<typeof RecipeEstimate>;

/** One completion with every reward's value and why it has it. */
export const TriedCompletion = z.strictObject({
  /** Of the problem. */
  id: z.string(),
  prompt: z.string(),
  completion: z.string(),
  gold: z.string(),
  /** Completions of one group share it. */
  group: z.int(),
  rewards: z.array(
    z.strictObject({
      name: z.string(),
      weight: z.number(),
      /** null: does not apply to this completion. */
      value: z.number().nullable(),
      why: z.string(),
    }),
  ),
  total: z.number().nullable(),
});
export type TriedCompletion = z.infer<typeof TriedCompletion>;

/** Where a reward gives all completions of a group the same, it teaches nothing there. */
export const TriedReward = z.strictObject({
  name: z.string(),
  weight: z.number(),
  mean: z.number().nullable(),
  /** Standard deviation over all completions; null for fewer than two. */
  std: z.number().nullable(),
  /** Groups of at least two in which its value differs, and all such groups. */
  groupsWithSpread: z.int(),
  groups: z.int(),
  /** Completions that it applies to. */
  count: z.int(),
  msPerCompletion: z.number(),
});
export type TriedReward = z.infer<typeof TriedReward>;

/** An option that varies over a sweep. */
export const SweepAxis = z.strictObject({
  /** As overrides are written, e.g. "stages.grpo.learning_rate". */
  key: z.string().min(1).max(500),
  values: z.array(z.json()).min(1).max(200),
});
export type SweepAxis = z.infer<typeof SweepAxis>;

export const SweepId = z
  .string()
  .regex(/^s\d{1,12}$/)
  .brand<"SweepId">();
export type SweepId = z.infer<typeof SweepId>;

/** grid: every combination. list: the first values of all axes together, then the second … */
export const SweepMode = z.enum(["grid", "list"]);
export type SweepMode = z.infer<typeof SweepMode>;

export const Sweep = z.strictObject({
  id: SweepId,
  name: z.string(),
  mode: SweepMode,
  axes: z.array(SweepAxis),
  createdAtMs: z.number(),
  /** In the order of their pipeline; a deleted one is gone. */
  members: z.array(
    z.strictObject({ pipelineId: PipelineId, values: z.record(z.string(), z.json()) }),
  ),
});
export type Sweep = z.infer<typeof Sweep>;

/** A pipeline that waits for its turn. A held one lets others go first. */
export const QueuedPipeline = z.strictObject({ pipelineId: PipelineId, held: z.boolean() });
export type QueuedPipeline = z.infer<typeof QueuedPipeline>;

export const ExportedFile = z.strictObject({ name: z.string(), text: z.string() });
export type ExportedFile = z.infer<typeof ExportedFile>;

/** Problems or examples as Parquet. */
export const ExportedData = z.strictObject({
  name: z.string(),
  rows: z.int(),
  base64: z.base64(),
});
export type ExportedData = z.infer<typeof ExportedData>;

/** What has no counterpart where a recipe was exported to: listed, never dropped silently. */
export const Unmapped = z.strictObject({ path: z.string(), value: z.json(), why: z.string() });
export type Unmapped = z.infer<typeof Unmapped>;
