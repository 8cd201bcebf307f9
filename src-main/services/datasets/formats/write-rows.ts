/**
 * Writes rows as JSONL, JSON, CSV or Parquet, a few at a time. In CSV a cell that a spreadsheet
 * would take for a formula gets a ' before it (OWASP's "CSV injection"); the other formats are left
 * as they are.
 */
import { closeSync, fsyncSync, openSync, writeSync } from "node:fs";
import { stringify } from "csv-stringify/sync";
import { fileWriter, ParquetWriter } from "hyparquet-writer";
import { assertNever } from "#shared/errors.ts";
import type { DatasetFormat } from "#shared/schema/dataset.ts";
import type { Row } from "./record-to-row.ts";

export interface RowWriter {
  write(rows: readonly Row[]): Promise<void>;
  /** All of it is on the disk when this resolves. */
  finish(): Promise<void>;
  /** Gives the file back after a failure. */
  abandon(): void;
}

const FORMULA = /^[=+\-@\t\r]/;

export function openRowWriter(
  path: string,
  format: DatasetFormat,
  columns: readonly string[],
): RowWriter {
  switch (format) {
    case "jsonl":
      return textWriter(
        path,
        "",
        (rows) => rows.map((row) => `${JSON.stringify(row)}\n`).join(""),
        "",
      );
    case "json": {
      let first = true;
      return textWriter(
        path,
        "[",
        (rows) =>
          rows
            .map((row) => {
              const comma = first ? "\n" : ",\n";
              first = false;
              return `${comma}${JSON.stringify(row)}`;
            })
            .join(""),
        "\n]\n",
      );
    }
    case "csv": {
      const names = [...columns, "metadata"];
      const table = (rows: readonly Row[]): string =>
        stringify(
          rows.map((row) => tableRow(row, columns).map((cell) => neutralised(cell ?? ""))),
          { record_delimiter: "unix" },
        );
      return textWriter(path, stringify([names]), table, "");
    }
    case "parquet":
      return parquetWriter(path, columns);
    default:
      return assertNever(format);
  }
}

/** A cell no spreadsheet computes. */
export function neutralised(cell: string): string {
  return FORMULA.test(cell) ? `'${cell}` : cell;
}

/** Cells by column, lists and objects as JSON; what has no column of its own goes into the last. */
function tableRow(row: Row, columns: readonly string[]): (string | null)[] {
  const rest = Object.fromEntries(Object.entries(row).filter(([name]) => !columns.includes(name)));
  return [
    ...columns.map((name) => cellOf(row[name])),
    Object.keys(rest).length === 0 ? null : JSON.stringify(rest),
  ];
}

function cellOf(value: unknown): string | null {
  if (value === undefined || value === null) return null;
  return typeof value === "string" ? value : JSON.stringify(value);
}

function textWriter(
  path: string,
  head: string,
  body: (rows: readonly Row[]) => string,
  tail: string,
): RowWriter {
  const fd = openSync(path, "wx");
  const put = (text: string): void => {
    const bytes = Buffer.from(text);
    let done = 0;
    while (done < bytes.length) done += writeSync(fd, bytes, done);
  };
  put(head);
  return {
    write: (rows) => {
      put(body(rows));
      return Promise.resolve();
    },
    finish: () => {
      put(tail);
      fsyncSync(fd);
      closeSync(fd);
      return Promise.resolve();
    },
    abandon: () => {
      closeSync(fd);
    },
  };
}

function parquetWriter(path: string, columns: readonly string[]): RowWriter {
  const names = [...columns, "metadata"];
  const file = fileWriter(path);
  const writer = new ParquetWriter({
    writer: file,
    schema: [
      { name: "root", num_children: names.length },
      ...names.map((name) => ({
        name,
        type: "BYTE_ARRAY" as const,
        converted_type: "UTF8" as const,
        repetition_type: "OPTIONAL" as const,
      })),
    ],
  });
  let pending: (string | null)[][] = [];
  const flush = async (): Promise<void> => {
    if (pending.length === 0) return;
    const rows = pending;
    pending = [];
    await writer.write({
      columnData: names.map((name, i) => ({ name, data: rows.map((row) => row[i] ?? null) })),
      rowGroupSize: rows.length,
    });
  };
  return {
    write: async (rows) => {
      pending.push(...rows.map((row) => tableRow(row, columns)));
      if (pending.length >= 5000) await flush();
    },
    finish: async () => {
      await flush();
      await writer.finish();
      const fd = openSync(path, "r+");
      fsyncSync(fd);
      closeSync(fd);
    },
    abandon: () => {
      pending = [];
    },
  };
}
