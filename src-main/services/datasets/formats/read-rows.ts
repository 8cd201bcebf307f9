/** Opens a file of rows by its format. */
import { existsSync, statSync } from "node:fs";
import { AppError, assertNever } from "#shared/errors.ts";
import type { DatasetFormat } from "#shared/schema/dataset.ts";
import { readCsv } from "./read-csv.ts";
import { readJson } from "./read-json.ts";
import { readJsonl } from "./read-jsonl.ts";
import { readParquet } from "./read-parquet.ts";
import type { RowReading } from "./source-row.ts";

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
    default:
      throw new AppError(
        "BAD_INPUT",
        `The name of ${path} does not say its format.`,
        "Say it: jsonl, json, csv or parquet.",
      );
  }
}

export function readRows(path: string, format: DatasetFormat): RowReading {
  switch (format) {
    case "jsonl":
      return readJsonl(path);
    case "json":
      return readJson(path);
    case "csv":
      return readCsv(path);
    case "parquet":
      return readParquet(path);
    default:
      return assertNever(format);
  }
}
