/**
 * CSV with a header row; comma, semicolon or tab, whichever the header holds most of. Bytes are
 * taken apart first and read as UTF-8 field by field, so that one bad field is one bad row.
 */
import { createReadStream, openSync, readSync, closeSync } from "node:fs";
import { Transform } from "node:stream";
import { parse } from "csv-parse";
import { z } from "zod";
import { AppError } from "#shared/errors.ts";
import { MAX_ROW_BYTES, utf8Of } from "./source-row.ts";
import type { RowReading, SourceRow } from "./source-row.ts";
import { notUtf8 } from "#shared/text-encoding.ts";
import { asWritten, isOwnTable } from "./own-cells.ts";

const DELIMITERS = [",", ";", "\t"];
const BOM = Buffer.from([0xef, 0xbb, 0xbf]);
const Parsed = z.object({
  record: z.array(z.string()),
  info: z.object({ lines: z.number() }),
});

export function readCsv(path: string): RowReading {
  let bytes = 0;
  async function* rows(): AsyncGenerator<SourceRow> {
    const bad: SourceRow[] = [];
    const parser = parse({
      encoding: "latin1",
      delimiter: delimiterOf(path),
      relax_column_count: true,
      skip_empty_lines: true,
      skip_records_with_error: true,
      max_record_size: MAX_ROW_BYTES,
      info: true,
      on_skip: (error) => {
        bad.push({ line: Number(error?.["lines"] ?? 0), bad: error?.message ?? "cannot be read" });
        return undefined;
      },
    });
    const counted = new Transform({
      transform(chunk: Buffer, _encoding, done) {
        const first = bytes === 0 && chunk.subarray(0, 3).equals(BOM);
        bytes += chunk.length;
        done(null, first ? chunk.subarray(3) : chunk);
      },
    });
    const source = createReadStream(path, { highWaterMark: 1 << 18 });
    source.on("error", (error) => parser.destroy(error));
    source.pipe(counted).pipe(parser);
    let header: Header | undefined;
    let next = 1;
    try {
      for await (const part of parser) {
        yield* bad.splice(0);
        const { record, info } = Parsed.parse(part);
        const line = next;
        next = info.lines + 1;
        const fields = record.map((field) => utf8Of(Buffer.from(field, "latin1")));
        if (header === undefined) {
          header = headerOf(path, record, fields);
          continue;
        }
        yield rowOf(line, header, record, fields);
      }
      yield* bad.splice(0);
    } finally {
      source.destroy();
    }
    if (header === undefined) {
      throw new AppError(
        "BAD_INPUT",
        `${path} is empty.`,
        "A CSV file begins with its column names.",
      );
    }
  }
  return { rows: rows(), position: () => bytes };
}

interface Header {
  /** Null: an index without a name, which pandas' to_csv writes first; nothing is lost with it. */
  readonly names: readonly (string | null)[];
  /** Written by Gradus, so that apostrophes before formulas are its own. */
  readonly own: boolean;
}

function headerOf(
  path: string,
  latin1: readonly string[],
  fields: readonly (string | undefined)[],
): Header {
  const broken = fields.indexOf(undefined);
  if (broken !== -1) {
    throw new AppError(
      "BAD_INPUT",
      `The first row of ${path} ${notUtf8(Buffer.from(latin1[broken] ?? "", "latin1"))}`,
      "Save the file as UTF-8.",
    );
  }
  const cells = fields.map((field) => (field ?? "").trim());
  const own = isOwnTable(cells);
  const named = own ? cells.map(asWritten) : cells;
  const names = named.map((name, i) => (i === 0 && name === "" && named.length > 1 ? null : name));
  if (names.includes("") || new Set(names).size !== names.length) {
    throw new AppError(
      "BAD_INPUT",
      `The first row of ${path} does not name the columns: each needs a name of its own.`,
      "Add a header row, e.g. prompt,completion.",
    );
  }
  return { names, own };
}

function rowOf(
  line: number,
  { names, own }: Header,
  latin1: readonly string[],
  fields: readonly (string | undefined)[],
): SourceRow {
  if (fields.length !== names.length) {
    return { line, bad: `has ${fields.length} fields where the header has ${names.length}` };
  }
  const broken = fields.indexOf(undefined);
  if (broken !== -1) {
    const why = notUtf8(Buffer.from(latin1[broken] ?? "", "latin1"));
    return { line, bad: `${why} (in ${names[broken] ?? "its index"})` };
  }
  const cells = names.flatMap((name, i): [string, string][] => {
    const field = fields[i] ?? "";
    return name === null ? [] : [[name, own ? asWritten(field) : field]];
  });
  return { line, value: Object.fromEntries(cells) };
}

function delimiterOf(path: string): string {
  const fd = openSync(path, "r");
  try {
    const head = Buffer.alloc(1 << 16);
    const text = head.toString("latin1", 0, readSync(fd, head)).split(/\r?\n/, 1)[0] ?? "";
    const counts = DELIMITERS.map((delimiter) => text.split(delimiter).length);
    return DELIMITERS[counts.indexOf(Math.max(...counts))] ?? ",";
  } finally {
    closeSync(fd);
  }
}
