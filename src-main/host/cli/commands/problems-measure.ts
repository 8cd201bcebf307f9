/** `problems measure`: how often a model solves each problem of a set. */
import { Option } from "commander";
import type { Command } from "commander";
import { z } from "zod";
import { RuntimeChoice } from "#shared/schema/engine-protocol.ts";
import type { PassRateSpread } from "#shared/schema/problem-set.ts";
import { ProblemSplit } from "#shared/schema/problem.ts";
import {
  contextOf,
  numberBetween,
  runtimeOption,
  wholeNumber,
  withCommonOptions,
  withHost,
} from "../command-context.ts";
import { follow } from "../printing/follow.ts";
import type { Client } from "../open-host.ts";
import { versionOf } from "../options/problem-options.ts";
import { resolveModel } from "../options/resolve-model.ts";
import { Failed, table } from "../printing/terminal.ts";

const Options = z.object({
  model: z.string(),
  samples: z.int(),
  split: ProblemSplit.optional(),
  where: z.string().optional(),
  temperature: z.number(),
  topP: z.number(),
  maxTokens: z.int(),
  scoring: z.enum(["strict", "lenient"]),
  seed: z.int(),
  runtime: RuntimeChoice.optional(),
});

const PAGE = 1000;

export function addProblemsMeasure(problems: Command): void {
  withCommonOptions(problems.command("measure"))
    .description("sample each problem with a model and keep its pass rate, with an interval")
    .argument("<set>", "NAME, or NAME@VERSION")
    .requiredOption("--model <model>", "a name, a hub id, a folder or a GGUF file")
    .requiredOption("--samples <n>", "completions a problem", wholeNumber(1))
    .addOption(new Option("--split <side>", "one side alone").choices(ProblemSplit.options))
    .option("--where <filter>", 'only these, e.g. "tag:algebra"')
    .option("--temperature <t>", "0 is greedy", numberBetween(0, 100), 1)
    .option("--top-p <p>", "nucleus", numberBetween(1e-9, 1), 1)
    .option("--max-tokens <n>", "tokens of a completion at most", wholeNumber(1), 256)
    .addOption(
      new Option("--scoring <how>", "the answer's form, or wherever it stands")
        .choices(["strict", "lenient"])
        .default("lenient"),
    )
    .option("--seed <number>", "equal seeds give equal completions", wholeNumber(0), 0)
    .addOption(runtimeOption())
    .action(async (text: string, _options: unknown, command: Command) => {
      const context = contextOf(command);
      const { terminal } = context;
      const { model: named, ...options } = Options.parse(command.opts());
      await withHost(context, async (host) => {
        const { client } = host;
        const of = versionOf(text);
        const { version } = await client.problems.get(of);
        const pinned = { set: of.set, version: version.version };
        const { name: model } = await resolveModel(host, terminal, named);
        const { pipelineId } = await client.problems.measure({ ...pinned, ...options, model });
        terminal.note(`Pipeline ${pipelineId} in ${host.workspace}`);
        const pipeline = await follow(host, pipelineId, terminal);
        if (pipeline.status !== "finished") {
          terminal.note(
            `${pipeline.name}: ${pipeline.status}. ${pipeline.statusReason?.message ?? ""}`,
          );
          throw new Failed();
        }
        const asked = { ...pinned, model, where: options.where };
        const spread = await client.problems.passRates(asked);
        const rates = await ratesOf(client, asked);
        terminal.result({ ...pinned, pipelineId, spread, rates }, spreadText(text, spread));
      });
    });
}

async function ratesOf(
  client: Client,
  asked: Parameters<Client["problems"]["passRates"]>[0],
): Promise<{ id: string; correct: number; samples: number; interval: [number, number] }[]> {
  const rates: Awaited<ReturnType<typeof ratesOf>> = [];
  for (let offset = 0; ; offset += PAGE) {
    const { problems, total } = await client.problems.page({ ...asked, offset, limit: PAGE });
    for (const { id, passRate } of problems) if (passRate !== null) rates.push({ id, ...passRate });
    if (offset + PAGE >= total) return rates;
  }
}

function spreadText(set: string, spread: PassRateSpread | null): string {
  if (spread === null) return `Nobody measured ${set}.`;
  const { model, mean, bins } = spread;
  return [
    `${model.name} on ${set}: pass rate ${(100 * mean).toFixed(1)} % on average over ${model.problems} problems`,
    "",
    table(
      ["solved", "problems"],
      bins.map(({ from, to, problems }) => [
        from === to ? `${100 * from} %` : `${to === 1 ? "below" : "to"} ${100 * to} %`,
        String(problems),
      ]),
      [0, 1],
    ),
  ].join("\n");
}
