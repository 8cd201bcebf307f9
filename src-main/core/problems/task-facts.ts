/** What tasks there are, and one problem of a stage's data to look at. */
import type { ProblemData } from "#shared/schema/recipe.ts";
import { findRuledTask, findTask, listTasks } from "./registry.ts";
import { ProblemSupply } from "./problem-supply.ts";
import type { SetReader } from "./problem-supply.ts";
import type { Problem } from "./problem.ts";

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

/** Those that judge answers themselves. */
export function tasksWithRules(): TaskFacts[] {
  return taskFacts().filter(({ name }) => findRuledTask(name) !== undefined);
}

/** Undefined where there is no such task. */
export function difficultiesOf(task: string): readonly number[] | undefined {
  return findTask(task)?.difficulties;
}

/** Seed of the problems that are drawn to be looked at; no run uses it. */
const LOOK_SEED = 7;

/** Training problem number `index` of a stage's data. Throws BAD_RECIPE for a difficulty that the task does not have. */
export function problemAt(data: ProblemData, index: number, sets: SetReader): Problem {
  return new ProblemSupply(data, { split: "train", seed: LOOK_SEED, sets }).at(index);
}
