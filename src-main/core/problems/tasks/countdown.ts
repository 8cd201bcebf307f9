/**
 * Countdown: make a target from 3 to 5 numbers with + - * / and brackets, each number exactly once.
 * The generator works backwards from a random expression, so every problem has a solution; any
 * expression that keeps the rules and reaches the target is right.
 */
import type { Random } from "#main/platform/random.ts";
import { isEqual, rational } from "../../verifiers/maths/expressions/rational.ts";
import { parseExpression } from "./forms/expression.ts";
import { fieldOf, numberOf, numbersOf, stringsOf } from "./forms/read-data.ts";
import { assertDifficulty } from "../task.ts";
import type { RuledTask, TaskProblem, WorkedSolution } from "../task.ts";

type Part = {
  readonly value: number;
  readonly text: string;
  readonly binding: "atom" | "product" | "sum";
};

const LARGE_NUMBERS = [25, 50, 75, 100];
const SMALLEST_TARGET = 10;
const LARGEST_VALUE = 999;

function drawNumber(random: Random): number {
  return random.uniform() < 0.2 ? random.choice(LARGE_NUMBERS) : random.int(2, 20);
}

/** `left operator right` where it is a whole number from 1 to 999 and does something, else null. */
function applyOperator(left: number, operator: string, right: number): number | null {
  if (operator === "+") return left + right <= LARGEST_VALUE ? left + right : null;
  if (operator === "-") return left > right ? left - right : null;
  if (left === 1 || right === 1) return null;
  if (operator === "*") return left * right <= LARGEST_VALUE ? left * right : null;
  return left % right === 0 ? left / right : null;
}

/** The text of `left operator right` with brackets only where they are needed. */
function joinParts(left: Part, operator: string, right: Part, value: number): Part {
  if (operator === "+" || operator === "-") {
    const rightText = operator === "-" && right.binding === "sum" ? `(${right.text})` : right.text;
    return { value, text: `${left.text}${operator}${rightText}`, binding: "sum" };
  }
  const leftText = left.binding === "sum" ? `(${left.text})` : left.text;
  const bracketRight = right.binding === "sum" || (operator === "/" && right.binding === "product");
  return {
    value,
    text: `${leftText}${operator}${bracketRight ? `(${right.text})` : right.text}`,
    binding: "product",
  };
}

/** Combines the numbers two at a time at random; null where a draw led nowhere. */
function combineAtRandom(
  random: Random,
  numbers: readonly number[],
): { whole: Part; steps: string[] } | null {
  let parts: Part[] = numbers.map((value) => ({ value, text: String(value), binding: "atom" }));
  const steps: string[] = [];
  while (parts.length > 1) {
    const [left, right, ...rest] = random.shuffle(parts);
    if (left === undefined || right === undefined) return null;
    const operator = random.choice(["+", "-", "*", "*", "/"]);
    const value = applyOperator(left.value, operator, right.value);
    if (value === null) return null;
    steps.push(`${left.value}${operator}${right.value}=${value}`);
    parts = [joinParts(left, operator, right, value), ...rest];
  }
  const whole = parts[0];
  return whole === undefined ? null : { whole, steps };
}

function generate(random: Random, difficulty: number): TaskProblem {
  assertDifficulty(countdown, difficulty);
  for (;;) {
    const numbers = Array.from({ length: difficulty }, () => drawNumber(random));
    const combined = combineAtRandom(random, numbers);
    if (combined === null || combined.whole.value < SMALLEST_TARGET) continue;
    const target = combined.whole.value;
    const listed = `${numbers.slice(0, -1).join(", ")} and ${numbers.at(-1) ?? ""}`;
    return {
      id: `countdown/${numbers.toSorted((a, b) => a - b).join(",")}=${target}`,
      task: "countdown",
      difficulty,
      prompt: `Use the numbers ${listed} to make ${target}. Use each number exactly once, with + - * / and brackets, and answer with the expression.`,
      gold: combined.whole.text,
      data: { numbers, target, steps: combined.steps },
    };
  }
}

/** The numbers in rising order: they are a set to draw from, and their order says nothing. */
function canonical(text: string): string {
  const [numbers = "", target] = text.split("=");
  if (target === undefined || !/^\d+(?:,\d+)*$/.test(numbers)) return text;
  const sorted = numbers.split(",").toSorted((a, b) => Number(a) - Number(b));
  return `${sorted.join(",")}=${target}`;
}

function solve(problem: TaskProblem): WorkedSolution {
  return { think: stringsOf(fieldOf(problem.data, "steps")).join("\n"), answer: problem.gold };
}

/** An `=` and what follows it (people write `(25-3)*2+7=51`); the left side must still do the work. */
function withoutResult(answer: string): string {
  const equals = answer.indexOf("=");
  return equals === -1 ? answer : answer.slice(0, equals);
}

function verify(problem: TaskProblem, answer: string): boolean {
  if (answer.length > 400) return false;
  const target = numberOf(fieldOf(problem.data, "target"));
  const stated = answer.includes("=")
    ? answer.slice(answer.indexOf("=") + 1).trim()
    : String(target);
  if (stated !== String(target)) return false;
  const parsed = parseExpression(withoutResult(answer));
  const wanted = rational(BigInt(target));
  if (parsed === null || wanted === null || !isEqual(parsed.value, wanted)) return false;
  const given = numbersOf(fieldOf(problem.data, "numbers")).toSorted((a, b) => a - b);
  return given.join() === parsed.literals.toSorted((a, b) => a - b).join();
}

/** The last run of numbers, signs and brackets on one line that holds at least one sign. */
function extractLenient(text: string): string | null {
  let last: string | null = null;
  for (const [run] of text.matchAll(/[\d(][\d()+\-*/=\u2212\u00d7\u00b7\u00f7 \t]*/g)) {
    if (/[+\-*/\u2212\u00d7\u00b7\u00f7]/.test(run)) last = run.trim();
  }
  return last;
}

function answerKey(answer: string): string {
  return withoutResult(answer).replaceAll(/\s/g, "");
}

export const countdown: RuledTask = {
  name: "countdown",
  version: "1",
  title: "Countdown",
  description:
    "Make a target number out of 3 to 5 numbers with + - * / and brackets, each number once.",
  difficultyUnit: "numbers",
  difficulties: [3, 4, 5],
  generate,
  canonical,
  solve,
  verify,
  extractLenient,
  answerKey,
};
