/** What a file will hold, known before its first row is written: its shape, its columns, and what its shape cannot hold. */
import { setImmediate } from "node:timers/promises";
import type { DatasetShape, ReasoningForm } from "#shared/schema/dataset.ts";
import type { RecordText } from "#main/store/repositories/record-repository.ts";
import { columnsOfShape, isTextual, recordToRow } from "./record-to-row.ts";
import type { Row, RowShape } from "./record-to-row.ts";
import { isObject } from "#main/core/tables/source-row.ts";
import { KindTally } from "#main/core/tables/value-kinds.ts";
import type { ValueKind } from "#main/core/tables/value-kinds.ts";
import { EXTRA_COLUMNS, REST_COLUMN } from "#main/core/tables/own-cells.ts";
import type { DatasetFormat } from "#shared/schema/dataset-format.ts";

/** turns: a list of objects with these fields; pairs: a list of lists of texts; json: anything, as text. */
export type ColumnType =
  | { readonly kind: ValueKind | "json" | "pairs" }
  | {
      readonly kind: "turns";
      readonly fields: readonly (readonly [string, ValueKind | "mixed"])[];
    };

export interface TableColumn {
  readonly name: string;
  readonly type: ColumnType;
}

export interface ExportPlan {
  readonly shape: RowShape;
  /** Of a table; what has no column of its own goes into its last, as JSON. */
  readonly columns: readonly TableColumn[];
  readonly records: number;
  readonly leftOut: { reason: string; records: number }[];
}

/** Records between which the host answers others. */
const PAUSE_AFTER = 100;
/** Metadata beyond so many names are no columns. */
const MOST_COLUMNS = 200;

/** Looks through all of the records once. */
export async function planExport(
  texts: Iterable<RecordText>,
  options: {
    readonly format: DatasetFormat;
    readonly shape: DatasetShape;
    readonly reasoning: ReasoningForm;
  },
): Promise<ExportPlan> {
  const { format, shape: name, reasoning } = options;
  const leftOut = new Map<string, number>();
  const beside = new KindTally();
  const turnFields = new KindTally();
  let records = 0;
  let textual = true;
  turnFields.add({
    [name === "sharegpt" ? "from" : "role"]: "",
    [name === "sharegpt" ? "value" : "content"]: "",
  });
  let seen = 0;
  for (const text of texts) {
    if (++seen % PAUSE_AFTER === 0) await setImmediate();
    textual &&= isTextual(text.messages);
    const row = recordToRow(text, { shape: name, reasoning, textual });
    if (isRefused(row)) {
      leftOut.set(row.cannot, (leftOut.get(row.cannot) ?? 0) + 1);
      continue;
    }
    records++;
    const own = new Set<string>([
      ...columnsOfShape({ shape: name, reasoning, textual }),
      ...EXTRA_COLUMNS,
    ]);
    beside.add(Object.fromEntries(Object.entries(row).filter(([key]) => !own.has(key))));
    // A file that turns out to hold lists holds them for every record.
    const lists = textual ? recordToRow(text, { shape: name, reasoning, textual: false }) : row;
    if (!isRefused(lists)) for (const turn of turnsOf(lists)) turnFields.add(turn);
  }
  const shape: RowShape = { shape: name, reasoning, textual };
  const own = [...columnsOfShape(shape), ...EXTRA_COLUMNS];
  const extra = beside
    .columns(records, format === "parquet")
    .filter(([key, kind]) => key !== REST_COLUMN && (format === "parquet" || kind === "text"))
    .slice(0, MOST_COLUMNS);
  return {
    shape,
    columns: [
      ...own.map((column) => ({ name: column, type: typeOf(column, shape, turnFields) })),
      ...extra.map(([column, kind]) => ({ name: column, type: { kind } })),
    ],
    records,
    leftOut: [...leftOut].map(([reason, count]) => ({ reason, records: count })),
  };
}

export function isRefused(
  row: Row | { readonly cannot: string },
): row is { readonly cannot: string } {
  return typeof row["cannot"] === "string" && Object.keys(row).length === 1;
}

function typeOf(column: string, { textual }: RowShape, fields: KindTally): ColumnType {
  switch (column) {
    case "messages":
    case "conversations":
      return { kind: "turns", fields: fields.kinds() };
    case "prompt":
    case "completion":
      return textual ? { kind: "text" } : { kind: "turns", fields: fields.kinds() };
    case "history":
      return { kind: "pairs" };
    case "difficulty":
      return { kind: "integer" };
    case "problem_data":
      return { kind: "json" };
    default:
      return { kind: "text" };
  }
}

function turnsOf(row: Row): Record<string, unknown>[] {
  return ["messages", "conversations", "prompt", "completion"].flatMap((column) => {
    const turns = row[column];
    return Array.isArray(turns) ? turns.filter(isObject) : [];
  });
}
