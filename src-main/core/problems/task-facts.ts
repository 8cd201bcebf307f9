/** What tasks there are, and one problem of a stage's data to look at. */
import type { ProblemData } from "#shared/schema/stages/problem-data.ts";
import { listTasks } from "./registry.ts";
import { ProblemSupply } from "./problem-supply.ts";
import type { ProblemSources } from "./problem-supply.ts";
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

/** Seed of the problems that are drawn to be looked at; no run uses it. */
const LOOK_SEED = 7;

/**
 * `count` training problems of a stage's data from number `index` on, with their worked solutions. Throws BAD_RECIPE for a
 * difficulty that the task does not have, and as tasks that run elsewhere do.
 */
export async function problemsAt(
  data: ProblemData,
  index: number,
  count: number,
  from: ProblemSources,
  signal?: AbortSignal,
): Promise<Problem[]> {
  const supply = new ProblemSupply(data, { split: "train", seed: LOOK_SEED, ...from });
  await supply.prepareStream(index, index + count, { solutions: true, signal });
  return Array.from({ length: count }, (_, i) => supply.at(index + i));
}

export async function problemAt(
  data: ProblemData,
  index: number,
  from: ProblemSources,
  signal?: AbortSignal,
): Promise<Problem> {
  const [problem] = await problemsAt(data, index, 1, from, signal);
  if (problem === undefined) throw new RangeError(`there is no problem ${index}`);
  return problem;
}
