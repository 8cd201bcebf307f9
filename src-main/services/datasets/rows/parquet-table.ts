/** Rows as Parquet: conversations are lists of structs, as pyarrow and TRL read them; each column has one type. */
import { closeSync, fsyncSync, openSync } from "node:fs";
import { fileWriter, ParquetWriter } from "hyparquet-writer";
import type { SchemaElement } from "hyparquet";
import { rawNumberText } from "#main/platform/exact-json.ts";
import type { ColumnType, TableColumn } from "./export-plan.ts";
import type { Row } from "./record-to-row.ts";
import { isObject } from "#main/core/tables/source-row.ts";
import { restCell } from "./table-cells.ts";
import type { ValueKind } from "#main/core/tables/value-kinds.ts";
import { REST_COLUMN } from "#main/core/tables/own-cells.ts";
import type { RowWriter } from "./row-writer.ts";

const ROWS_IN_GROUP = 5000;

export function parquetWriter(
  path: string,
  columns: readonly TableColumn[],
  withRest: boolean,
): RowWriter {
  const rest: TableColumn = { name: REST_COLUMN, type: { kind: "json" } };
  const all: readonly TableColumn[] = withRest ? [...columns, rest] : columns;
  const writer = new ParquetWriter({
    writer: fileWriter(path),
    schema: [
      { name: "root", num_children: all.length },
      ...all.flatMap(({ name, type }) => schemaOf(name, type)),
    ],
  });
  let pending: Row[] = [];
  const flush = async (): Promise<void> => {
    if (pending.length === 0) return;
    const rows = pending;
    pending = [];
    await writer.write({
      columnData: all.map(({ name, type }) => ({
        name,
        data: rows.map((row) =>
          name === REST_COLUMN ? restCell(row, columns) : valueOf(row[name], type),
        ),
      })),
      rowGroupSize: rows.length,
    });
  };
  return {
    write: async (rows) => {
      pending.push(...rows);
      if (pending.length >= ROWS_IN_GROUP) await flush();
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

const TYPES: { readonly [Kind in ValueKind]: Pick<SchemaElement, "type" | "converted_type"> } = {
  text: { type: "BYTE_ARRAY", converted_type: "UTF8" },
  boolean: { type: "BOOLEAN" },
  integer: { type: "INT64" },
  number: { type: "DOUBLE" },
};

function schemaOf(name: string, type: ColumnType): SchemaElement[] {
  switch (type.kind) {
    case "turns":
      return listOf(name, [
        { name: "element", repetition_type: "OPTIONAL", num_children: type.fields.length },
        ...type.fields.map(([field, kind]) => leaf(field, kind === "mixed" ? "text" : kind)),
      ]);
    case "pairs":
      return listOf(name, listOf("element", [leaf("element", "text")]));
    default:
      return [leaf(name, type.kind === "json" ? "text" : type.kind)];
  }
}

/** Parquet's three-level list. */
function listOf(name: string, element: SchemaElement[]): SchemaElement[] {
  return [
    { name, repetition_type: "OPTIONAL", converted_type: "LIST", num_children: 1 },
    { name: "list", repetition_type: "REPEATED", num_children: 1 },
    ...element,
  ];
}

function leaf(name: string, kind: ValueKind): SchemaElement {
  return { name, ...TYPES[kind], repetition_type: "OPTIONAL" };
}

function valueOf(value: unknown, type: ColumnType): unknown {
  if (value === undefined || value === null) return null;
  switch (type.kind) {
    case "turns":
      return Array.isArray(value)
        ? value
            .filter(isObject)
            .map((turn) =>
              Object.fromEntries(
                type.fields.map(([field, kind]) => [field, scalarOf(turn[field], kind)]),
              ),
            )
        : null;
    case "pairs":
      return value;
    case "json":
      return scalarOf(value, "mixed");
    default:
      return scalarOf(value, type.kind);
  }
}

function scalarOf(value: unknown, kind: ValueKind | "mixed"): unknown {
  if (value === undefined || value === null) return null;
  const number = typeof value === "number" ? value : Number(rawNumberText(value));
  switch (kind) {
    case "integer":
      return BigInt(number);
    case "number":
      return number;
    case "mixed":
      return typeof value === "string" ? value : JSON.stringify(value);
    case "text":
    case "boolean":
      return value;
    default:
      return kind satisfies never;
  }
}
