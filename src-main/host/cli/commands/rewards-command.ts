/** `rewards`: what there is, and rewards tried on completions that exist, before a run learns from them. */
import { resolve } from "node:path";
import type { Command } from "commander";
import { z } from "zod";
import { AppError } from "#shared/errors.ts";
import { REWARD_WORDS } from "#shared/reward-words.ts";
import { agreementText } from "#shared/agreement-text.ts";
import { hasCacheLength, JudgeReward, NamedReward } from "#shared/schema/reward.ts";
import type { RewardName } from "#shared/schema/reward.ts";
import type { TriedCompletion, TriedReward } from "#shared/schema/recipe-draft.ts";
import { RunId } from "#shared/schema/run.ts";
import { contextOf, wholeNumber, withCommonOptions, withHost } from "../command-context.ts";
import type { Client } from "../open-host.ts";
import { versionOf } from "../options/problem-options.ts";
import { table } from "../printing/terminal.ts";
import { addAllowed } from "./allowed-code-commands.ts";
import { addAgree, titleOf, trustText } from "./rewards-agree.ts";
import { stageRewards } from "./stage-rewards.ts";

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
        const asked = await stageRewards(client, recipe, options.stage);
        const tried = await client.recipes.tryRewards({ ...asked, from: completionsOf(options) });
        const trust = await trustText(client, asked);
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

const JUDGE_WORDS = "a score by a rubric, from a model at an endpoint, from 0 to 1";

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
