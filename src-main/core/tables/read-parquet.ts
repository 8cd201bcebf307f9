/**
 * Parquet, a row group at a time. What the footer says is checked against the file before anything
 * is believed: sizes and places inside the file, counts that agree, no group that would not fit.
 */
import { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects } from "hyparquet";
import type { AsyncBuffer, FileMetaData } from "hyparquet";
import { compressors } from "hyparquet-compressors";
import { AppError } from "#shared/errors.ts";
import { PARSERS, plainValue, schemaWithExactDecimals } from "./parquet-values.ts";
import { rowOfValue, unreadable } from "./source-row.ts";
import type { RowReading, SourceRow } from "./source-row.ts";

const MAGIC = "PAR1";
const MAX_FOOTER_BYTES = 64 * 1024 * 1024;
/** One column of one row group, unpacked. */
const MAX_COLUMN_BYTES = 1024 * 1024 * 1024;
const ROWS_AT_ONCE = 1000;

export function readParquet(path: string): RowReading {
  let share = 0;
  let size = 0;
  async function* rows(): AsyncGenerator<SourceRow> {
    const file = await asyncBufferFromFile(path);
    size = file.byteLength;
    await checkEnds(path, file);
    const metadata = await decoded(path, async () => {
      const found = await parquetMetadataAsync(file);
      checkMetadata(path, file, found);
      return found;
    });
    const schema = schemaWithExactDecimals(metadata);
    const total = Number(metadata.num_rows);
    for (let start = 0; start < total;) {
      const end = Math.min(total, start + ROWS_AT_ONCE);
      const part = await decoded(path, () =>
        parquetReadObjects({
          file,
          metadata,
          compressors,
          parsers: PARSERS,
          rowStart: start,
          rowEnd: end,
        }),
      );
      if (part.length !== end - start) throw liar(path, "it holds fewer rows than it says");
      for (const [i, value] of part.entries())
        yield rowOfValue(start + i + 1, plainValue(value, schema));
      start = end;
      share = end / total;
    }
  }
  return { rows: rows(), position: () => share * size };
}

async function decoded<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    // A footer of nonsense has values of any type where numbers should be.
    throw error instanceof AppError ? error : unreadable(path, error);
  }
}

/** Magic at both ends, and a footer that lies within the file. */
async function checkEnds(path: string, file: AsyncBuffer): Promise<void> {
  const { byteLength } = file;
  if (byteLength < 12) throw liar(path, "it is too short");
  const tail = Buffer.from(await file.slice(byteLength - 8, byteLength));
  const head = Buffer.from(await file.slice(0, 4));
  if (head.toString("latin1") !== MAGIC || tail.toString("latin1", 4) !== MAGIC) {
    throw liar(path, "it does not begin and end as one does");
  }
  const footer = tail.readUInt32LE(0);
  if (footer > byteLength - 12) throw liar(path, "its footer is said to be longer than the file");
  if (footer > MAX_FOOTER_BYTES) throw liar(path, "its footer is longer than 64 MiB");
}

function checkMetadata(path: string, file: AsyncBuffer, metadata: FileMetaData): void {
  let rows = 0n;
  for (const group of metadata.row_groups) {
    if (group.num_rows < 0n) throw liar(path, "a row group has a negative number of rows");
    rows += group.num_rows;
    for (const { meta_data: column } of group.columns) {
      if (column === undefined) throw liar(path, "a column is described nowhere");
      const start = Number(column.dictionary_page_offset ?? column.data_page_offset);
      const length = Number(column.total_compressed_size);
      if (start < 0 || length < 0 || start + length > file.byteLength) {
        throw liar(path, "a column is said to lie outside the file");
      }
      if (Number(column.total_uncompressed_size) > MAX_COLUMN_BYTES) {
        throw liar(path, "a row group's column is larger than 1 GiB; write smaller row groups");
      }
    }
  }
  if (rows !== metadata.num_rows) throw liar(path, "its numbers of rows do not agree");
}

function liar(path: string, what: string): AppError {
  return new AppError(
    "BAD_INPUT",
    `${path} is not a Parquet file that can be read: ${what}.`,
    "Write the file again, or export it as JSONL.",
  );
}
