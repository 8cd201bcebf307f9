/** Recipes: those that ship, those that are kept, and everything that is asked of one before it is started. */
import { eventIterator } from "@orpc/contract";
import { z } from "zod";
import { AlarmChange } from "../schema/alarm.ts";
import { DatasetId } from "../schema/dataset.ts";
import { ProblemSetName } from "../schema/problem.ts";
import { Recipe } from "../schema/recipe.ts";
import { ProblemData } from "../schema/stages/problem-data.ts";
import { PromptOptions } from "../schema/stages/stage-options.ts";
import { RewardSpec } from "../schema/reward.ts";
import { LONGEST_REWARD } from "../schema/reward-file.ts";
import {
  DataCheckEvent,
  ExportedData,
  ExportedFile,
  RecipeEstimate,
  RecipeId,
  RecipeFinding,
  SavedRecipe,
  SavedRecipeSummary,
  TriedCompletion,
  TriedReward,
  Unmapped,
} from "../schema/recipe-draft.ts";
import { RenderedPrompts } from "../schema/rendered-prompt.ts";
import { PipelineId, RunId } from "../schema/run.ts";
import { procedure } from "./procedure.ts";

const Yaml = z.string().max(1_000_000);

/** A recipe's text, wherever it is kept. */
const RecipeRef = z.union([
  z.strictObject({ preset: z.string() }),
  z.strictObject({ recipe: RecipeId }),
  z.strictObject({ pipeline: PipelineId }),
  z.strictObject({ yaml: Yaml }),
]);
export type RecipeRef = z.infer<typeof RecipeRef>;

/** What is tried, and on which completions. */
const RewardTrialInput = z.strictObject({
  rewards: z.array(RewardSpec).min(1).max(50),
  maxCompletionLength: z.int().min(1),
  /** Folder that files of rewards start from; without it the workspace's. */
  relativeTo: z.string().optional(),
  /** Texts that are not saved yet, tried in the place of their files', by path. */
  drafts: z.record(z.string().max(1000), z.string().max(LONGEST_REWARD)).optional(),
  answerFormat: PromptOptions.shape.answer_format,
  from: z.union([
    z.strictObject({
      runId: RunId,
      step: z.int().optional(),
      limit: z.int().min(1).max(1000),
    }),
    z.strictObject({
      source: ProblemData,
      /** Which of the problems. */
      index: z.int().min(0).max(1_000_000),
      completions: z.array(z.string().max(200_000)).min(1).max(50),
    }),
    /** A file of the host's machine, JSONL of {id, completion}, for problems of a set. */
    z.strictObject({
      set: ProblemSetName,
      version: z.int().min(1).nullable(),
      completions: z.string().min(1).max(4096),
    }),
    /** What models wrote to the problems of a set, the newest first. */
    z.strictObject({ sampled: ProblemSetName, limit: z.int().min(1).max(1000) }),
    /** The last turns of a dataset's first records. */
    z.strictObject({ dataset: DatasetId, limit: z.int().min(1).max(1000) }),
  ]),
});
export type RewardTrialInput = z.infer<typeof RewardTrialInput>;

const RewardTrial = z.strictObject({
  step: z.int().nullable(),
  rewards: z.array(TriedReward),
  completions: z.array(TriedCompletion),
});
export type RewardTrial = z.infer<typeof RewardTrial>;

export const recipes = {
  /** Recipes that ship with the application. */
  list: procedure.output(
    z.array(
      z.strictObject({
        id: z.string(),
        name: z.string(),
        description: z.string(),
        yaml: z.string(),
      }),
    ),
  ),
  /** Never fails on a bad recipe: says what is wrong with its text. */
  validate: procedure
    .input(z.strictObject({ yaml: Yaml }))
    .output(z.strictObject({ recipe: Recipe.nullable(), problems: z.array(RecipeFinding) })),
  /** The same, and what this workspace and machine say to it: models, context, disk, memory, problems' lengths. */
  check: procedure.input(z.strictObject({ yaml: Yaml, relativeTo: z.string().optional() })).output(
    z.strictObject({
      recipe: Recipe.nullable(),
      problems: z.array(RecipeFinding),
      estimate: RecipeEstimate.nullable(),
    }),
  ),
  /** Every example and prompt through the model's own template: how far it is, then the problems. Ends with the call. */
  checkData: procedure
    .input(z.strictObject({ yaml: Yaml, relativeTo: z.string().optional() }))
    .output(eventIterator(DataCheckEvent)),
  /** Three problems of a stage's data as its model reads them. Never fails on a bad recipe. */
  renderPrompts: procedure
    .input(
      z.strictObject({
        yaml: Yaml,
        /** The stage's place in the recipe. */
        stage: z.int().min(0).max(1000),
        relativeTo: z.string().optional(),
      }),
    )
    .output(RenderedPrompts),
  /** Tasks with the difficulties they have: what data of a stage can be. */
  tasks: procedure.output(
    z.array(
      z.strictObject({
        name: z.string(),
        title: z.string(),
        description: z.string(),
        difficultyUnit: z.string(),
        difficulties: z.array(z.int()),
      }),
    ),
  ),

  /** Kept recipes, the last changed first. */
  saved: procedure.output(z.array(SavedRecipeSummary)),
  get: procedure.input(z.strictObject({ id: RecipeId })).output(SavedRecipe),
  /** Keeps a new recipe. Its text need not be sound: what is wrong is said in the editor. */
  create: procedure
    .input(
      z.strictObject({
        from: z.union([
          z.strictObject({ preset: z.string() }),
          z.strictObject({ recipe: RecipeId }),
          z.strictObject({ pipeline: PipelineId }),
          /** A file on the host's machine. */
          z.strictObject({ file: z.string().min(1) }),
          z.strictObject({ yaml: Yaml, fileName: z.string().max(300).optional() }),
        ]),
      }),
    )
    .output(SavedRecipe),
  /** A recipe that goes on from a run's checkpoint (its end, where no step is named) with that stage and those after it. */
  fromRun: procedure
    .input(
      z.strictObject({
        runId: RunId,
        step: z.int().min(0).optional(),
        /** Of the stage: another value of one option, as an alarm offers it. */
        change: AlarmChange.optional(),
      }),
    )
    .output(SavedRecipe),
  /** One edit of the journal, in the scope "recipe:ID". CONFLICT where another window saved since `revision`. */
  save: procedure
    .input(
      z.strictObject({
        id: RecipeId,
        yaml: Yaml,
        revision: z.int(),
        /** What undo will say it takes back, e.g. "num_generations 8". */
        label: z.string().min(1).max(200),
      }),
    )
    .output(SavedRecipe),
  /** One edit of the journal, in the scope "recipes": undo brings it back. */
  delete: procedure.input(z.strictObject({ id: RecipeId })).output(z.void()),

  /** What differs, by option and by line. */
  compare: procedure.input(z.strictObject({ a: RecipeRef, b: RecipeRef })).output(
    z.strictObject({
      options: z.array(
        z.strictObject({
          path: z.string(),
          /** undefined: not there. */
          a: z.json().optional(),
          b: z.json().optional(),
        }),
      ),
      lines: z.array(z.strictObject({ kind: z.enum(["same", "a", "b"]), text: z.string() })),
    }),
  ),
  /** TRL: a YAML of trainer arguments and a script a stage. verl: one list of overrides a GRPO stage. */
  export: procedure
    .input(
      z.strictObject({
        yaml: Yaml,
        target: z.enum(["trl", "verl"]),
        relativeTo: z.string().optional(),
      }),
    )
    .output(
      z.strictObject({
        files: z.array(ExportedFile),
        /** What they read: the prompts of the stages, in the order of the run. */
        data: z.array(ExportedData),
        unmapped: z.array(Unmapped),
      }),
    ),
  /** Rewards on real completions: of an earlier GRPO run's step, or on text that was pasted for a drawn problem. */
  tryRewards: procedure.input(RewardTrialInput).output(RewardTrial),
  /** The problem of that number: what a pasted completion answers. */
  drawProblem: procedure
    .input(z.strictObject({ source: ProblemData, index: z.int().min(0).max(1_000_000) }))
    .output(
      z.strictObject({
        prompt: z.string(),
        gold: z.string().nullable(),
        /** The worked solution; null where nobody worked it out. */
        example: z.string().nullable(),
      }),
    ),
};
