/** `data import`: records out of a file, or out of what a sampling run kept. */
import { existsSync } from "node:fs";
import { basename, resolve } from "node:path";
import { Option } from "commander";
import type { Command } from "commander";
import { z } from "zod";
import type { DatasetFile } from "#shared/contract/datasets.ts";
import { AppError } from "#shared/errors.ts";
import { DatasetShape, ImportMapping, RecordStatus } from "#shared/schema/dataset.ts";
import { contextOf, withCommonOptions, withHost } from "../command-context.ts";
import { followJob } from "../dataset-job.ts";
import type { Client } from "../open-host.ts";
import { DatasetFormat } from "#shared/schema/dataset-format.ts";

export function addDataImport(data: Command): void {
  withCommonOptions(data.command("import"))
    .description("records out of a JSONL, JSON, CSV or Parquet file")
    .argument(
      "<file>",
      "OpenAI messages, ShareGPT, Alpaca or prompt and completion; or a sampling run's id",
    )
    .option(
      "--into <dataset>",
      "a dataset that is there, or the name of a new one (default: the file's name)",
    )
    .addOption(
      new Option("--format <name>", "where the name does not say it").choices(
        DatasetFormat.options,
      ),
    )
    .option(
      "--map <part=column...>",
      "e.g. shape=alpaca prompt=question completion=response reasoning=cot gold=answer",
    )
    .addOption(
      new Option("--status <name>", "of the new records")
        .choices(RecordStatus.options)
        .default("pending"),
    )
    .option("--skip-bad", "import the good rows where some cannot come in")
    .action(async (file: string, _options: unknown, command: Command) => {
      const context = contextOf(command);
      const options = z
        .object({
          into: z.string().optional(),
          format: DatasetFormat.optional(),
          map: z.array(z.string()).default([]),
          status: RecordStatus,
          skipBad: z.boolean().default(false),
        })
        .parse(command.opts());
      await withHost(context, async ({ client }) => {
        const source = await sourceOf(client, file);
        const into = options.into ?? basename(file).replace(/\.[^.]+$/, "");
        const known = (await client.datasets.list()).find(
          ({ id, name }) => id === into || name === into,
        );
        const mapping = await mappingOption(client, source, options.format, options.map);
        const { beside } = await client.datasets.imports.inspect({
          file: source,
          format: options.format,
          mapping,
          rows: 1,
        });
        if (beside.length > 0) {
          context.terminal.note(`Kept with the records and not trained on: ${beside.join(", ")}.`);
        }
        const job = await client.datasets.imports.start({
          file: source,
          format: options.format,
          mapping,
          into: known === undefined ? { name: into } : { datasetId: known.id },
          skipBad: options.skipBad,
          status: options.status,
        });
        const { added, bad, datasetId } = await followJob(client, job, context.terminal);
        const skipped = bad === 0 ? "" : `, ${bad} bad rows left out`;
        context.terminal.result(
          { datasetId, name: known?.name ?? into, added, bad, beside },
          `${added.toLocaleString("en-US")} records in ${known?.name ?? into} (${datasetId ?? ""})${skipped}.`,
        );
      });
    });
}

/** A file; where there is none of that name, what the run of that id kept. */
async function sourceOf(client: Client, text: string): Promise<DatasetFile> {
  const path = resolve(text);
  if (existsSync(path)) return { path };
  const { runs } = await client.runs.list({ text });
  const run = runs.find(({ id }) => id === text);
  return run === undefined ? { path } : { runId: run.id };
}

const PARTS = ImportMapping.omit({ shape: true }).keyof().options;

/** What was detected, with the parts that were named instead. Throws BAD_INPUT. */
async function mappingOption(
  client: Client,
  file: DatasetFile,
  format: z.infer<typeof DatasetFormat> | undefined,
  pairs: readonly string[],
): Promise<ImportMapping | undefined> {
  if (pairs.length === 0) return undefined;
  const named = Object.fromEntries(
    pairs.map((pair) => {
      const at = pair.indexOf("=");
      return [pair.slice(0, Math.max(0, at)), pair.slice(at + 1)];
    }),
  );
  const found = await client.datasets.imports.inspect({ file, format, rows: 1 });
  const nothing = Object.fromEntries(PARTS.map((part) => [part, null]));
  const keeps = named["shape"] === undefined || named["shape"] === found.mapping.shape;
  const parsed = ImportMapping.safeParse({
    ...(keeps ? found.mapping : nothing),
    ...Object.fromEntries(
      Object.entries(named).map(([part, column]) => [part, column === "" ? null : column]),
    ),
  });
  if (!parsed.success) {
    throw new AppError(
      "BAD_INPUT",
      `--map ${pairs.join(" ")}: ${z.prettifyError(parsed.error)}`,
      `Parts are shape, ${PARTS.join(", ")}; shapes are ${DatasetShape.options.join(", ")}.`,
    );
  }
  const { shape: _shape, ...parts } = parsed.data;
  for (const column of Object.values(parts)) {
    if (column === null || found.columns.includes(column.split(".", 1)[0] ?? "")) continue;
    if (found.columns.includes(column)) continue;
    throw new AppError(
      "BAD_INPUT",
      `The first rows have no column "${column}".`,
      `Their columns are ${found.columns.join(", ")}.`,
    );
  }
  return parsed.data;
}
