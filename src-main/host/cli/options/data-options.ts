/** What the `data` commands have in common: a dataset by name or id, and a filter. */
import type { Command } from "commander";
import { z } from "zod";
import { AppError } from "#shared/errors.ts";
import type { DatasetSummary } from "#shared/schema/dataset.ts";
import { parseFilter } from "#shared/schema/record-filter-text.ts";
import type { RecordFilter } from "#shared/schema/record-filter.ts";
import type { Client } from "../open-host.ts";

const Filter = z.object({ filter: z.string().default("") });

export function withFilter(command: Command, standard = ""): Command {
  return command.option(
    "--filter <text>",
    "e.g. 'status:accepted words:<300 -tag:wordy \"two trains\"'",
    standard,
  );
}

/** Wrong usage where it is not understood. */
export function filterOption(command: Command): RecordFilter {
  const { filter, problems } = parseFilter(Filter.parse(command.opts()).filter);
  const [first] = problems;
  if (first === undefined) return filter;
  return command.error(`error: --filter: ${first}`);
}

/** By id or name. Throws NOT_FOUND. */
export async function datasetOf(client: Client, text: string): Promise<DatasetSummary> {
  const found = (await client.datasets.list()).find(({ id, name }) => id === text || name === text);
  if (found !== undefined) return found;
  throw new AppError(
    "NOT_FOUND",
    `There is no dataset "${text}".`,
    "`gradus data list` shows them all.",
  );
}
