/** All tasks by name. */
import { AppError } from "#shared/errors.ts";
import { addition } from "./tasks/addition.ts";
import { arithmetic } from "./tasks/arithmetic.ts";
import { countdown } from "./tasks/countdown.ts";
import { fractions } from "./tasks/fractions.ts";
import { graphPath } from "./tasks/graph-path.ts";
import { knightsAndKnaves } from "./tasks/knights-and-knaves.ts";
import { linearEquations } from "./tasks/linear-equations.ts";
import { listFunctions } from "./tasks/list-functions.ts";
import { miniSudoku } from "./tasks/mini-sudoku.ts";
import { numberSequences } from "./tasks/number-sequences.ts";
import { propositionalLogic } from "./tasks/propositional-logic.ts";
import { shortStory } from "./tasks/short-story.ts";
import type { RuledTask, Task } from "./task.ts";

const BUILT_IN: readonly Task[] = [
  arithmetic,
  addition,
  countdown,
  knightsAndKnaves,
  linearEquations,
  fractions,
  numberSequences,
  miniSudoku,
  propositionalLogic,
  graphPath,
  listFunctions,
  shortStory,
];
const TASKS: ReadonlyMap<string, Task> = new Map(BUILT_IN.map((task) => [task.name, task]));

export function findTask(name: string): Task | undefined {
  return TASKS.get(name);
}

/** Undefined where there is no such task, or where something else than the task judges its answers. */
export function findRuledTask(name: string): RuledTask | undefined {
  const task = TASKS.get(name);
  return task === undefined || task.verify === null ? undefined : task;
}

/** Throws BAD_RECIPE, with the tasks there are. */
export function taskByName(name: string): Task {
  const task = TASKS.get(name);
  if (task !== undefined) return task;
  throw new AppError(
    "BAD_RECIPE",
    `There is no task "${name}".`,
    `Choose among ${[...TASKS.keys()].join(", ")}, or import problems of your own: \`gradus problems import FILE\`.`,
  );
}

export function listTasks(): readonly Task[] {
  return [...TASKS.values()];
}
