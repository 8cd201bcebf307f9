/**
 * Sums and differences of 2 to 6 numbers between 2 and 99, worked from left to right; no
 * intermediate result is below 0. The worked solution has one step a line.
 */
import type { JsonValue } from "#shared/schema/json-value.ts";
import type { Random } from "#main/platform/random.ts";
import { assertDifficulty } from "../task.ts";
import type { RuledTask, TaskProblem, WorkedSolution } from "../task.ts";
import { isWholeNumber, lastNumber, wholeNumberKey } from "./forms/whole-number.ts";

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
const CHAIN = /^\d+(?:[+-]\d+)*$/;
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
  if (typeof data !== "string" || !CHAIN.test(data)) throw new Error("not an arithmetic problem");
  const numbers = data.split(/[+-]/).map(Number);
  const operators = (data.match(/[+-]/g) ?? []).map((c): Operator => (c === "+" ? "+" : "-"));
  const chain = workChain(numbers, operators);
  if (chain === null) throw new Error("an arithmetic problem with a negative intermediate result");
  return chain;
}

/** What is added and what is taken away, each in rising order: the order of the terms changes the way, not the sum. */
function canonical(text: string): string {
  if (!CHAIN.test(text)) return text;
  const terms = `+${text}`.match(/[+-]\d+/g) ?? [];
  const sorted = (sign: Operator): string[] =>
    terms
      .filter((term) => term.startsWith(sign))
      .toSorted((a, b) => Number(a.slice(1)) - Number(b.slice(1)));
  return [...sorted("+"), ...sorted("-")].join("").slice(1);
}

function generate(random: Random, difficulty: number): TaskProblem {
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

function solve(problem: TaskProblem): WorkedSolution {
  const chain = chainOf(problem.data);
  return { think: chain.steps.map(formatStep).join("\n"), answer: String(chain.result) };
}

export const arithmetic: RuledTask = {
  name: "arithmetic",
  version: "2",
  title: "Sums and differences",
  description:
    "What is 47+38-12? Sums and differences of numbers from 2 to 99, worked one step a line.",
  difficultyUnit: "numbers",
  difficulties: [2, 3, 4, 5, 6],
  generate,
  canonical,
  solve,
  verify: isWholeNumber,
  extractLenient: lastNumber,
  answerKey: wholeNumberKey,
};
