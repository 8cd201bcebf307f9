/** The cells of one row, by column, and which of them a record has taken. */
import { parseForWriting } from "#main/platform/exact-json.ts";
import { isObject, numberText } from "#main/core/tables/source-row.ts";
import type { WrittenNumbers } from "#main/core/tables/source-row.ts";
import { BadRowError, isTurn, OPENAI_KEYS } from "./turns.ts";
import { EXTRA_COLUMNS, REST_COLUMN } from "#main/core/tables/own-cells.ts";

export class RowCells {
  readonly numbers: WrittenNumbers;
  readonly #row: Readonly<Record<string, unknown>>;
  readonly table: boolean;
  readonly #taken = new Set<string>();

  constructor(row: Readonly<Record<string, unknown>>, table: boolean, numbers: WrittenNumbers) {
    this.#row = row;
    this.table = table;
    this.numbers = numbers;
  }

  /** The metadata has no part of this column. */
  take(column: string): void {
    this.#taken.add(column);
  }

  /** A cell; "reward_model.ground_truth" is a field inside one. */
  value(column: string): unknown {
    return valueAt(this.#row, column);
  }

  /** Where a cell's number stands among the written ones. */
  place(column: string): string {
    return `/${Object.hasOwn(this.#row, column) ? column : column.replaceAll(".", "/")}`;
  }

  /** No answer, as opposed to an empty one. */
  isNothing(column: string): boolean {
    const value = this.value(column);
    const nothing = value === null || (this.table && value === "");
    if (nothing) this.take(column);
    return nothing;
  }

  text(column: string | null): string {
    const [name, value] = this.#named(column);
    if (typeof value === "string") return value;
    if (typeof value === "number") return numberText(value, this.place(name), this.numbers);
    throw new BadRowError(`"${name}" is not text`);
  }

  /** Empty where there is none. */
  optionalText(column: string): string {
    const value = this.value(column);
    if (value === undefined || value === null) {
      this.take(column);
      return "";
    }
    return this.text(column);
  }

  /** A list, or a text that is one in JSON: nothing else is meant where a conversation must stand. */
  list(column: string | null): unknown[] {
    const [name, value] = this.#named(column);
    const list = parsedList(value);
    if (list === null) throw new BadRowError(`"${name}" is not a list of turns`);
    return list;
  }

  /** The turns of a prompt or a completion; null where it is a text. A text that is JSON is a text, but in a table. */
  turns(column: string | null): unknown[] | null {
    const value = column === null ? undefined : this.value(column);
    if (Array.isArray(value)) {
      if (column !== null) this.take(column);
      return value;
    }
    const list = this.table ? parsedList(value) : null;
    const isList =
      list !== null && list.length > 0 && list.every((item) => isTurn(item, OPENAI_KEYS));
    if (isList && column !== null) this.take(column);
    return isList ? list : null;
  }

  /** Alpaca's history. */
  pairs(column: string): [string, string][] {
    const value = this.value(column);
    if (value === undefined || value === null || value === "") return [];
    const list = parsedList(value);
    const pairs = list?.map((pair): [string, string] | null => {
      if (!Array.isArray(pair) || pair.length !== 2) return null;
      const [user, answer]: unknown[] = pair;
      return typeof user === "string" && typeof answer === "string" ? [user, answer] : null;
    });
    if (pairs === undefined || pairs.includes(null)) {
      throw new BadRowError("the history is not a list of pairs of texts");
    }
    this.take(column);
    return pairs.filter((pair) => pair !== null);
  }

  /** A value that a table holds as JSON; undefined where there is none. */
  json(column: string): unknown {
    const value = this.value(column);
    if (value === null || value === "" || value === undefined) return undefined;
    return this.table ? jsonInText(value) : value;
  }

  /** What nothing took, kept as it was. */
  rest(): Record<string, unknown> {
    const rest = Object.entries(this.#row).filter(
      ([name]) => !this.#taken.has(name) && !(this.table && this.#isNoFact(name)),
    );
    const cell = this.#row[REST_COLUMN];
    const own =
      this.table && typeof cell === "string" ? jsonInText(cell, parseForWriting) : undefined;
    if (!isObject(own)) return Object.fromEntries(rest);
    return { ...own, ...Object.fromEntries(rest.filter(([name]) => name !== REST_COLUMN)) };
  }

  /** The columns of Gradus' own tables are there for every row, empty where a record has nothing of the kind. */
  #isNoFact(name: string): boolean {
    const value = this.#row[name];
    return OWN_COLUMNS.has(name) && (value === "" || value === null || value === undefined);
  }

  #named(column: string | null): [string, unknown] {
    if (column === null) throw new BadRowError("the mapping names no column");
    const value = this.value(column);
    if (value === undefined) throw new BadRowError(`has no "${column}"`);
    this.take(column);
    return [column, value];
  }
}

const OWN_COLUMNS: ReadonlySet<string> = new Set([
  ...EXTRA_COLUMNS,
  REST_COLUMN,
  ...["system", "input", "history", "reasoning"],
]);

/** A column's value, or that of a field inside one, named with points. */
export function valueAt(row: Readonly<Record<string, unknown>>, column: string): unknown {
  if (Object.hasOwn(row, column)) return row[column];
  const at = column.indexOf(".");
  if (at === -1) return undefined;
  const inner = row[column.slice(0, at)];
  return isObject(inner) ? valueAt(inner, column.slice(at + 1)) : undefined;
}

function parsedList(value: unknown): unknown[] | null {
  const list = jsonInText(value);
  return Array.isArray(list) ? list : null;
}

/** The list, object or text that a text holds as JSON; the value itself where it holds none. */
export function jsonInText(value: unknown, parse: (text: string) => unknown = JSON.parse): unknown {
  if (typeof value !== "string" || !/^\s*[[{"]/.test(value)) return value;
  try {
    return parse(value);
  } catch {
    return value;
  }
}
