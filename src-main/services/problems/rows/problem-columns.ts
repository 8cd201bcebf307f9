/** The columns of a file's first rows: which there are, and what their values look like. */
import { isObject } from "#main/core/tables/source-row.ts";
import { columnsOf } from "../../datasets/rows/detect-mapping.ts";
import { finalAnswer, lastLineIsMarked } from "../../datasets/rows/golds.ts";
import { valueAt } from "../../datasets/rows/row-cells.ts";
import { goldRefusal } from "../check-gold.ts";
import { scalarText } from "./problem-cells.ts";
import { sideOf } from "./problem-side.ts";

type Row = Readonly<Record<string, unknown>>;

/** Characters of an answer; more is a text that leads to one. */
const LONGEST_ANSWER = 200;

export class ProblemColumns {
  readonly #rows: readonly Row[];
  readonly #names: readonly string[];

  constructor(rows: readonly Row[]) {
    this.#rows = rows;
    this.#names = columnsOf(rows);
  }

  exactly(name: string): string | null {
    return this.#names.includes(name) ? name : null;
  }

  has(path: string): boolean {
    return this.#rows.some((row) => valueAt(row, path) !== undefined);
  }

  /**
   * The first of these names that there is, whatever its case, or the field inside a column; one where no row says
   * anything comes after the others.
   */
  named(...names: readonly string[]): string | null {
    const found = names.flatMap((name) => this.#column(name) ?? []);
    return found.find((name) => this.#says(name)) ?? found[0] ?? null;
  }

  #column(name: string): string | null {
    if (name.includes(".") && this.has(name)) return name;
    return (
      this.exactly(name) ?? this.#names.find((column) => column.toLowerCase() === name) ?? null
    );
  }

  #says(name: string): boolean {
    return this.#rows.some((row) => !isEmpty(valueAt(row, name)));
  }

  all(...names: readonly string[]): string[] {
    return names.map((name) => this.named(name)).filter((name) => name !== null);
  }

  /** Whether a column holds lists or objects; in a table, their JSON. */
  isList(column: string): boolean {
    return this.#rows.some((row) => {
      const value = row[column];
      return (
        Array.isArray(value) ||
        isObject(value) ||
        /^\s*[[{]/u.test(typeof value === "string" ? value : "")
      );
    });
  }

  /** The columns of the first of these rows of names that has three; empty where none has. */
  choiceColumns(named: readonly (readonly string[])[]): string[] {
    for (const names of named) {
      const single = names[0]?.length === 1;
      const found = names.map((name) => (single ? this.exactly(name) : this.named(name)));
      if (found.slice(0, 3).every((name) => name !== null))
        return found.filter((name) => name !== null);
    }
    return [];
  }

  /** Whether texts of a column end with their answer: after #### alone, or in a box too. */
  endsWithAnswer(column: string, marked: boolean): boolean {
    return this.#rows.some((row) => {
      const text = row[column];
      if (typeof text !== "string") return false;
      return marked ? lastLineIsMarked(text) : finalAnswer(text) !== null;
    });
  }

  /** Whether the column's texts are answers by themselves: short, and most of them mathematics. */
  holdsAnswers(column: string): boolean {
    const texts = this.#rows.flatMap((row) => {
      const text = scalarText(row[column])?.trim() ?? "";
      return text === "" ? [] : [text];
    });
    const verifier = { name: "maths", options: {} } as const;
    const read = texts.filter(
      (gold) => gold.length <= LONGEST_ANSWER && goldRefusal({ gold, verifier }) === null,
    );
    return read.length > 0 && read.length * 2 >= texts.length;
  }

  /** A column called split, or verl's, where a row names a side in it; a row that names none is bad then. */
  splitColumn(): string | null {
    const names = ["split", "extra_info.split"];
    const isSide = (value: unknown): boolean =>
      typeof value === "string" && sideOf(value) !== undefined;
    return names.find((name) => this.#rows.some((row) => isSide(valueAt(row, name)))) ?? null;
  }

  first(holds: (name: string) => boolean, ...names: readonly string[]): string | null {
    return names.find((name) => holds(name)) ?? null;
  }

  /** Whether a row's value there is such. */
  holds(path: string, isSuch: (value: unknown) => boolean): boolean {
    return this.#rows.some((row) => isSuch(valueAt(row, path)));
  }

  /** Whether a column holds texts, and nothing else. */
  isText(column: string): boolean {
    return this.#rows.every((row) => isEmpty(row[column]) || typeof row[column] === "string");
  }
}

function isEmpty(value: unknown): boolean {
  return (
    value === undefined || value === null || (typeof value === "string" && value.trim() === "")
  );
}
