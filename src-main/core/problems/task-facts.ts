/** What tasks there are, and one problem of a source to look at. */
import type { TaskSource } from "#shared/schema/recipe.ts";
import { listTasks, taskByName } from "./registry.ts";
import { problemStream } from "./draw-problems.ts";
import { formatSolution } from "./task.ts";
import type { Problem } from "./task.ts";

export interface TaskFacts {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly difficultyUnit: string;
  readonly difficulties: readonly number[];
}

export function taskFacts(): TaskFacts[] {
  return listTasks().map(({ name, title, description, difficultyUnit, difficulties }) => ({
    name,
    title,
    description,
    difficultyUnit,
    difficulties,
  }));
}

export function difficultiesOf(task: TaskSource["task"]): readonly number[] {
  return taskByName(task).difficulties;
}

/** Seed of the problems that are drawn to be looked at; no run uses it. */
const LOOK_SEED = 7;

/** Training problem number `index` of a source. Throws BAD_RECIPE for a difficulty that the task does not have. */
export function problemAt(source: TaskSource, index: number): Problem {
  return problemStream({ source, split: "train", seed: LOOK_SEED, index });
}

/** The worked solution in the form that the rewards ask for. */
export function workedSolution(problem: Problem): string {
  return formatSolution(taskByName(problem.task).solve(problem));
}
