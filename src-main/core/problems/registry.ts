/** All tasks by name. */
import { AppError } from "#shared/errors.ts";
import { addition } from "./tasks/addition.ts";
import { arithmetic } from "./tasks/arithmetic.ts";
import { countdown } from "./tasks/countdown.ts";
import { knightsAndKnaves } from "./tasks/knights-and-knaves.ts";
import type { Task } from "./task.ts";

const TASKS: ReadonlyMap<string, Task> = new Map(
  [arithmetic, addition, countdown, knightsAndKnaves].map((task) => [task.name, task]),
);

export function findTask(name: string): Task | undefined {
  return TASKS.get(name);
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
