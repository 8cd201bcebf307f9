/** Writes rows as JSONL, JSON, CSV or Parquet, a few at a time. */
import { closeSync, fsyncSync, openSync, writeSync } from "node:fs";
import { stringify } from "csv-stringify/sync";
import { assertNever } from "#shared/errors.ts";
import type { TableColumn } from "./export-plan.ts";
import { parquetWriter } from "./parquet-table.ts";
import type { Row } from "./record-to-row.ts";
import { csvCells } from "./table-cells.ts";
import { neutralised, REST_COLUMN } from "#main/core/tables/own-cells.ts";
import type { RowWriter } from "./row-writer.ts";
import type { DatasetFormat } from "#shared/schema/dataset-format.ts";

/** @param withRest a table's last column holds, as JSON, what has no column of its own */
export function openRowWriter(
  path: string,
  format: DatasetFormat,
  columns: readonly TableColumn[],
  withRest = true,
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
      const names = [...columns.map(({ name }) => name), ...(withRest ? [REST_COLUMN] : [])].map(
        neutralised,
      );
      const table = (rows: readonly Row[]): string =>
        stringify(
          rows.map((row) => csvCells(row, columns, withRest)),
          { record_delimiter: "unix" },
        );
      return textWriter(path, stringify([names]), table, "");
    }
    case "parquet":
      return parquetWriter(path, columns, withRest);
    default:
      return assertNever(format);
  }
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
