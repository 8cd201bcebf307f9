/** `data generate`: records from a teacher, judged as they arrive. */
import { counted } from "#shared/counted.ts";
import { resolve } from "node:path";
import type { Command } from "commander";
import { z } from "zod";
import type { GenerateRequest } from "#shared/contract/generate.ts";
import { AppError } from "#shared/errors.ts";
import type { DatasetJob } from "#shared/schema/dataset.ts";
import { EndpointFields } from "#shared/schema/endpoint.ts";
import type { Endpoint } from "#shared/schema/endpoint.ts";
import { promptOf } from "#shared/schema/record-text.ts";
import { JsonValue } from "#shared/schema/json-value.ts";
import { TaskName } from "#shared/schema/stages/problem-data.ts";
import { taskFacts } from "#main/core/problems/task-facts.ts";
import { costText, usdText } from "#shared/usd-text.ts";
import { inspectFile } from "#main/services/datasets/import-file.ts";
import {
  contextOf,
  numberBetween,
  wholeNumber,
  withCommonOptions,
  withHost,
} from "../command-context.ts";
import { followJob } from "../dataset-job.ts";
import { resolveModel } from "../options/resolve-model.ts";
import type { OpenHost } from "../open-host.ts";
import type { Terminal } from "../printing/terminal.ts";

const Options = z.object({
  into: z.string().optional(),
  model: z.string().optional(),
  endpoint: z.string().optional(),
  task: TaskName.optional(),
  problems: z.string().optional(),
  where: z.string().optional(),
  difficulties: z.string().optional(),
  config: z.string().optional(),
  count: z.int(),
  prompts: z.string().optional(),
  system: z.string().optional(),
  n: z.int(),
  temperature: z.number(),
  topP: z.number(),
  maxTokens: z.int(),
  seed: z.int(),
  budget: z.number().optional(),
  keepWrong: z.boolean().default(false),
  resume: z.string().optional(),
  allowLinkLocal: z.boolean().default(false),
});
type Options = z.infer<typeof Options>;

/** As the contract has it. */
const MAX_PROMPTS = 100_000;

export function addDataGenerate(data: Command): void {
  withCommonOptions(data.command("generate"))
    .description("sample records from a teacher; a rule judges each as it arrives")
    .option("--into <dataset>", "a dataset that is there, or the name of a new one")
    .option("--model <id>", "the teacher: a name, a hub id, a folder or a GGUF file")
    .option("--endpoint <id>", "the teacher: an endpoint of the settings, by id or name")
    .option(
      "--allow-link-local",
      "the endpoint's address is meant, though only the own link answers",
    )
    .option(
      "--task <name>",
      `problems of a task's training split: ${taskFacts()
        .map(({ name }) => name)
        .join(", ")}, a plug-in, or reasoning-gym/NAME`,
    )
    .option("--difficulties <list>", "e.g. 3,4,5,5; without it 3, or what a plug-in has")
    .option("--config <json>", 'of a task of reasoning-gym, e.g. {"max_terms": 3}')
    .option("--count <n>", "problems", wholeNumber(1), 100)
    .option("--problems <set>", "the training side of a problem set, NAME or NAME@VERSION")
    .option("--where <filter>", 'of the set, e.g. "pass_rate:0.1..0.9 tag:algebra"')
    .option("--prompts <file>", "prompts of one's own: JSONL of {prompt, gold}")
    .option("--system <text>", "put before each prompt")
    .option("--n <n>", "samples a prompt", wholeNumber(1), 1)
    .option("--temperature <t>", "", numberBetween(0, 2), 0.6)
    .option("--top-p <p>", "", numberBetween(0.0001, 1), 0.95)
    .option("--max-tokens <n>", "of a sample", wholeNumber(1), 512)
    .option("--seed <n>", "", wholeNumber(0), 0)
    .option("--budget <usd>", "end before it costs more", numberBetween(0.000001, 1e9))
    .option("--keep-wrong", "keep wrong samples, as rejected")
    .option("--resume <job>", "go on with a job that ended early")
    .action(async (_options: unknown, command: Command) => {
      const context = contextOf(command);
      const options = Options.parse(command.opts());
      await withHost(context, async (host) => {
        const { client } = host;
        const job =
          options.resume === undefined
            ? await client.datasets.generate.start(
                await requestOf(host, context.terminal, options, command),
              )
            : await client.datasets.generate.resume({ jobId: options.resume });
        try {
          const ended = await followJob(client, job, context.terminal);
          context.terminal.result(resultOf(ended), resultText(ended));
        } catch (error) {
          context.terminal.note(`Go on with: gradus data generate --resume ${job.id}`);
          throw error;
        }
      });
    });
}

async function requestOf(
  host: OpenHost,
  terminal: Terminal,
  options: Options,
  command: Command,
): Promise<GenerateRequest> {
  const { into } = options;
  if (into === undefined) {
    return command.error("error: --into names the dataset, a new one or one that is there");
  }
  const known = (await host.client.datasets.list()).find(
    ({ id, name }) => id === into || name === into,
  );
  return {
    into: known === undefined ? { name: into } : { datasetId: known.id },
    teacher: await teacherOf(host, terminal, options, command),
    prompts: await promptsOf(host, options, command),
    system: options.system,
    n: options.n,
    temperature: options.temperature,
    topP: options.topP,
    maxTokens: options.maxTokens,
    seed: options.seed,
    budgetUsd: options.budget,
    keepWrong: options.keepWrong,
  };
}

async function teacherOf(
  host: OpenHost,
  terminal: Terminal,
  { model, endpoint, allowLinkLocal }: Options,
  command: Command,
): Promise<GenerateRequest["teacher"]> {
  if ((model === undefined) === (endpoint === undefined)) {
    command.error("error: name the teacher: --model or --endpoint, one of them");
  }
  if (model !== undefined) return { model: (await resolveModel(host, terminal, model)).name };
  const found = (await host.client.endpoints.list()).find(
    ({ id, name }) => id === endpoint || name === endpoint,
  );
  if (found !== undefined) {
    if (allowLinkLocal && !found.allowLinkLocal) await confirmLinkLocal(host, found);
    return { endpointId: found.id };
  }
  throw new AppError(
    "NOT_FOUND",
    `There is no endpoint "${endpoint ?? ""}".`,
    "Settings → Endpoints adds one.",
  );
}

async function confirmLinkLocal(host: OpenHost, endpoint: Endpoint): Promise<void> {
  const fields = EndpointFields.strip().parse({ ...endpoint, allowLinkLocal: true });
  await host.client.endpoints.save({ endpointId: endpoint.id, fields });
}

async function promptsOf(
  host: OpenHost,
  options: Options,
  command: Command,
): Promise<GenerateRequest["prompts"]> {
  const { task, problems, where, prompts, difficulties, count } = options;
  if ([task, problems, prompts].filter((one) => one !== undefined).length !== 1) {
    command.error("error: say what to ask: --task, --problems or --prompts, one of them");
  }
  if (where !== undefined && problems === undefined)
    command.error("error: --where chooses among the problems of --problems");
  if (problems !== undefined) return { source: { problems, split: "train", where }, count };
  if (task !== undefined) {
    if (task.startsWith("reasoning-gym/"))
      return { source: { task, config: configOf(options.config, command) }, count };
    const numbers =
      difficulties === undefined
        ? await usualDifficulties(host, task)
        : difficulties.split(",").map((text) => Number(text));
    if (numbers.some((value) => !Number.isInteger(value) || value < 1)) {
      command.error("error: --difficulties is a list of whole numbers, e.g. 3,4,5");
    }
    return { source: { task, difficulties: numbers }, count };
  }
  const path = resolve(prompts ?? "");
  const { rows, bad } = await inspectFile({ path }, MAX_PROMPTS + 1);
  const [first] = bad;
  if (first !== undefined) {
    throw new AppError("BAD_INPUT", `${path}, row ${first.line}: ${first.reason}.`);
  }
  if (rows.length > MAX_PROMPTS) {
    throw new AppError(
      "BAD_INPUT",
      `${path} holds more than ${MAX_PROMPTS.toLocaleString("en-US")} prompts.`,
      "Split it, and generate into the same dataset.",
    );
  }
  return {
    list: rows.map(({ messages, reference: { gold } }) => ({
      prompt: promptOf(messages),
      ...(gold === null ? {} : { gold }),
    })),
  };
}

function configOf(text: string | undefined, command: Command): Record<string, JsonValue> {
  try {
    return z.record(z.string(), JsonValue).parse(JSON.parse(text ?? "{}"));
  } catch {
    return command.error('error: --config is a JSON object, e.g. {"max_terms": 3}');
  }
}

async function usualDifficulties({ client }: OpenHost, task: string): Promise<number[]> {
  const known = (await client.recipes.tasks()).find(({ name }) => name === task)?.difficulties;
  return known === undefined || known.includes(3) ? [3] : known;
}

function resultOf(job: DatasetJob) {
  const { id, datasetId, sampled, accepted, added, costUsd, unpricedTokens } = job;
  return {
    jobId: id,
    datasetId,
    sampled,
    accepted,
    added,
    costUsd,
    unpricedTokens,
    usdPerAccepted: costUsd === null || accepted === 0 ? null : costUsd / accepted,
  };
}

function resultText(job: DatasetJob): string {
  const { usdPerAccepted } = resultOf(job);
  return [
    `${job.accepted} of ${counted(job.sampled, "sample")} right; ${counted(job.added, "record")} in ${job.datasetId ?? ""}.`,
    ...(job.phase === "sampling" ? [] : [`Ended early: ${job.phase}.`]),
    ...(job.sampled === 0 ? [] : [`${costText(job.costUsd, job.unpricedTokens)} in all.`]),
    ...(usdPerAccepted === null ? [] : [`${usdText(usdPerAccepted)} for each right one.`]),
  ].join(" ");
}
