/** The cells of one row, by column, and which of them the problem has taken. Numbers stay as they were written. */
import { parseForWriting, rawNumberText } from "#main/platform/exact-json.ts";
import { isObject } from "#main/core/tables/source-row.ts";
import type { WrittenNumbers } from "#main/core/tables/source-row.ts";
import { valueAt } from "../../datasets/rows/row-cells.ts";
import { withRaw } from "../../datasets/rows/row-to-record.ts";
import { BadRowError } from "../../datasets/rows/turns.ts";

export class ProblemCells {
  /** Of a table: lists and objects may be JSON in a cell, and an empty cell says nothing. */
  readonly table: boolean;
  readonly #row: Readonly<Record<string, unknown>>;
  readonly #taken = new Set<string>();

  constructor(row: Readonly<Record<string, unknown>>, table: boolean, numbers: WrittenNumbers) {
    this.table = table;
    this.#row =
      Object.keys(numbers).length === 0
        ? row
        : Object.fromEntries(
            Object.entries(row).map(([key, value]) => [key, withRaw(value, `/${key}`, numbers)]),
          );
  }

  /** Undefined where the row says nothing. */
  value(column: string | null): unknown {
    const value = column === null ? undefined : valueAt(this.#row, column);
    if (value === null || (typeof value === "string" && value.trim() === "")) return undefined;
    if (!this.table || typeof value !== "string" || !/^\s*[[{]/u.test(value)) return value;
    try {
      return parseForWriting(value);
    } catch {
      return value;
    }
  }

  /** As the cell has it; a number as it was written. Null: the row says nothing. Throws BadRowError. */
  text(column: string | null): string | null {
    if (column === null) return null;
    const raw = valueAt(this.#row, column);
    if (typeof raw === "string") return raw.trim() === "" ? null : raw;
    if (raw === undefined || raw === null) return null;
    const text = scalarText(raw);
    if (text === null)
      throw new BadRowError(`"${column}" is not text${hintOf(column, this.value(column))}`);
    return text;
  }

  /** A list of texts, or one text as a list of it. Empty where the row says nothing. Throws BadRowError. */
  texts(column: string): string[] {
    const value = this.value(column);
    if (value === undefined) return [];
    return (Array.isArray(value) ? value : [value]).map((item: unknown) => {
      const text = scalarText(item);
      if (text === null) throw new BadRowError(`"${column}" holds what is not text`);
      return text;
    });
  }

  /** The problem's columns have no part of these. */
  take(...columns: readonly (string | null)[]): void {
    for (const column of columns) if (column !== null) this.#taken.add(column);
  }

  /** What nothing took, as it was. */
  rest(): Record<string, unknown> {
    return Object.fromEntries(
      Object.entries(this.#row).flatMap(([name, value]): [string, unknown][] => {
        if (this.#taken.has(name)) return [];
        const inside = [...this.#taken].filter((column) => column.startsWith(`${name}.`));
        if (inside.length === 0 || !isObject(value)) return [[name, value]];
        const left = Object.entries(value).filter(([key]) => !inside.includes(`${name}.${key}`));
        return left.length === 0 ? [] : [[name, Object.fromEntries(left)]];
      }),
    );
  }
}

/** How to name what is inside. */
function hintOf(column: string, value: unknown): string {
  if (Array.isArray(value)) return `: it is a list of ${value.length}`;
  const [first, ...others] = isObject(value) ? Object.keys(value) : [];
  if (first === undefined) return "";
  const names = [first, ...others].slice(0, 5).join(", ");
  return `: it has the fields ${names}, and "${column}.${first}" names one of them`;
}

/** Numbers as they are, rather than as they were written. */
export function plainNumbers(value: unknown): unknown {
  return value === undefined ? undefined : JSON.parse(JSON.stringify(value));
}

/** Text, a number as it was written, true or false; null for anything else. */
export function scalarText(value: unknown): string | null {
  if (typeof value === "string") return value;
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  return rawNumberText(value) ?? null;
}
