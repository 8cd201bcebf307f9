/**
 * What a puzzle of propositional logic says of two propositions: `+0-1` (0 is true or 1 is false), `=0=1` (both or
 * neither), `!0!1` (exactly one). The same is said in several ways: that is its dress, a digit.
 */
import type { Random } from "#main/platform/random.ts";

type Mark = "+" | "-" | "=" | "!";
export type Formula = {
  readonly marks: readonly [Mark, Mark];
  /** Numbers of the propositions, from 0; the smaller one first. */
  readonly pair: readonly [number, number];
  readonly dress: number;
};
/** By proposition; null where nothing is supposed yet. */
export type Truths = readonly (boolean | null)[];

const FORM = /^([+\-=!])(\d)([+\-=!])(\d)(\d?)$/;
const DRESSES = 4;

export function drawFormula(random: Random, propositions: number): Formula {
  const [a = 0, b = 1] = random
    .shuffle(Array.from({ length: propositions }, (_, i) => i))
    .slice(0, 2)
    .toSorted((x, y) => x - y);
  const mark = random.choice(["+", "+", "-", "-", "=", "!"] as const);
  const other = mark === "+" || mark === "-" ? random.choice(["+", "-"] as const) : mark;
  return { marks: [mark, other], pair: [a, b], dress: random.int(0, DRESSES - 1) };
}

/** Without its dress. */
export function encodeFormula({ marks, pair }: Formula): string {
  return `${marks[0]}${pair[0]}${marks[1]}${pair[1]}`;
}

/** Null for a text that is no formula. */
export function decodeFormula(text: string): Formula | null {
  const [, first, a, second, b, dress] = FORM.exec(text) ?? [];
  const [x, y] = [markOf(first), markOf(second)];
  if (x === null || y === null) return null;
  const joins = (mark: Mark): boolean => mark === "=" || mark === "!";
  if ((joins(x) || joins(y)) && x !== y) return null;
  return { marks: [x, y], pair: [Number(a), Number(b)], dress: Number(dress ?? 0) };
}

function markOf(text: string | undefined): Mark | null {
  return text === "+" || text === "-" || text === "=" || text === "!" ? text : null;
}

/** True, false, or null where what is supposed does not decide it. */
export function truthOfFormula({ marks, pair }: Formula, truths: Truths): boolean | null {
  const [a, b] = pair.map((proposition) => truths[proposition] ?? null);
  if (marks[0] === "=" || marks[0] === "!") {
    if (a === null || a === undefined || b === null || b === undefined) return null;
    return (a === b) === (marks[0] === "=");
  }
  const holds = [a, b].map((truth, i) => (truth === null ? null : truth === (marks[i] === "+")));
  if (holds.some((one) => one === true)) return true;
  return holds.some((one) => one === null) ? null : false;
}

/** With other numbers for its propositions. */
export function renumberFormula(
  { marks, pair, dress }: Formula,
  place: readonly number[],
): Formula {
  const [a, b] = [place[pair[0]] ?? pair[0], place[pair[1]] ?? pair[1]];
  return a < b
    ? { marks, pair: [a, b], dress }
    : { marks: [marks[1], marks[0]], pair: [b, a], dress };
}

/** In words, without the full stop. */
export function wordsOf({ marks, pair, dress }: Formula, letters: readonly string[]): string {
  const [p, q] = pair.map((proposition) => letters[proposition] ?? "");
  if (p === undefined || q === undefined) return "";
  if (marks[0] === "=")
    return dress % 2 === 0
      ? `${p} is true if and only if ${q} is true`
      : `${p} and ${q} are both true or both false`;
  if (marks[0] === "!")
    return dress % 2 === 0
      ? `Either ${p} is true or ${q} is true, but not both`
      : `Exactly one of ${p} and ${q} is true`;
  const is = (letter: string, mark: Mark): string =>
    `${letter} is ${mark === "+" ? "true" : "false"}`;
  const not = (letter: string, mark: Mark): string => is(letter, mark === "+" ? "-" : "+");
  switch (dress) {
    case 0:
      return `${is(p, marks[0])} or ${is(q, marks[1])}, or both`;
    case 1:
      return `If ${not(p, marks[0])}, then ${is(q, marks[1])}`;
    case 2:
      return `If ${not(q, marks[1])}, then ${is(p, marks[0])}`;
    default:
      return `It cannot be that ${not(p, marks[0])} and ${not(q, marks[1])}`;
  }
}
