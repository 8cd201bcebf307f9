/**
 * Two numbers to add, asked as people ask in a chat: in a sum's own words, or as a small story. Numbers have as many
 * digits as the difficulty says. The worked solution adds by place: tens, ones, then both.
 */
import type { JsonValue } from "#shared/schema/json-value.ts";
import type { Random } from "#main/platform/random.ts";
import { assertDifficulty } from "../task.ts";
import type { RuledTask, TaskProblem, WorkedSolution } from "../task.ts";
import { isWholeNumber, lastNumber, wholeNumberKey } from "./forms/whole-number.ts";

/** {a} and {b} stand for the numbers, {name} and {things} for what the story is about. */
const WORDINGS = [
  "What is {a} plus {b}?",
  "Can you add {a} and {b} for me?",
  "How much is {a} and {b} together?",
  "Please tell me the sum of {a} and {b}.",
  "If I add {b} to {a}, what do I get?",
  "I have {a} {things} and get {b} more. How many do I have now?",
  "{name} has {a} {things} and finds {b} more. How many {things} does {name} have?",
  "There are {a} {things} in one box and {b} in another. How many are there in all?",
  "{name} counted {a} {things} in the morning and {b} in the afternoon. How many is that?",
  "A shop sold {a} {things} on Monday and {b} on Tuesday. How many did it sell?",
] as const;
const NAMES = ["Mia", "Omar", "Lena", "Ravi", "Anna", "Tom", "Yuki", "Ines"] as const;
const THINGS = [
  "apples",
  "books",
  "cards",
  "coins",
  "pencils",
  "shells",
  "stamps",
  "cups",
] as const;

function generate(random: Random, difficulty: number): TaskProblem {
  assertDifficulty(addition, difficulty);
  const draw = (): number => random.int(10 ** (difficulty - 1), 10 ** difficulty - 1);
  const [a, b] = [draw(), draw()];
  const wording = random.int(0, WORDINGS.length - 1);
  const name = random.choice(NAMES);
  const things = random.choice(THINGS);
  const prompt = (WORDINGS[wording] ?? WORDINGS[0])
    .replace("{a}", String(a))
    .replace("{b}", String(b))
    .replaceAll("{name}", name)
    .replaceAll("{things}", things);
  const surface = [wording, name, things].join("-");
  return {
    id: `addition/${a}+${b}/${surface}`,
    task: "addition",
    difficulty,
    prompt,
    gold: String(a + b),
    data: [a, b],
  };
}

/** The smaller number first. */
function canonical(text: string): string {
  return /^\d+\+\d+$/.test(text)
    ? text
        .split("+")
        .toSorted((a, b) => Number(a) - Number(b))
        .join("+")
    : text;
}

/** Reads the two numbers back; throws a plain Error for anything else, which would be a bug. */
function numbersOf(data: JsonValue): readonly [number, number] {
  const [a, b] = Array.isArray(data) ? (data as readonly JsonValue[]) : [];
  if (typeof a !== "number" || typeof b !== "number") throw new Error("not an addition problem");
  return [a, b];
}

/** `47 + 38` → `40 + 30 = 70`, `7 + 8 = 15`, `70 + 15 = 85`, one a line; places that are 0 in both numbers are left out. */
function solve(problem: TaskProblem): WorkedSolution {
  const [a, b] = numbersOf(problem.data);
  const lines: string[] = [];
  let sum = 0;
  for (let place = 10 ** (String(Math.max(a, b)).length - 1); place >= 1; place /= 10) {
    const [x, y] = [digit(a, place) * place, digit(b, place) * place];
    if (x + y === 0) continue;
    lines.push(`${x} + ${y} = ${x + y}`);
    if (sum > 0) lines.push(`${sum} + ${x + y} = ${sum + x + y}`);
    sum += x + y;
  }
  return { think: lines.join("\n"), answer: String(sum) };
}

function digit(value: number, place: number): number {
  return Math.floor(value / place) % 10;
}

export const addition: RuledTask = {
  name: "addition",
  version: "2",
  title: "Sums in words",
  description: "Mia has 47 apples and finds 38 more. Two numbers to add, asked in words.",
  difficultyUnit: "digits",
  difficulties: [2, 3, 4],
  generate,
  canonical,
  solve,
  verify: isWholeNumber,
  extractLenient: lastNumber,
  answerKey: wholeNumberKey,
};
