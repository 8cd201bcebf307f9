/**
 * Linear equations with one unknown and a whole solution: `3x + 7 = 22`. One to three terms have the unknown. The worked
 * solution gathers what has the unknown on one side, one step a line.
 */
import type { Random } from "#main/platform/random.ts";
import { fieldOf, stringOf, stringsOf } from "./forms/read-data.ts";
import { lastNumber, wholeNumberKey } from "./forms/whole-number.ts";
import { assertDifficulty } from "../task.ts";
import type { RuledTask, TaskProblem, WorkedSolution } from "../task.ts";

/** `factor` times the unknown plus `constant`, as one side is once it is gathered. */
type Side = { readonly factor: number; readonly constant: number };

const LETTERS = ["x", "y", "n", "t", "k", "m"] as const;
const TERM = /[+-]\d+[a-z]?/g;
const EQUATION = /^(?:[+-]\d+[a-z]?)+=(?:[+-]\d+[a-z]?)+$/;

/** Terms as `+3x` and `-7`; what has the unknown stands first. */
function generate(random: Random, difficulty: number): TaskProblem {
  assertDifficulty(linearEquations, difficulty);
  for (;;) {
    const letter = random.choice(LETTERS);
    const solution = random.int(-12, 12);
    const draw = (largest: number): number => random.int(1, largest) * random.choice([1, -1]);
    // The first factor is above 1 on the left; the second is on the right, the third on the left again.
    const factors = [random.int(2, 12), draw(9), draw(9)].slice(0, difficulty);
    const left = [factors[0] ?? 2, ...factors.slice(2)];
    const right = factors.slice(1, 2);
    const constant = draw(30);
    const sum = (terms: readonly number[]): number => terms.reduce((a, b) => a + b, 0);
    const rest = (sum(left) - sum(right)) * solution + constant;
    if (sum(left) === sum(right) || rest === 0 || Math.abs(rest) > 99) continue;
    const terms = (own: readonly number[], last: number): string =>
      `${own.map((factor) => `${signed(factor)}${letter}`).join("")}${signed(last)}`;
    const sides = [terms(left, constant), terms(right, rest)];
    return {
      id: `linear-equations/${sides.join("=").replaceAll(letter, "x")}/${letter}`,
      task: "linear-equations",
      difficulty,
      prompt: `Solve for ${letter}: ${sides.map(readable).join(" = ")}`,
      gold: String(solution),
      data: { letter, sides },
    };
  }
}

function signed(value: number): string {
  return value < 0 ? String(value) : `+${value}`;
}

/** `+3x-7` → `3x - 7`; a factor of 1 is not written. */
function readable(side: string): string {
  const parts = (side.match(TERM) ?? []).map((term) => term.replace(/^([+-])1([a-z])$/, "$1$2"));
  return parts
    .map((term, i) => (i > 0 ? `${term.slice(0, 1)} ${term.slice(1)}` : term.replace(/^\+/, "")))
    .join(" ");
}

/** Whatever the letter, the order of the terms and which side is written first. */
function canonical(text: string): string {
  if (!EQUATION.test(text)) return text;
  return text
    .replaceAll(/[a-z]/g, "x")
    .split("=")
    .map((side) => (side.match(TERM) ?? []).toSorted().join(""))
    .toSorted()
    .join("=");
}

function gather(side: string): Side {
  let [factor, constant] = [0, 0];
  for (const term of side.match(TERM) ?? []) {
    const value = Number.parseInt(term, 10);
    if (/[a-z]$/.test(term)) factor += value;
    else constant += value;
  }
  return { factor, constant };
}

function written({ factor, constant }: Side, letter: string): string {
  const parts = factor === 0 ? "" : `${signed(factor)}${letter}`;
  const whole = `${parts}${constant === 0 && parts !== "" ? "" : signed(constant)}`;
  return readable(whole);
}

function solve(problem: TaskProblem): WorkedSolution {
  const letter = stringOf(fieldOf(problem.data, "letter"));
  const [left = { factor: 0, constant: 0 }, right = { factor: 0, constant: 0 }] = stringsOf(
    fieldOf(problem.data, "sides"),
  ).map(gather);
  const lines = [`${written(left, letter)} = ${written(right, letter)}`];
  const factor = left.factor - right.factor;
  const constant = right.constant - left.constant;
  if (right.factor !== 0) lines.push(`${written({ ...left, factor }, letter)} = ${right.constant}`);
  lines.push(`${written({ factor, constant: 0 }, letter)} = ${constant}`);
  const answer = String(constant / factor);
  if (factor !== 1) lines.push(`${letter} = ${constant} / ${factor} = ${answer}`);
  return { think: lines.join("\n"), answer };
}

const ANSWER = /^(?:([a-z])\s{0,3}=\s{0,3})?(-?\d{1,15})$/;

/** The whole number, alone or as `x = 5` with the problem's letter. */
function verify(problem: TaskProblem, answer: string): boolean {
  if (answer.length > 64) return false;
  const [, letter, value] = ANSWER.exec(answer.trim()) ?? [];
  if (value === undefined) return false;
  const isOurs = letter === undefined || letter === fieldOf(problem.data, "letter");
  return isOurs && Number(value) === Number(problem.gold);
}

export const linearEquations: RuledTask = {
  name: "linear-equations",
  version: "1",
  title: "Linear equations",
  description: "Solve 3x + 7 = 22. One unknown, a whole solution, one step a line.",
  difficultyUnit: "terms with the unknown",
  difficulties: [1, 2, 3],
  generate,
  canonical,
  solve,
  verify,
  extractLenient: lastNumber,
  answerKey: (answer) => wholeNumberKey(ANSWER.exec(answer.trim())?.[2] ?? answer),
};
