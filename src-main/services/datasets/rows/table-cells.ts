/** Cells of tables: what has no column goes into the last as JSON, and in CSV nothing is a spreadsheet's formula. */
import type { TableColumn } from "./export-plan.ts";
import type { Row } from "./record-to-row.ts";
import { EXTRA_COLUMNS, REST_COLUMN } from "./row-cells.ts";

const FORMULA = /^'*[=+\-@\t\r]/;
const NUMBER = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/;

/** A cell that no spreadsheet computes (OWASP's "CSV injection"); plain numbers are left alone. */
export function neutralised(cell: string): string {
  return FORMULA.test(cell) && !NUMBER.test(cell) ? `'${cell}` : cell;
}

/** The cell as it was before `neutralised`. */
export function asWritten(cell: string): string {
  return cell.startsWith("'") && FORMULA.test(cell.slice(1)) ? cell.slice(1) : cell;
}

/** Whether Gradus wrote this table: others' apostrophes are their texts' own. */
export function isOwnTable(header: readonly string[]): boolean {
  return header.at(-1) === REST_COLUMN && EXTRA_COLUMNS.every((name) => header.includes(name));
}

/** The cells of a CSV row. */
export function csvCells(row: Row, columns: readonly TableColumn[]): string[] {
  return [
    ...columns.map(({ name, type }) => cellOf(row[name], type.kind === "json")),
    restCell(row, columns) ?? "",
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
