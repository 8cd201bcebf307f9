/**
 * A small Python function on a list of whole numbers, judged by running tests on it. One to three steps, then what it
 * returns.
 */
import type { Random } from "#main/platform/random.ts";
import { callListFunction, drawListFunction, readListFunction } from "./forms/list-steps.ts";
import type { ListFunction } from "./forms/list-steps.ts";
import { fieldOf, stringOf } from "./forms/read-data.ts";
import { assertDifficulty } from "../task.ts";
import type { JudgedTask, JudgedTaskProblem, WorkedSolution } from "../task.ts";

const NAMES = ["process", "transform", "compute", "handle", "work_out", "evaluate_list"] as const;

/** What every function is tested on. */
export const TEST_LISTS: readonly (readonly number[])[] = [
  [],
  [0],
  [7],
  [-3, 4],
  [5, 5, 2, 8, 2],
  [12, -7, 3, 9, 0, 6],
  [1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
  [-12, -8, -5, -4, -1, 11, 13, 15, 18, 20],
];
const SHOWN = TEST_LISTS[5] ?? [];

function generate(random: Random, difficulty: number): JudgedTaskProblem {
  assertDifficulty(listFunctions, difficulty);
  for (;;) {
    const text = drawListFunction(random, difficulty);
    const made = readListFunction(text);
    if (made === null) throw new Error("a function that cannot be read back");
    // What gives the same for most lists is hardly a function.
    const outputs = outputsOf(made);
    if (new Set(outputs).size < TEST_LISTS.length / 2) continue;
    const name = random.choice(NAMES);
    const tests = TEST_LISTS.map(
      (list, i) => `assert ${name}(${JSON.stringify(list)}) == ${outputs[i] ?? ""}`,
    );
    const steps = made.steps.map(({ words }) => words).join(", then ");
    return {
      id: `list-functions/${text}/${name}`,
      task: "list-functions",
      difficulty,
      prompt: `Write a Python function ${name}(numbers) that is given a list of whole numbers. It ${steps}, and returns ${made.end.words}. For example, ${name}(${JSON.stringify(SHOWN)}) is ${JSON.stringify(callListFunction(made, SHOWN))}. Answer with the code alone.`,
      gold: codeOf(made, name),
      data: { function: text, name },
      verifier: { name: "python-tests", options: { tests } },
      columns: {},
    };
  }
}

function outputsOf(made: ListFunction): string[] {
  return TEST_LISTS.map((list) => JSON.stringify(callListFunction(made, list)));
}

function codeOf({ steps, end }: ListFunction, name: string): string {
  const lines = steps.map(({ python }) => `    numbers = ${python}`);
  return [`def ${name}(numbers):`, ...lines, `    return ${end.python}`].join("\n");
}

/** Functions that give the same for every list of the tests are the same. */
function canonical(text: string): string {
  const made = readListFunction(text);
  return made === null ? text : outputsOf(made).join(";");
}

function solve(problem: JudgedTaskProblem): WorkedSolution {
  const made = readListFunction(stringOf(fieldOf(problem.data, "function")));
  if (made === null) throw new Error("a function that cannot be read back");
  let list: readonly number[] = SHOWN;
  const lines = made.steps.map(({ words, python, apply }) => {
    list = apply(list);
    return `It ${words}: ${python}. Of the example this leaves ${JSON.stringify(list)}.`;
  });
  const end = `It returns ${made.end.words}: ${made.end.python}, which is ${JSON.stringify(made.end.apply(list))}.`;
  return {
    think: [...lines, end].join("\n"),
    answer: codeOf(made, stringOf(fieldOf(problem.data, "name"))),
  };
}

export const listFunctions: JudgedTask = {
  name: "list-functions",
  version: "1",
  title: "Functions on lists",
  description: "Write a small Python function on a list of numbers; tests are run on it.",
  difficultyUnit: "steps",
  difficulties: [1, 2, 3],
  generate,
  canonical,
  solve,
  verify: null,
};
