/**
 * Draws problems of a task source from one side of the split. Both ways are seeded: a list of
 * distinct problems, and a stream whose i-th problem depends on the seed and i alone, so that a
 * resumed run goes on at its data position.
 */
import { AppError } from "#shared/errors.ts";
import type { TaskSource } from "#shared/schema/stages/problem-data.ts";
import { hash32, Random } from "#main/platform/random.ts";
import { taskByName } from "./registry.ts";
import { splitOf } from "./split-of.ts";
import type { Split } from "./split-of.ts";
import { makeProblem } from "./problem.ts";
import type { Problem } from "./problem.ts";

/** So many refused draws in a row mean that there is nothing left to draw. */
const REFUSED_DRAWS = 5000;

export type ProblemDraw = {
  readonly source: TaskSource;
  readonly split: Split;
  readonly seed: number;
};

/**
 * `count` distinct problems, difficulties in turn. A smaller count is a prefix of a larger one.
 * Throws BAD_RECIPE where a difficulty is unknown or has no more problems on this side.
 */
export function drawProblems(draw: ProblemDraw & { readonly count: number }): Problem[] {
  const seen = new Set<string>();
  const problems: Problem[] = [];
  for (let i = 0; i < draw.count; i++) {
    const problem = drawOne(draw, i, seen);
    seen.add(problem.id);
    problems.push(problem);
  }
  return problems;
}

/** The problem at a position of an endless stream; problems may come back, the more so in a small space. */
export function problemStream(draw: ProblemDraw & { readonly index: number }): Problem {
  return drawOne(draw, draw.index, new Set());
}

/** Of the problem at a position: a source's difficulties come in turn. Throws BAD_RECIPE where it lists none. */
export function difficultyAt({ difficulties }: TaskSource, index: number): number {
  const difficulty = difficulties[index % difficulties.length];
  if (difficulty !== undefined) return difficulty;
  throw new AppError(
    "BAD_RECIPE",
    "The task source lists no difficulty.",
    "Name at least one, e.g. difficulties: [3, 4, 5].",
  );
}

function drawOne(draw: ProblemDraw, index: number, seen: ReadonlySet<string>): Problem {
  const { task: name } = draw.source;
  const task = taskByName(name);
  const difficulty = difficultyAt(draw.source, index);
  const random = new Random(hash32(draw.seed, index));
  for (let tries = 0; tries < REFUSED_DRAWS; tries++) {
    const made = makeProblem(task, random, difficulty);
    if (!seen.has(made.id) && splitOf(made.id) === draw.split) return made;
  }
  throw new AppError(
    "BAD_RECIPE",
    `After ${seen.size} ${draw.split} problems there are no more different ones of ${name} with difficulty ${difficulty}.`,
    `Ask for fewer problems, or for harder ones: difficulties up to ${Math.max(...task.difficulties)} ${task.difficultyUnit}.`,
  );
}
