/** `endpoints`: OpenAI-compatible servers that judge and teach. A key goes in, and is never printed. */
import { text as allOf } from "node:stream/consumers";
import type { Command } from "commander";
import { z } from "zod";
import { AppError } from "#shared/errors.ts";
import { EndpointFields } from "#shared/schema/endpoint.ts";
import type { Endpoint } from "#shared/schema/endpoint.ts";
import { priceText } from "#shared/usd-text.ts";
import {
  contextOf,
  numberBetween,
  wholeNumber,
  withCommonOptions,
  withHost,
} from "../command-context.ts";
import type { Client } from "../open-host.ts";
import { table } from "../printing/terminal.ts";

const AddOptions = z.object({
  url: z.string(),
  model: z.string(),
  keyEnv: z.string().optional(),
  keyStdin: z.boolean(),
  inputPrice: z.number().nullable(),
  outputPrice: z.number().nullable(),
  atOnce: z.int(),
  allowLinkLocal: z.boolean(),
  replace: z.boolean(),
});
type AddOptions = z.infer<typeof AddOptions>;

const MOST_USD = 1_000_000;

export function addEndpointsCommands(program: Command): void {
  const endpoints = program
    .command("endpoints")
    .description("servers that speak OpenAI's API, for judges and teachers");
  addList(endpoints);
  addAdd(endpoints);
  addRemove(endpoints);
}

function addList(endpoints: Command): void {
  withCommonOptions(endpoints.command("list"))
    .description("every endpoint with its model, prices and whether a key is kept")
    .action(async (_options: unknown, command: Command) => {
      const { terminal } = contextOf(command);
      const all = await withHost(contextOf(command), ({ client }) => client.endpoints.list());
      const none = "There is no endpoint yet: gradus endpoints add.";
      terminal.result(all, all.length === 0 ? none : listText(all));
    });
}

function addAdd(endpoints: Command): void {
  withCommonOptions(endpoints.command("add"))
    .description("an endpoint by a name of its own, as recipes call it")
    .argument("<name>", "e.g. grader")
    .requiredOption("--url <url>", "up to the version: http://127.0.0.1:11434/v1")
    .requiredOption("--model <name>", "as the server calls it")
    .option("--key-env <variable>", "the environment variable that holds the key")
    .option("--key-stdin", "the key comes on the standard input", false)
    .option(
      "--input-price <dollars>",
      "for a million tokens in; without both prices no cost is counted",
      numberBetween(0, MOST_USD),
      null,
    )
    .option(
      "--output-price <dollars>",
      "for a million tokens out",
      numberBetween(0, MOST_USD),
      null,
    )
    .option("--at-once <n>", "requests that are open at the same time", wholeNumber(1), 4)
    .option("--allow-link-local", "the address on the own link is meant", false)
    .option("--replace", "another form of the endpoint of this name", false)
    .action(async (name: string, _options: unknown, command: Command) => {
      const { terminal } = contextOf(command);
      const options = AddOptions.parse(command.opts());
      const key = await keyOf(options);
      const fields = fieldsOf(name, options);
      const saved = await withHost(contextOf(command), async ({ client }) => {
        const found = await ofName(client, name);
        if (found !== undefined && !options.replace)
          throw new AppError(
            "CONFLICT",
            `There is an endpoint "${name}" already.`,
            "Choose another name, or say --replace.",
          );
        return client.endpoints.save({
          fields,
          ...(found === undefined ? {} : { endpointId: found.id }),
          ...(key === undefined ? {} : { key }),
        });
      });
      terminal.result(saved, listText([saved]));
    });
}

function addRemove(endpoints: Command): void {
  withCommonOptions(endpoints.command("remove"))
    .description("an endpoint, and its key with it")
    .argument("<name>", "its name, or its id")
    .action(async (name: string, _options: unknown, command: Command) => {
      const { terminal } = contextOf(command);
      const removed = await withHost(contextOf(command), async ({ client }) => {
        const found = await ofName(client, name);
        if (found === undefined)
          throw new AppError(
            "NOT_FOUND",
            `There is no endpoint "${name}".`,
            "gradus endpoints list shows those there are.",
          );
        await client.endpoints.delete({ endpointId: found.id });
        return found;
      });
      terminal.result({ id: removed.id, name: removed.name }, `${removed.name} is removed.`);
    });
}

/** Throws CONFLICT where several have the name. */
async function ofName(client: Client, name: string): Promise<Endpoint | undefined> {
  const all = await client.endpoints.list();
  const [found, ...others] = all.filter((one) => one.id === name || one.name === name);
  if (others.length === 0) return found;
  throw new AppError(
    "CONFLICT",
    `${others.length + 1} endpoints are called "${name}".`,
    "Name one by its id: gradus endpoints list shows them.",
  );
}

/** Throws BAD_INPUT. */
async function keyOf({ keyEnv, keyStdin }: AddOptions): Promise<string | undefined> {
  if (keyEnv !== undefined && keyStdin)
    throw new AppError("BAD_INPUT", "A key has one source.", "Leave --key-env or --key-stdin out.");
  if (keyEnv === undefined && !keyStdin) return undefined;
  const key = (
    keyEnv === undefined ? await allOf(process.stdin) : (process.env[keyEnv] ?? "")
  ).trim();
  if (key !== "") return key;
  throw new AppError(
    "BAD_INPUT",
    keyEnv === undefined
      ? "No key came on the standard input."
      : `The environment variable ${keyEnv} is not set.`,
    "Nothing was saved.",
  );
}

/** Throws BAD_INPUT. */
function fieldsOf(name: string, options: AddOptions): EndpointFields {
  const parsed = EndpointFields.safeParse({
    name,
    baseUrl: options.url,
    model: options.model,
    usdPerMillionInputTokens: options.inputPrice,
    usdPerMillionOutputTokens: options.outputPrice,
    requestsAtOnce: options.atOnce,
    allowLinkLocal: options.allowLinkLocal,
  });
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new AppError(
    "BAD_INPUT",
    `${issue?.path.join(".") ?? ""}: ${issue?.message ?? "cannot be used"}.`,
    "e.g. gradus endpoints add grader --url http://127.0.0.1:11434/v1 --model qwen3:8b",
  );
}

function listText(all: readonly Endpoint[]): string {
  return table(
    ["id", "name", "model", "address", "key", "in / 1M", "out / 1M"],
    all.map((one) => [
      one.id,
      one.name,
      one.model,
      one.baseUrl,
      one.hasKey ? "kept" : "none",
      pricedAt(one.usdPerMillionInputTokens),
      pricedAt(one.usdPerMillionOutputTokens),
    ]),
    [5, 6],
  );
}

function pricedAt(price: number | null): string {
  return price === null ? "no price" : priceText(price);
}
