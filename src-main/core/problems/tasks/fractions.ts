/**
 * Sums and differences of 2 to 4 fractions in lowest terms, worked from left to right over a common denominator; no
 * intermediate result is below 0.
 */
import type { Random } from "#main/platform/random.ts";
import { assertDifficulty } from "../task.ts";
import type { RuledTask, TaskProblem, WorkedSolution } from "../task.ts";

type Fraction = { readonly top: number; readonly bottom: number };

const LARGEST_BOTTOM = 12;
const CHAIN = /^\d+\/\d+(?:[+-]\d+\/\d+)*$/;
const TERM = /[+-]\d+\/\d+/g;

function divisor(a: number, b: number): number {
  return b === 0 ? a : divisor(b, a % b);
}

function reduced({ top, bottom }: Fraction): Fraction {
  const common = divisor(top, bottom);
  return { top: top / common, bottom: bottom / common };
}

function written({ top, bottom }: Fraction): string {
  return bottom === 1 ? String(top) : `${top}/${bottom}`;
}

function drawFraction(random: Random): Fraction {
  for (;;) {
    const bottom = random.int(2, LARGEST_BOTTOM);
    const top = random.int(1, bottom - 1);
    if (divisor(top, bottom) === 1) return { top, bottom };
  }
}

function generate(random: Random, difficulty: number): TaskProblem {
  assertDifficulty(fractions, difficulty);
  for (;;) {
    const chain = Array.from({ length: difficulty }, (_, i) => {
      const sign = i === 0 ? "" : random.choice(["+", "-"]);
      const { top, bottom } = drawFraction(random);
      return `${sign}${top}/${bottom}`;
    }).join("");
    const worked = workChain(chain);
    if (worked === null) continue;
    return {
      // An id has its strokes between its parts.
      id: `fractions/${chain.replaceAll("/", ":")}`,
      task: "fractions",
      difficulty,
      prompt: `What is ${chain.replaceAll(/[+-]/g, " $& ")}? Answer with a fraction in lowest terms, or a whole number.`,
      gold: written(worked.result),
      data: chain,
    };
  }
}

/** Null where an intermediate result is below 0, or the text is no chain. */
function workChain(text: string): { readonly lines: string[]; readonly result: Fraction } | null {
  if (!CHAIN.test(text)) return null;
  const [first, ...rest] = (`+${text}`.match(TERM) ?? []).map((term) => {
    const [top = 0, bottom = 1] = term.slice(1).split("/").map(Number);
    return { sign: term.slice(0, 1), top, bottom };
  });
  if (first === undefined) return null;
  let value: Fraction = { top: first.top, bottom: first.bottom };
  const lines: string[] = [];
  for (const { sign, ...term } of rest) {
    const bottom = (value.bottom * term.bottom) / divisor(value.bottom, term.bottom);
    const [left, right] = [value, term].map((one) => one.top * (bottom / one.bottom));
    if (left === undefined || right === undefined) return null;
    const top = sign === "+" ? left + right : left - right;
    if (top < 0) return null;
    const sum = { top, bottom };
    const result = reduced(sum);
    const line = `${written(value)} ${sign} ${written(term)} = ${left}/${bottom} ${sign} ${right}/${bottom} = ${top}/${bottom}`;
    lines.push(result.bottom === bottom ? line : `${line} = ${written(result)}`);
    value = result;
  }
  return { lines, result: value };
}

/** `3:4+5:6`: what is added and what is taken away, each in a fixed order. */
function canonical(text: string): string {
  if (!/^\d+:\d+(?:[+-]\d+:\d+)*$/.test(text)) return text;
  return (`+${text}`.match(/[+-]\d+:\d+/g) ?? []).toSorted().join("");
}

function solve(problem: TaskProblem): WorkedSolution {
  const worked = typeof problem.data === "string" ? workChain(problem.data) : null;
  if (worked === null) throw new Error("not a problem of fractions");
  return { think: worked.lines.join("\n"), answer: written(worked.result) };
}

/** `a/b` or a whole number; spaces around the stroke are forgiven. */
function readFraction(answer: string): string | null {
  if (answer.length > 64) return null;
  const match = /^(\d{1,9})(?:\s*\/\s*(\d{1,9}))?$/.exec(answer.trim());
  if (match === null) return null;
  const [, top = "", bottom = "1"] = match;
  return Number(bottom) === 0 ? null : written({ top: Number(top), bottom: Number(bottom) });
}

/** Right in lowest terms alone: that is what was asked. */
function verify(problem: TaskProblem, answer: string): boolean {
  const read = readFraction(answer);
  return read !== null && read === problem.gold;
}

/** The last fraction or whole number. */
function extractLenient(text: string): string | null {
  let last: string | null = null;
  for (const [run] of text.matchAll(/\d{1,9}(?:[ \t]{0,3}\/[ \t]{0,3}\d{1,9})?/g)) last = run;
  return last;
}

export const fractions: RuledTask = {
  name: "fractions",
  version: "1",
  title: "Fractions",
  description: "What is 3/4 + 5/6? Sums and differences of 2 to 4 fractions, in lowest terms.",
  difficultyUnit: "fractions",
  difficulties: [2, 3, 4],
  generate,
  canonical,
  solve,
  verify,
  extractLenient,
  answerKey: (answer) => readFraction(answer) ?? answer.trim(),
};
