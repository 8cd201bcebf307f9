/** A file of rows by its format, read in this process: read-rows-process.ts is the one that may. */
import { assertNever } from "#shared/errors.ts";
import { readJson } from "./read-json.ts";
import { readJsonl } from "./read-jsonl.ts";
import { requireRows } from "./require-rows.ts";
import type { RowReading, SourceRow } from "./source-row.ts";
import type { DatasetFormat } from "#shared/schema/dataset-format.ts";

export function openRows(path: string, format: DatasetFormat): RowReading {
  requireRows(path, format);
  switch (format) {
    case "jsonl":
      return readJsonl(path);
    case "json":
      return readJson(path);
    case "csv":
      return later(async () => (await import("./read-csv.ts")).readCsv(path));
    case "parquet":
      return later(async () => (await import("./read-parquet.ts")).readParquet(path));
    default:
      return assertNever(format);
  }
}

/** Its reader brings a package that takes longer to load than a small file to read: loaded where it is needed. */
function later(open: () => Promise<RowReading>): RowReading {
  let reading: RowReading | undefined;
  async function* rows(): AsyncGenerator<SourceRow> {
    reading = await open();
    yield* reading.rows;
  }
  return { rows: rows(), position: () => reading?.position() ?? 0 };
}
