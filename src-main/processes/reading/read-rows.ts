/** Opens a file of rows by its format. */
import { existsSync, statSync } from "node:fs";
import { AppError } from "#shared/errors.ts";
import { readForeign } from "./reading-child.ts";
import { readingLimits } from "./reading-limits.ts";
import { RowsPart } from "#main/core/tables/rows-part.ts";
import type { RowsRequest } from "#main/core/tables/rows-part.ts";
import type { RowReading, SourceRow } from "#main/core/tables/source-row.ts";
import type { DatasetFormat } from "#shared/schema/dataset-format.ts";

/** Throws NOT_FOUND or BAD_INPUT where no file is there. */
export function fileBytes(path: string): number {
  if (!existsSync(path)) {
    throw new AppError("NOT_FOUND", `There is no file ${path}.`, "Check the path.");
  }
  const facts = statSync(path);
  if (facts.isFile()) return facts.size;
  throw new AppError("BAD_INPUT", `${path} is not a file.`, "Name one file of rows.");
}

/** By the name's ending. Throws BAD_INPUT where it says nothing. */
export function formatOf(path: string): DatasetFormat {
  const ending = /\.([a-z0-9]+)$/i.exec(path)?.[1]?.toLowerCase();
  switch (ending) {
    case "jsonl":
    case "ndjson":
      return "jsonl";
    case "json":
      return "json";
    case "csv":
    case "tsv":
      return "csv";
    case "parquet":
      return "parquet";
    case "gz":
    case "zst":
    case "xz":
    case "bz2":
    case "zip":
      throw new AppError(
        "BAD_INPUT",
        `${path} is packed.`,
        "Unpack it, and name the file that comes out.",
      );
    default:
      throw new AppError(
        "BAD_INPUT",
        `The name of ${path} does not say its format.`,
        "Say it: jsonl, json, csv or parquet.",
      );
  }
}

/** Rows as they stand in the file, read by a process of its own. Throws BAD_INPUT where the file cannot be read. */
export function readRows(
  path: string,
  format: DatasetFormat,
  options: { readonly signal?: AbortSignal } = {},
): RowReading {
  let position = 0;
  async function* rows(): AsyncGenerator<SourceRow> {
    const request: RowsRequest = { path, format };
    const parts = readForeign({
      entry: new URL("./read-rows-process.ts", import.meta.url),
      request,
      subject: path,
      limits: readingLimits(fileBytes(path)),
      signal: options.signal,
    });
    for await (const item of parts) {
      const part = RowsPart.parse(item);
      position = part.position;
      yield* part.rows;
    }
  }
  return { rows: rows(), position: () => position };
}
