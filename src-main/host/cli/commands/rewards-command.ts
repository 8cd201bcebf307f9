/** `rewards`: what there is, and rewards tried on completions that exist, before a run learns from them. */
import { existsSync } from "node:fs";
import { basename, dirname, resolve } from "node:path";
import type { Command } from "commander";
import { z } from "zod";
import { AppError } from "#shared/errors.ts";
import { REWARD_WORDS } from "#shared/reward-words.ts";
import { agreementText } from "#shared/agreement-text.ts";
import type { Agreement } from "#shared/schema/judge.ts";
import {
  FileReward,
  hasCacheLength,
  JudgeReward,
  NamedReward,
  rewardName,
} from "#shared/schema/reward.ts";
import { usdText } from "#shared/usd-text.ts";
import type { RewardName, RewardSpec } from "#shared/schema/reward.ts";
import type { TriedCompletion, TriedReward } from "#shared/schema/recipe-draft.ts";
import type { AnswerFormat } from "#shared/schema/stages/stage-options.ts";
import type { GrpoStage } from "#shared/schema/stages/grpo-stage.ts";
import { RunId } from "#shared/schema/run.ts";
import { contextOf, wholeNumber, withCommonOptions, withHost } from "../command-context.ts";
import type { Client } from "../open-host.ts";
import { versionOf } from "../options/problem-options.ts";
import { table } from "../printing/terminal.ts";
import { addAllowed } from "./allowed-code-commands.ts";
import { recipeText } from "./recipes-command.ts";

/** Where a file of its own is tried on pasted completions, no stage says how long they may be. */
const DEFAULT_LIMIT = 512;
const TRIED = 1000;
const SHOWN = 20;

export function addRewardsCommands(program: Command): void {
  const rewards = program
    .command("rewards")
    .description("rewards: those that ship, and any of them tried on completions");
  addList(rewards);
  addTry(rewards);
  addAllowed(rewards);
  addAgree(rewards);
}

function addList(rewards: Command): void {
  withCommonOptions(rewards.command("list"))
    .description("the built-in rewards with their options, and judges with how people agreed")
    .action(async (_options: unknown, command: Command) => {
      const context = contextOf(command);
      const agreements = await withHost(context, ({ client }) => client.rewards.agreements());
      const named = NamedReward.options.flatMap(({ shape }) =>
        [...shape.name.values].map((name) => ({
          name,
          what: REWARD_WORDS[name],
          options: optionsOf(name, shape),
        })),
      );
      const { judge: _, weight: __, ...options } = JudgeReward.parse({ judge: "endpoint" });
      const listed = [...named, { name: "judge", what: JUDGE_WORDS, options }];
      context.terminal.result(
        [...named, { name: "judge", what: JUDGE_WORDS, options, agreements }],
        [
          table(
            ["name", "what it gives", "options"],
            listed.map((one) => [one.name, one.what, optionsText(one.options)]),
            [],
          ),
          ...(agreements.length === 0 ? [] : ["", "Judges compared with people:"]),
          ...agreements.map((one) => `${titleOf(one)}: ${agreementText(one)}`),
        ].join("\n"),
      );
    });
}

/** Each option that does something, with its default; null where it has none. */
function optionsOf(
  name: RewardName,
  shape: Readonly<Record<string, z.ZodType>>,
): Record<string, unknown> {
  const keys = Object.keys(shape).filter((key) => key !== "name" && key !== "weight");
  return Object.fromEntries(
    keys
      .filter((key) => key !== "cache_length" || hasCacheLength(name))
      .map((key) => [key, shape[key]?.safeParse(undefined).data ?? null]),
  );
}

function addTry(rewards: Command): void {
  withCommonOptions(rewards.command("try"))
    .description("the values of a recipe's rewards, or of one file's, on completions that exist")
    .argument("<recipe>", "a recipe (r3, a preset, a YAML file), or a reward's own file (.py, .js)")
    .option("--stage <name>", "which grpo stage's rewards; by default the first one's")
    .option("--run <run>", "completions of that GRPO run")
    .option("--step <n>", "of that step; by default its last one", wholeNumber(1))
    .option("--completions <file>", 'or a file, JSONL of {"id", "completion"}')
    .option("--problems <set>", "the set whose problems they answer: NAME, or NAME@VERSION")
    .action(async (recipe: string, _options: unknown, command: Command) => {
      const context = contextOf(command);
      const options = TryOptions.parse(command.opts());
      await withHost(context, async ({ client }) => {
        const asked = await rewardsOf(client, recipe, options.stage);
        const tried = await client.recipes.tryRewards({ ...asked, from: completionsOf(options) });
        const trust = trustText(asked.rewards, await client.rewards.agreements());
        context.terminal.result(
          { step: tried.step, rewards: tried.rewards, cases: tried.completions },
          [
            summaryText(tried.rewards),
            ...trust,
            "",
            ...tried.completions.slice(0, SHOWN).map(caseText),
          ].join("\n"),
        );
      });
    });
}

/** How the judges among them agreed with people, when their rubrics were last compared. */
function trustText(rewards: readonly RewardSpec[], agreements: readonly Agreement[]): string[] {
  return rewards.flatMap((spec) => {
    if (!("judge" in spec)) return [];
    const rubric = spec.rubric === undefined ? null : basename(spec.rubric);
    const found = agreements.find(
      (one) =>
        one.endpoint === spec.judge &&
        (one.rubric === null ? null : basename(one.rubric)) === rubric,
    );
    return [
      `${rewardName(spec)}: ${
        found === undefined
          ? "not compared with people yet (gradus rewards agree)"
          : `compared with people ${new Date(found.measuredAtMs).toISOString().slice(0, 10)}: ${agreementText(found)}`
      }`,
    ];
  });
}

const JUDGE_WORDS = "a score by a rubric, from a model at an endpoint, from 0 to 1";

function addAgree(rewards: Command): void {
  withCommonOptions(rewards.command("agree"))
    .description("compare a judge with people: how it scores texts that they have rated")
    .argument("[rubric]", "a rubric (.md), or a recipe with a judge; without it each line's rubric")
    .requiredOption("--ratings <file>", 'JSONL of {"prompt", "completion", "rating"}')
    .option("--judge <endpoint>", "the endpoint's name")
    .option("--model <name>", "as the server calls it; by default the endpoint's own")
    .option("--scale <numbers...>", "the lowest and the highest rating; by default 1 10")
    .option("--reward <name>", "of a recipe with several judges")
    .action(async (subject: string | undefined, _options: unknown, command: Command) => {
      const context = contextOf(command);
      const options = AgreeOptions.parse(command.opts());
      await withHost(context, async ({ client }) => {
        const judge = await judgeOf(client, subject, options);
        const result = await client.rewards.agree({ ...judge, ratings: resolve(options.ratings) });
        context.terminal.result(result, agreementSummary(result));
      });
    });
}

const AgreeOptions = z.object({
  ratings: z.string(),
  judge: z.string().optional(),
  model: z.string().optional(),
  scale: z.array(z.coerce.number()).length(2, "two numbers").optional(),
  reward: z.string().optional(),
});

/** Throws BAD_INPUT, BAD_RECIPE, NOT_FOUND. */
async function judgeOf(
  client: Client,
  subject: string | undefined,
  { judge, model, scale, reward }: z.infer<typeof AgreeOptions>,
): Promise<{ spec: JudgeReward; relativeTo?: string }> {
  if (subject === undefined || /\.(?:md|txt)$/.test(subject)) {
    if (judge === undefined)
      throw new AppError("BAD_INPUT", "No judge is named.", "Name an endpoint: --judge NAME.");
    const spec = JudgeReward.safeParse({
      judge,
      ...(model === undefined ? {} : { model }),
      ...(scale === undefined ? {} : { scale }),
      ...(subject === undefined ? {} : { rubric: basename(subject) }),
    });
    if (!spec.success)
      throw new AppError(
        "BAD_INPUT",
        spec.error.issues[0]?.message ?? "That is no judge.",
        "e.g. gradus rewards agree story.md --judge my-endpoint --scale 1 10 --ratings rated.jsonl",
      );
    return { spec: spec.data, relativeTo: dirname(resolve(subject ?? ".")) };
  }
  const { rewards, relativeTo } = await rewardsOf(client, subject, undefined);
  const judges = rewards.filter((one): one is JudgeReward => "judge" in one);
  const found = reward === undefined ? judges : judges.filter((one) => rewardName(one) === reward);
  const [spec] = found;
  if (spec === undefined || found.length > 1)
    throw new AppError(
      "BAD_INPUT",
      spec === undefined
        ? `${subject} has no judge${reward === undefined ? "" : ` "${reward}"`}.`
        : `${subject} has ${found.length} judges: ${found.map(rewardName).join(", ")}.`,
      "Name a recipe whose grpo stage has a judge; --reward NAME chooses among several.",
    );
  return { spec, ...(relativeTo === undefined ? {} : { relativeTo }) };
}

function titleOf({ endpoint, model, rubric }: Agreement): string {
  return `${rubric ?? "each problem's rubric"}, ${model} at ${endpoint}`;
}

function agreementSummary(result: Agreement): string {
  const { unusable, costUsd, meanDifference: gap, kendall } = result;
  const interval = (found: Agreement["spearman"]): string =>
    found === null
      ? "not defined"
      : `${found.value.toFixed(2)} [${found.low.toFixed(2)}, ${found.high.toFixed(2)}]`;
  return [
    `${titleOf(result)}: ${agreementText(result)}`,
    `Kendall ${interval(kendall)}; the judge's mean less the people's ${interval(gap)} points`,
    `${unusable} without a usable verdict; ${costUsd === null ? "the cost is not known" : usdText(costUsd)}`,
  ].join("\n");
}

const TryOptions = z.object({
  stage: z.string().optional(),
  run: z.string().optional(),
  step: z.int().optional(),
  completions: z.string().optional(),
  problems: z.string().optional(),
});

type TryInput = Parameters<Client["recipes"]["tryRewards"]>[0];

function completionsOf({
  run,
  step,
  completions,
  problems,
}: z.infer<typeof TryOptions>): TryInput["from"] {
  if (run !== undefined)
    return {
      runId: RunId.parse(run),
      limit: TRIED,
      ...(step === undefined ? {} : { step }),
    };
  if (completions !== undefined && problems !== undefined)
    return { ...versionOf(problems), completions: resolve(completions) };
  throw new AppError(
    "BAD_INPUT",
    "There are no completions to try the rewards on.",
    "Name a GRPO run (--run p3-grpo), or a file and its problem set (--completions FILE --problems SET).",
  );
}

/** Throws BAD_RECIPE, BAD_INPUT, NOT_FOUND. */
async function rewardsOf(
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

function summaryText(rewards: readonly TriedReward[]): string {
  return table(
    ["reward", "weight", "completions", "mean", "std", "groups with spread", "ms each"],
    rewards.map((one) => [
      one.name,
      String(one.weight),
      String(one.count),
      numberText(one.mean),
      numberText(one.std),
      `${one.groupsWithSpread} of ${one.groups}`,
      one.msPerCompletion.toFixed(2),
    ]),
    [1, 2, 3, 4, 5, 6],
  );
}

function caseText({ id, total, rewards }: TriedCompletion): string {
  const parts = rewards.map(({ name, value, why }) => `  ${name} ${numberText(value)}: ${why}`);
  return [`${id}: ${numberText(total)}`, ...parts].join("\n");
}

function numberText(value: number | null): string {
  return value === null ? "–" : value.toFixed(3);
}

function optionsText(options: Readonly<Record<string, unknown>>): string {
  return Object.entries(options)
    .map(([key, value]) => (value === null ? key : `${key} ${JSON.stringify(value)}`))
    .join(", ");
}
