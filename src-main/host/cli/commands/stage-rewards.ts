/** The rewards that a name on the command line means: a grpo stage's of a recipe, or one file's. */
import { existsSync } from "node:fs";
import { basename, dirname, resolve } from "node:path";
import { AppError } from "#shared/errors.ts";
import { FileReward } from "#shared/schema/reward.ts";
import type { RewardSpec } from "#shared/schema/reward.ts";
import type { AnswerFormat } from "#shared/schema/stages/stage-options.ts";
import type { GrpoStage } from "#shared/schema/stages/grpo-stage.ts";
import type { Client } from "../open-host.ts";
import { recipeText } from "./recipes-command.ts";

/** Where a file of its own is tried on pasted completions, no stage says how long they may be. */
const DEFAULT_LIMIT = 512;

type TryInput = Parameters<Client["recipes"]["tryRewards"]>[0];

/** Throws BAD_RECIPE, BAD_INPUT, NOT_FOUND. */
export async function stageRewards(
  client: Client,
  text: string,
  stageName: string | undefined,
): Promise<
  Pick<TryInput, "maxCompletionLength" | "relativeTo" | "answerFormat"> & {
    rewards: RewardSpec[];
  }
> {
  const file = FileReward.safeParse({ file: basename(text) });
  if (file.success && existsSync(resolve(text)))
    return {
      rewards: [file.data],
      maxCompletionLength: DEFAULT_LIMIT,
      relativeTo: dirname(resolve(text)),
    };
  const { yaml, relativeTo } = await recipeText(client, text);
  const { recipe, problems } = await client.recipes.validate({ yaml });
  if (recipe === null)
    throw new AppError(
      "BAD_RECIPE",
      problems.find(({ level }) => level === "error")?.message ?? "The recipe cannot be read.",
      `gradus recipes check ${text} says more.`,
    );
  const stages = recipe.stages.filter((stage): stage is GrpoStage => stage.kind === "grpo");
  const stage = stageName === undefined ? stages[0] : stages.find(({ name }) => name === stageName);
  if (stage === undefined)
    throw new AppError(
      "BAD_INPUT",
      stageName === undefined
        ? "The recipe has no grpo stage, and so no rewards."
        : `The recipe has no grpo stage "${stageName}".`,
      "Name a recipe with a grpo stage, or a reward's own file.",
    );
  const answerFormat: AnswerFormat = stage.answer_format;
  return {
    rewards: stage.rewards,
    maxCompletionLength: stage.max_completion_length,
    relativeTo,
    answerFormat,
  };
}
