/** Grades answers of imported benchmarks by mathematical equivalence. */
import type { RuledTask } from "../../problems/task.ts";
import { openBoxes } from "./extraction/boxes.ts";
import { answerSpan, extractMaths } from "./extraction/extract-maths.ts";
import type { MatchKind } from "./extraction/extract-maths.ts";
import type { Extracted } from "./extraction/plain-numbers.ts";
import { DEFAULT_OPTIONS, readGold, sameReadings } from "./verify-maths.ts";
import type { VerifyOptions } from "./verify-maths.ts";

/** Of an answer; a longer one is wrong. */
export const MOST_CHARACTERS = 4000;

/** A formula where the text is no more than one: without dollars it would be read as running text. */
function asFormula(text: string): string {
  return /\$|\\\(|\\\[|\\boxed/u.test(text) ? text : `$${text}$`;
}

/**
 * Whether an answer that stands alone, as between tags, is the gold: formulas or plain numbers, with or without dollars.
 * Never throws.
 */
export function verifyAlone(
  gold: string,
  answer: string,
  options: VerifyOptions = DEFAULT_OPTIONS,
): boolean {
  if (answer.length > MOST_CHARACTERS) return false;
  const golds = readingsAlone(gold, options.match, readGold);
  return readingsAlone(answer, options.match, extractMaths).some((given) =>
    golds.some((readings) => sameReadings(readings, given, options)),
  );
}

/** A gold's readings: as running text and as a formula. */
export function goldReadings(gold: string, match: readonly MatchKind[]): readonly Readings[] {
  return readingsAlone(gold, match, readGold);
}

type Readings = readonly Extracted[];

/** With LaTeX's commands and without words it is no running text, in which "1 \frac{1}{2}" would say a half. */
function readingsAlone(
  text: string,
  match: readonly MatchKind[],
  read: (text: string, match: readonly MatchKind[]) => Readings,
): readonly Readings[] {
  const readings = written(text).map((one) => read(one, match));
  const formula = readings[1];
  const isLatex = /\\[a-zA-Z]/u.test(text) && !HAS_WORDS.test(text.replaceAll(TEXTS, ""));
  const isRead = isLatex && formula?.some(({ value }) => value !== null) === true;
  return isRead && formula !== undefined ? [formula] : readings;
}

const TEXTS = /\\(?:text[a-z]*|mathrm|mbox|operatorname)\s*\{[^{}]*\}/gu;
/** Three letters that are no command's, nor right after a brace. */
const HAS_WORDS = /(?<![\\a-zA-Z{])[a-zA-Z]{3,}/u;

/** As it is, and as a formula where it may be one without dollars. */
function written(text: string): string[] {
  const formula = asFormula(text);
  return formula === text ? [text] : [text, formula];
}

/** The last box; else what follows the last "answer is"; else the formula, the list or the number that counts, as text. */
function extractLenient(text: string): string | null {
  const end = text.slice(-20_000);
  if (end.includes(String.raw`\boxed`)) return `$${openBoxes(end, "last")}$`;
  const tail = end.slice(-4000);
  const all = [...tail.matchAll(/answer(?: is)?:?[^\S\n]*([^\n]{1,200})/giu)].map(
    ([, said = ""]) => said,
  );
  const said = all.findLast((one) => /[\d$\\]/u.test(one)) ?? all.at(-1);
  // "The answer is 5!" is no factorial.
  if (said !== undefined) return said.trim().replace(/(?<=\d)!+$/u, "");
  return answerSpan(tail) ?? wholeFormula(tail);
}

/** "x + y" and "\sqrt2": a short text without words. */
function wholeFormula(text: string): string | null {
  const formula = text.trim();
  const isShort = formula !== "" && formula.length <= 100;
  return isShort && !/(?<![\\a-zA-Z])(?!(?:sin|cos|tan|log|sqrt)\b)[a-zA-Z]{2,}|\n/u.test(formula)
    ? formula
    : null;
}

/** Spaces and dollars do not count; what is otherwise written differently is another vote. */
function answerKey(answer: string): string {
  return answer.replaceAll(/[\s$]/gu, "").replace(/\.$/u, "");
}

export const mathsRule: Pick<RuledTask, "version" | "extractLenient" | "answerKey"> & {
  verify(problem: { readonly gold: string }, answer: string): boolean;
} = {
  version: "2",
  verify: ({ gold }, answer) => verifyAlone(gold, answer),
  extractLenient,
  answerKey,
};
