/** Cells of tables that Gradus writes: what has no column goes into the last as JSON. */
import { neutralised } from "#main/core/tables/own-cells.ts";
import type { TableColumn } from "./export-plan.ts";
import type { Row } from "./record-to-row.ts";

/** The cells of a CSV row. */
export function csvCells(row: Row, columns: readonly TableColumn[], withRest: boolean): string[] {
  return [
    ...columns.map(({ name, type }) => cellOf(row[name], type.kind === "json")),
    ...(withRest ? [restCell(row, columns) ?? ""] : []),
  ].map(neutralised);
}

/** What has no column of its own, as JSON. */
export function restCell(row: Row, columns: readonly TableColumn[]): string | null {
  const names = new Set(columns.map(({ name }) => name));
  const rest = Object.entries(row).filter(([name]) => !names.has(name));
  return rest.length === 0 ? null : JSON.stringify(Object.fromEntries(rest));
}

/** Text as it is, everything else as JSON; text that would be read as JSON where that is meant, too. */
function cellOf(value: unknown, json: boolean): string {
  if (value === undefined || value === null) return "";
  if (typeof value !== "string") return JSON.stringify(value);
  return json && /^\s*[[{"]/.test(value) ? JSON.stringify(value) : value;
}
