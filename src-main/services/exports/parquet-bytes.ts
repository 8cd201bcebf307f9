/** Rows of an export as Parquet, the form that TRL's and verl's data loaders read: texts, whole numbers, conversations and structs of them. */
import { parquetWriteBuffer } from "hyparquet-writer";
import type { SchemaElement } from "hyparquet";

/** A conversation is a list of {role, content}. */
export type ExportColumn = "text" | "integer" | "turns" | { readonly fields: ExportColumns };
export type ExportColumns = { readonly [name: string]: ExportColumn };

const TEXT = { type: "BYTE_ARRAY", converted_type: "UTF8" } as const;

/** @param columns of every row; what a row lacks is null */
export function parquetBytes(columns: ExportColumns, rows: readonly object[]): Uint8Array {
  const named = Object.entries(columns);
  const cells = rows.map((row) => new Map(Object.entries(row)));
  const bytes = parquetWriteBuffer({
    schema: [
      { name: "root", num_children: named.length },
      ...named.flatMap(([name, column]) => schemaOf(name, column)),
    ],
    columnData: named.map(([name, column]) => ({
      name,
      data: cells.map((row) => valueOf(row.get(name), column)),
    })),
  });
  return new Uint8Array(bytes);
}

function schemaOf(name: string, column: ExportColumn): SchemaElement[] {
  if (column === "text") return [{ name, ...TEXT, repetition_type: "OPTIONAL" }];
  if (column === "integer") return [{ name, type: "INT64", repetition_type: "OPTIONAL" }];
  if (column === "turns")
    return [
      { name, repetition_type: "OPTIONAL", converted_type: "LIST", num_children: 1 },
      { name: "list", repetition_type: "REPEATED", num_children: 1 },
      ...schemaOf("element", { fields: { role: "text", content: "text" } }),
    ];
  const fields = Object.entries(column.fields);
  return [
    { name, repetition_type: "OPTIONAL", num_children: fields.length },
    ...fields.flatMap(([field, inner]) => schemaOf(field, inner)),
  ];
}

function valueOf(value: unknown, column: ExportColumn): unknown {
  if (value === undefined || value === null) return null;
  if (column === "integer") return typeof value === "number" ? BigInt(value) : null;
  if (typeof column === "string") return value;
  const known = new Map(Object.entries(value));
  return Object.fromEntries(
    Object.entries(column.fields).map(([field, inner]) => [
      field,
      valueOf(known.get(field), inner),
    ]),
  );
}
