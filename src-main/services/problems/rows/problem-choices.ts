/** Multiple choice: the choices of a row, which of them is right, and how they are asked. */
import { createHash } from "node:crypto";
import { isObject } from "#main/core/tables/source-row.ts";
import { hash32 } from "#main/platform/random.ts";
import { BadRowError } from "../../datasets/rows/turns.ts";
import type { ProblemCells } from "./problem-cells.ts";
import { scalarText } from "./problem-cells.ts";

export interface Choices {
  readonly texts: readonly string[];
  /** The letter of the right one. */
  readonly gold: string;
}

const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";

/** The question with its choices below it, a letter each. */
export function askedWithChoices(question: string, texts: readonly string[]): string {
  const lines = texts.map((text, i) => `${LETTERS[i] ?? ""}. ${text}`);
  return `${question.trimEnd()}\n\n${lines.join("\n")}`;
}

/**
 * MMLU's list with an index from 0, ARC's texts with labels and a label, one column a choice, or a list with the right
 * letter or text. Throws BadRowError.
 */
export function listedChoices(
  cells: ProblemCells,
  columns: readonly string[],
  answer: string | null,
): Choices {
  const [only = ""] = columns;
  const { texts, labels } =
    columns.length === 1
      ? choicesOf(cells.value(only), only)
      : {
          texts: columns.map((column) => cells.text(column) ?? ""),
          labels: columns.map((column) => column.slice(-1)),
        };
  const blank = texts.indexOf("");
  if (columns.length > 1 && blank !== -1)
    throw new BadRowError(`has no choice "${columns[blank] ?? ""}"`);
  requireChoices(texts);
  const said = answer === null ? undefined : cells.value(answer);
  if (answer === null || said === undefined) throw new BadRowError("has no answer");
  const at = rightChoice(said, texts, labels, cells.table);
  const gold = at === null ? undefined : LETTERS[at];
  if (gold !== undefined) return { texts, gold };
  throw new BadRowError(
    `the answer ${JSON.stringify(said)} is none of its ${texts.length} choices: an index from 0, a letter or a choice's text`,
  );
}

/** GPQA's: the right answer and wrong ones. Their order depends on the question alone. Throws BadRowError. */
export function shuffledChoices(
  question: string,
  right: string,
  incorrect: readonly string[],
): Choices {
  const digest = createHash("sha256").update(question).digest();
  const order = [right, ...incorrect]
    .map((text, i) => ({ text, i, key: hash32(digest.readUInt32LE(0), i) }))
    .toSorted((a, b) => a.key - b.key || a.i - b.i);
  const texts = order.map(({ text }) => text);
  requireChoices(texts);
  return { texts, gold: LETTERS[order.findIndex(({ i }) => i === 0)] ?? "" };
}

function choicesOf(value: unknown, column: string): { texts: string[]; labels: string[] } {
  if (value === undefined) throw new BadRowError(`has no "${column}"`);
  const refused = new BadRowError(`"${column}" is not a list of choices`);
  const listOf = (list: unknown): string[] => {
    if (!Array.isArray(list)) throw refused;
    return list.map((item: unknown) => {
      const text = scalarText(item);
      if (text === null) throw refused;
      return text;
    });
  };
  if (Array.isArray(value) && value.every((item) => isObject(item) && "text" in item)) {
    const of = (key: string): unknown[] => value.map((item: Record<string, unknown>) => item[key]);
    return {
      texts: listOf(of("text")),
      labels: value.every((item) => "label" in item) ? listOf(of("label")) : [],
    };
  }
  if (!isObject(value)) return { texts: listOf(value), labels: [] };
  if ("text" in value)
    return {
      texts: listOf(value["text"]),
      labels: "label" in value ? listOf(value["label"]) : [],
    };
  // {"A": "…", "B": "…"}
  return { texts: listOf(Object.values(value)), labels: Object.keys(value) };
}

function requireChoices(texts: readonly string[]): void {
  if (texts.length < 2) throw new BadRowError("has fewer than two choices");
  if (texts.length > LETTERS.length)
    throw new BadRowError(`has more than ${LETTERS.length} choices`);
}

/** The index of the right choice. In a table a number is text; elsewhere text that is a choice is that choice. */
function rightChoice(
  said: unknown,
  texts: readonly string[],
  labels: readonly string[],
  table: boolean,
): number | null {
  const text = scalarText(said)?.trim() ?? "";
  const of = (list: readonly string[]): number => list.findIndex((one) => one.trim() === text);
  const named = of(labels);
  if (named !== -1) return named;
  const index = /^\d+$/u.test(text) && Number(text) < texts.length ? Number(text) : -1;
  if (index !== -1 && (typeof said === "number" || table)) return index;
  const choice = of(texts);
  if (choice !== -1) return choice;
  const letter = /^\(?([A-Za-z])[).:]?$/u.exec(text)?.[1]?.toUpperCase();
  const lettered = letter === undefined ? -1 : LETTERS.indexOf(letter);
  if (lettered !== -1 && lettered < texts.length) return lettered;
  return index === -1 ? null : index;
}
