/** A file of rows by its format, read in this process: read-rows-process.ts is the one that may. */
import { assertNever } from "#shared/errors.ts";
import type { DatasetFormat } from "#shared/schema/dataset.ts";
import { readCsv } from "./read-csv.ts";
import { readJson } from "./read-json.ts";
import { readJsonl } from "./read-jsonl.ts";
import { readParquet } from "./read-parquet.ts";
import type { RowReading } from "./source-row.ts";

export function openRows(path: string, format: DatasetFormat): RowReading {
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
