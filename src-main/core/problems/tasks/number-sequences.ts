/**
 * Number sequences: which number comes next? By difficulty the rule is a constant step, a step that grows, two sequences
 * that take turns, or a factor and a summand. One rule of the four fits the shown numbers.
 */
import { assertNever } from "#shared/errors.ts";
import type { Random } from "#main/platform/random.ts";
import { numbersOf } from "./forms/read-data.ts";
import { isWholeNumber, lastNumber, wholeNumberKey } from "./forms/whole-number.ts";
import { assertDifficulty } from "../task.ts";
import type { RuledTask, TaskProblem, WorkedSolution } from "../task.ts";

export type SequenceRule =
  | { readonly kind: "step"; readonly step: number }
  | { readonly kind: "growing-step"; readonly step: number; readonly growth: number }
  | { readonly kind: "two-in-turn"; readonly steps: readonly [number, number] }
  | { readonly kind: "factor"; readonly factor: number; readonly summand: number };

const WORDINGS = [
  "What number comes next? {numbers}",
  "Which number continues the sequence {numbers}?",
  "Find the next number: {numbers}, …",
] as const;
const LARGEST = 100_000;
/** By difficulty. */
const KINDS = ["step", "growing-step", "two-in-turn", "factor"] as const;

function generate(random: Random, difficulty: number): TaskProblem {
  assertDifficulty(numberSequences, difficulty);
  for (;;) {
    const numbers = drawNumbers(random, difficulty);
    const [rule, ...others] = fittingRules(numbers);
    if (rule === undefined || others.length > 0 || rule.kind !== KINDS[difficulty - 1]) continue;
    if (numbers.some((number) => Math.abs(number) > LARGEST)) continue;
    const next = nextNumber(rule, numbers);
    const wording = random.int(0, WORDINGS.length - 1);
    return {
      id: `number-sequences/${numbers.join(",")}/${wording}`,
      task: "number-sequences",
      difficulty,
      prompt: (WORDINGS[wording] ?? WORDINGS[0]).replace("{numbers}", numbers.join(", ")),
      gold: String(next),
      data: numbers,
    };
  }
}

function drawNumbers(random: Random, difficulty: number): number[] {
  const signed = (largest: number): number => random.int(2, largest) * random.choice([1, 1, -1]);
  switch (difficulty) {
    case 1:
      return extend({ kind: "step", step: signed(25) }, [random.int(1, 99)], 5);
    case 2: {
      const growth = random.int(1, 6);
      return extend(
        { kind: "growing-step", step: random.int(1, 15), growth },
        [random.int(1, 60)],
        5,
      );
    }
    case 3:
      return extend(
        { kind: "two-in-turn", steps: [signed(12), signed(12)] },
        [random.int(1, 60), random.int(1, 60)],
        6,
      );
    default:
      return extend(
        { kind: "factor", factor: random.int(2, 4), summand: random.int(-15, 15) },
        [random.int(1, 40)],
        5,
      );
  }
}

function extend(rule: SequenceRule, first: readonly number[], length: number): number[] {
  const numbers = [...first];
  while (numbers.length < length) {
    // A rule's step is the first one of the sequence; here it is that of the place.
    const place = numbers.length - 1;
    const last = numbers[place] ?? 0;
    numbers.push(
      rule.kind === "growing-step"
        ? last + rule.step + rule.growth * place
        : nextNumber(rule, numbers),
    );
  }
  return numbers;
}

/** The rules of the family that give the shown numbers, simpler ones first. */
export function fittingRules(numbers: readonly number[]): SequenceRule[] {
  const steps = stepsOf(numbers);
  const [first = 0, second = 0] = steps;
  if (isConstant(steps)) return [{ kind: "step", step: first }];
  const rules: SequenceRule[] = [];
  if (isConstant(stepsOf(steps)))
    rules.push({ kind: "growing-step", step: first, growth: second - first });
  const halves = [0, 1].map((half) => stepsOf(numbers.filter((_, i) => i % 2 === half)));
  const [a, b] = halves.map((half) => half[0] ?? 0);
  // Of five numbers the second half has one step alone: too little to see a rule.
  if (numbers.length >= 6 && halves.every(isConstant))
    rules.push({ kind: "two-in-turn", steps: [a ?? 0, b ?? 0] });
  if (first !== 0 && second % first === 0) {
    const factor = second / first;
    const summand = (numbers[1] ?? 0) - factor * (numbers[0] ?? 0);
    const fits = numbers.every(
      (number, i) => i === 0 || number === factor * (numbers[i - 1] ?? 0) + summand,
    );
    if (fits) rules.push({ kind: "factor", factor, summand });
  }
  return rules;
}

function stepsOf(numbers: readonly number[]): number[] {
  return numbers.slice(1).map((number, i) => number - (numbers[i] ?? 0));
}

function isConstant(values: readonly number[]): boolean {
  return values.every((value) => value === values[0]);
}

export function nextNumber(rule: SequenceRule, numbers: readonly number[]): number {
  const last = numbers.at(-1) ?? 0;
  switch (rule.kind) {
    case "step":
      return last + rule.step;
    case "growing-step":
      return last + (stepsOf(numbers).at(-1) ?? 0) + rule.growth;
    case "two-in-turn":
      return (numbers.at(-2) ?? 0) + rule.steps[numbers.length % 2 === 0 ? 0 : 1];
    case "factor":
      return rule.factor * last + rule.summand;
    default:
      return assertNever(rule);
  }
}

function solve(problem: TaskProblem): WorkedSolution {
  const numbers = numbersOf(problem.data);
  const [rule] = fittingRules(numbers);
  if (rule === undefined) throw new Error("a sequence without a rule");
  return { think: working(rule, numbers).join("\n"), answer: String(nextNumber(rule, numbers)) };
}

function working(rule: SequenceRule, numbers: readonly number[]): string[] {
  const last = numbers.at(-1) ?? 0;
  const next = nextNumber(rule, numbers);
  const steps = stepsOf(numbers);
  switch (rule.kind) {
    case "step":
      return [`steps: ${steps.join(", ")}`, `${sum(last, rule.step)} = ${next}`];
    case "growing-step": {
      const step = next - last;
      return [
        `steps: ${steps.join(", ")}`,
        `the steps grow by ${rule.growth}: ${steps.at(-1) ?? 0} + ${rule.growth} = ${step}`,
        `${sum(last, step)} = ${next}`,
      ];
    }
    case "two-in-turn": {
      const half = numbers.filter((_, i) => i % 2 === numbers.length % 2);
      const step = rule.steps[numbers.length % 2 === 0 ? 0 : 1];
      return [
        `steps: ${steps.join(", ")}`,
        `every second number: ${half.join(", ")}`,
        `its steps: ${stepsOf(half).join(", ")}`,
        `${sum(half.at(-1) ?? 0, step)} = ${next}`,
      ];
    }
    case "factor":
      return [
        `steps: ${steps.join(", ")}`,
        `each step is ${rule.factor} times the one before: times ${rule.factor}, then ${rule.summand < 0 ? "minus" : "plus"} ${Math.abs(rule.summand)}`,
        `${last} * ${rule.factor} = ${last * rule.factor}`,
        `${sum(last * rule.factor, rule.summand)} = ${next}`,
      ];
    default:
      return assertNever(rule);
  }
}

/** `20 - 3` for 20 and -3. */
function sum(left: number, right: number): string {
  return `${left} ${right < 0 ? "-" : "+"} ${Math.abs(right)}`;
}

export const numberSequences: RuledTask = {
  name: "number-sequences",
  version: "1",
  title: "Number sequences",
  description:
    "3, 7, 11, 15, … what comes next? A constant step, a growing one, two in turn, or a factor.",
  difficultyUnit: "kind of rule",
  difficulties: [1, 2, 3, 4],
  generate,
  // The order of the numbers is the problem, and the wording is in the id's third part.
  canonical: (text) => text,
  solve,
  verify: isWholeNumber,
  extractLenient: lastNumber,
  answerKey: wholeNumberKey,
};
