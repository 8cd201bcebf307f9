/** Word problems in GSM8K's shape: a question, and an answer worked out with the number after `####`. By a seed, each different. */
import { Random } from "#main/platform/random.ts";

export interface WordProblem {
  readonly question: string;
  readonly answer: string;
}

const NAMES = ["Ann", "Ben", "Cleo", "Dan", "Eve", "Finn", "Gus", "Hal", "Ivy", "Jo"];
const THINGS = ["apples", "books", "coins", "pens", "stamps", "shells"];

type Template = (name: string, thing: string, a: number, b: number) => readonly [string, string];

const TEMPLATES: readonly Template[] = [
  (name, thing, a, b) => [
    `${name} has ${a} ${thing} and gets ${b} more. How many ${thing} does ${name} have now?`,
    `${a}+${b}=${a + b}`,
  ],
  (name, thing, a, b) => [
    `${name} had ${a + b} ${thing} and gave ${b} away. How many ${thing} are left?`,
    `${a + b}-${b}=${a}`,
  ],
  (name, thing, a, b) => [
    `There are ${a} ${thing} on the table. ${name} puts ${b} ${thing} beside them. How many are there?`,
    `${a}+${b}=${a + b}`,
  ],
  (name, thing, a, b) => [
    `${name} needs ${a + b} ${thing} and has ${a}. How many more does ${name} need?`,
    `${a + b}-${a}=${b}`,
  ],
];

export function wordProblems(count: number, seed = 1): WordProblem[] {
  const random = new Random(seed);
  const stories = new Map<string, WordProblem>();
  while (stories.size < count) {
    const template = random.choice(TEMPLATES);
    const [question, sum] = template(
      random.choice(NAMES),
      random.choice(THINGS),
      random.int(2, 30),
      random.int(2, 30),
    );
    stories.set(question, { question, answer: `${sum}\n#### ${sum.slice(sum.indexOf("=") + 1)}` });
  }
  return [...stories.values()];
}
