/**
 * Sums and differences of 2 to 6 numbers between 2 and 99, worked from left to right; no
 * intermediate result is below 0. The worked solution has one step a line.
 */
import type { Random } from "#main/platform/random.ts";
import { assertDifficulty } from "./task.ts";
import type { JsonValue, Problem, Task, WorkedSolution } from "./task.ts";

export type Operator = "+" | "-";
/** `left operator right = result`, one line of the working. */
export type ArithmeticStep = {
  readonly left: number;
  readonly operator: Operator;
  readonly right: number;
  readonly result: number;
};
export type Chain = {
  readonly numbers: readonly number[];
  readonly operators: readonly Operator[];
  readonly steps: readonly ArithmeticStep[];
  readonly result: number;
};

const SMALLEST = 2;
const LARGEST = 99;
const OPERATORS: readonly Operator[] = ["+", "-"];

function applyOperator(left: number, operator: Operator, right: number): number {
  return operator === "+" ? left + right : left - right;
}

/** The steps of a chain, or null where an intermediate result is below 0. */
function workChain(numbers: readonly number[], operators: readonly Operator[]): Chain | null {
  const steps: ArithmeticStep[] = [];
  let value = numbers[0] ?? 0;
  for (const [i, operator] of operators.entries()) {
    const right = numbers[i + 1] ?? 0;
    const result = applyOperator(value, operator, right);
    if (result < 0) return null;
    steps.push({ left: value, operator, right, result });
    value = result;
  }
  return { numbers, operators, steps, result: value };
}

/** A uniform draw among the chains of `count` numbers whose intermediate results are all ≥ 0. */
export function drawChain(random: Random, count: number): Chain {
  for (;;) {
    const numbers = Array.from({ length: count }, () => random.int(SMALLEST, LARGEST));
    const operators = Array.from({ length: count - 1 }, () => random.choice(OPERATORS));
    const chain = workChain(numbers, operators);
    if (chain !== null) return chain;
  }
}

/** `47+38-12`: without spaces, so that digits and signs are one token each. */
export function formatChain(chain: Pick<Chain, "numbers" | "operators">): string {
  return chain.numbers
    .map((number, i) => (i === 0 ? `${number}` : `${chain.operators[i - 1] ?? ""}${number}`))
    .join("");
}

/** `47+38=85` */
export function formatStep(step: ArithmeticStep): string {
  return `${step.left}${step.operator}${step.right}=${step.result}`;
}

export function arithmeticId(chain: Pick<Chain, "numbers" | "operators">): string {
  return `arithmetic/${formatChain(chain)}`;
}

/** Reads `47+38-12` back; throws a plain Error for anything else, which would be a bug. */
function chainOf(data: JsonValue): Chain {
  if (typeof data !== "string" || !/^\d+(?:[+-]\d+)*$/.test(data))
    throw new Error("not an arithmetic problem");
  const numbers = data.split(/[+-]/).map(Number);
  const operators = (data.match(/[+-]/g) ?? []).map((c): Operator => (c === "+" ? "+" : "-"));
  const chain = workChain(numbers, operators);
  if (chain === null) throw new Error("an arithmetic problem with a negative intermediate result");
  return chain;
}

function generate(random: Random, difficulty: number): Problem {
  assertDifficulty(arithmetic, difficulty);
  const chain = drawChain(random, difficulty);
  const expression = formatChain(chain);
  return {
    id: arithmeticId(chain),
    task: "arithmetic",
    difficulty,
    prompt: `What is ${expression}?`,
    gold: String(chain.result),
    data: expression,
  };
}

function solve(problem: Problem): WorkedSolution {
  const chain = chainOf(problem.data);
  return { think: chain.steps.map(formatStep).join("\n"), answer: String(chain.result) };
}

/** Right when the answer is the number and nothing else; spaces around it and leading zeros are forgiven. */
function verify(problem: Problem, answer: string): boolean {
  if (answer.length > 64) return false;
  const text = answer.trim();
  return /^-?\d{1,15}$/.test(text) && Number(text) === Number(problem.gold);
}

function answerKey(answer: string): string {
  const text = answer.trim();
  return /^-?\d{1,15}$/.test(text) ? String(Number(text)) : text;
}

/**
 * The last number of the text. `1,234` and `73.00` are read as people mean them; a minus sign counts
 * as a sign only where no number is before it.
 */
function extractLenient(text: string): string | null {
  let end = text.length;
  while (end > 0 && !isDigit(text, end - 1)) end--;
  if (end === 0) return null;
  let start = end;
  while (start > 0 && (isDigit(text, start - 1) || isInnerMark(text, start - 1))) start--;
  const signed = text[start - 1] === "-" && !isDigit(text, start - 2);
  return `${signed ? "-" : ""}${plainNumber(text.slice(start, end))}`;
}

/** Without thousands commas and zeros after the point; of a list without spaces, the last number. */
function plainNumber(run: string): string {
  const whole = /^(\d{1,3}(?:,\d{3})+|\d+)(?:\.0+)?$/.exec(run)?.[1];
  return whole?.replaceAll(",", "") ?? run.slice(run.lastIndexOf(",") + 1);
}

function isDigit(text: string, index: number): boolean {
  const code = text.charCodeAt(index);
  return code >= 48 && code <= 57;
}

/** A point or comma between two digits. */
function isInnerMark(text: string, index: number): boolean {
  return (
    (text[index] === "." || text[index] === ",") &&
    isDigit(text, index - 1) &&
    isDigit(text, index + 1)
  );
}

export const arithmetic: Task = {
  name: "arithmetic",
  version: "1",
  title: "Sums and differences",
  description:
    "What is 47+38-12? Sums and differences of numbers from 2 to 99, worked one step a line.",
  difficultyUnit: "numbers",
  difficulties: [2, 3, 4, 5, 6],
  generate,
  solve,
  verify,
  extractLenient,
  answerKey,
};
