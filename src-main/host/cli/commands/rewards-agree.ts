/** `rewards agree`: a judge compared with people, and how it agreed with them when it was last compared. */
import { basename, dirname, resolve } from "node:path";
import type { Command } from "commander";
import { z } from "zod";
import { agreementFigures, agreementText } from "#shared/agreement-text.ts";
import { AppError } from "#shared/errors.ts";
import type { Agreement, AgreementPlan, Ratings } from "#shared/schema/judge.ts";
import { JudgeReward, rewardName } from "#shared/schema/reward.ts";
import type { RewardSpec } from "#shared/schema/reward.ts";
import { costText } from "#shared/usd-text.ts";
import { contextOf, withCommonOptions, withHost } from "../command-context.ts";
import type { Client } from "../open-host.ts";
import { datasetOf } from "../options/data-options.ts";
import { askYes } from "../printing/ask-yes.ts";
import { stageRewards } from "./stage-rewards.ts";

export function addAgree(rewards: Command): void {
  withCommonOptions(rewards.command("agree"))
    .description("compare a judge with people: how it scores texts that they have rated")
    .argument("[rubric]", "a rubric (.md), or a recipe with a judge; without it each line's rubric")
    .option("--ratings <file>", 'JSONL, JSON, CSV or Parquet of {"prompt", "completion", "rating"}')
    .option("--dataset <dataset>", "or the records of a dataset that somebody rated")
    .option(
      "--field <name>",
      'their metadata with the rating; "status": accepted is the best, rejected the worst',
      "rating",
    )
    .option("--judge <endpoint>", "the endpoint's name")
    .option("--model <name>", "as the server calls it; by default the endpoint's own")
    .option("--scale <numbers...>", "the lowest and the highest rating; by default 1 10")
    .option("--reward <name>", "of a recipe with several judges")
    .option("--yes", "without asking first whether to spend what it may cost", false)
    .action(async (subject: string | undefined, _options: unknown, command: Command) => {
      const context = contextOf(command);
      const options = AgreeOptions.parse(command.opts());
      await withHost(context, async ({ client }) => {
        const judge = await judgeOf(client, subject, options);
        const compared = { ...judge, ratings: await ratingsOf(client, options) };
        const plan = await client.rewards.planAgreement(compared);
        const { terminal } = context;
        terminal.note(planText(plan));
        // A script has nobody who could answer; it said what it wants.
        const asks = plan.mostUsd !== 0 && plan.toAsk > 0 && process.stdin.isTTY && !options.yes;
        if (asks && !(await askYes("Go on?")))
          throw new AppError("BAD_INPUT", "Nothing was asked.", "Say --yes to go on.");
        const result = await client.rewards.agree(compared);
        terminal.result(result, agreementSummary(result));
      });
    });
}

/** Throws BAD_INPUT, NOT_FOUND. */
async function ratingsOf(
  client: Client,
  { ratings, dataset, field }: z.infer<typeof AgreeOptions>,
): Promise<Ratings> {
  if (ratings !== undefined && dataset === undefined) return resolve(ratings);
  if (ratings === undefined && dataset !== undefined)
    return { datasetId: (await datasetOf(client, dataset)).id, field };
  throw new AppError(
    "BAD_INPUT",
    "The ratings are a file's or a dataset's.",
    "Say --ratings FILE or --dataset NAME.",
  );
}

function planText({ n, leftOut, toAsk, mostUsd }: AgreementPlan): string {
  const left = leftOut === 0 ? "" : `, ${leftOut} records have no rating`;
  const cost =
    toAsk === 0 ? "" : mostUsd === null ? `, ${costText(null)}` : `, at most ${costText(mostUsd)}`;
  return `${n} texts with a rating${left}; ${toAsk} are to be asked about${cost}.`;
}

/** How the judges among a stage's rewards agreed with people, when their rubrics were last compared. */
export async function trustText(
  client: Client,
  {
    rewards,
    relativeTo,
  }: { readonly rewards: readonly RewardSpec[]; readonly relativeTo?: string | undefined },
): Promise<string[]> {
  const lines = rewards.map(async (spec): Promise<string[]> => {
    if (!("judge" in spec)) return [];
    const { agreement } = await client.rewards.agreement({
      spec,
      ...(relativeTo === undefined ? {} : { relativeTo }),
    });
    if (agreement === null)
      return [`${rewardName(spec)}: not compared with people yet (gradus rewards agree)`];
    const day = new Date(agreement.measuredAtMs).toISOString().slice(0, 10);
    return [`${rewardName(spec)}: compared with people ${day}: ${agreementText(agreement)}`];
  });
  return (await Promise.all(lines)).flat();
}

const AgreeOptions = z.object({
  ratings: z.string().optional(),
  dataset: z.string().optional(),
  field: z.string().min(1),
  yes: z.boolean(),
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
  const { rewards, relativeTo } = await stageRewards(client, subject, undefined);
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

export function titleOf({ endpoint, model, rubric }: Agreement): string {
  return `${rubric ?? "each problem's rubric"}, ${model} at ${endpoint}`;
}

function agreementSummary(result: Agreement): string {
  const { n, unusable, costUsd, unpricedTokens } = result;
  return [
    `${titleOf(result)}, n ${n}`,
    ...agreementFigures(result).map(({ name, text }) => `${name} ${text}`),
    `${unusable} without a usable verdict; ${costText(costUsd, unpricedTokens)}`,
  ].join("\n");
}
