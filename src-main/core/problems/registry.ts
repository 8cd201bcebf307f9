/** All tasks by name. */
import type { TaskName } from "#shared/schema/recipe.ts";
import { addition } from "./tasks/addition.ts";
import { arithmetic } from "./tasks/arithmetic.ts";
import { countdown } from "./tasks/countdown.ts";
import { knightsAndKnaves } from "./tasks/knights-and-knaves.ts";
import type { Task } from "./task.ts";

const TASKS: { readonly [name in TaskName]: Task } = {
  arithmetic,
  addition,
  countdown,
  "knights-and-knaves": knightsAndKnaves,
};

export function taskByName(name: TaskName): Task {
  return TASKS[name];
}

export function listTasks(): readonly Task[] {
  return Object.values(TASKS);
}
