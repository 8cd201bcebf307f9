/** A comparison as a file, in the format that its name says. */
import { writeFileSync } from "node:fs";
import { extname, resolve } from "node:path";
import { AppError } from "#shared/errors.ts";
import type { ReportFormat } from "#shared/contract/compare.ts";
import type { Client } from "./open-host.ts";

const FORMATS: Readonly<Record<string, ReportFormat>> = {
  ".html": "html",
  ".md": "markdown",
  ".csv": "csv",
  ".json": "json",
};

/** Writes a comparison in the format that the file's name says. Throws BAD_INPUT for another ending. */
export async function writeReport(
  client: Client,
  request: { ids: string[]; published?: string[]; baseline?: string },
  out: string,
): Promise<void> {
  const format = FORMATS[extname(out).toLowerCase()];
  if (format === undefined)
    throw new AppError(
      "BAD_INPUT",
      `A report cannot be written as ${extname(out) || "a file without an ending"}.`,
      "Name a file that ends in .html, .md, .csv or .json.",
    );
  const { text } = await client.compare.export({ ...request, format });
  writeFileSync(resolve(out), text);
}
