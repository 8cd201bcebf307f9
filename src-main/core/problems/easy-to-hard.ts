/**
 * A curriculum: the problems that a stage asks, from the easiest to the hardest. Every source is put in order by itself, so
 * that each batch keeps the sources' shares. The order depends on the seed and on what was measured when the run began.
 */
import type { MeasuredSetProblem } from "#shared/schema/problem.ts";

/**
 * How hard each problem of a set is: what part of a model's answers was wrong, where every problem was measured; else its
 * difficulty, 0 where it has none.
 */
export function hardnessIn(
  problems: readonly MeasuredSetProblem[],
): (problem: MeasuredSetProblem) => number {
  const measured = problems.every(({ passRate }) => passRate !== undefined);
  return ({ passRate, difficulty }) => (measured ? 1 - (passRate ?? 0) : (difficulty ?? 0));
}

/** The places from 0 to before `count` by hardness; equally hard ones stay in their order. */
export function easyToHard(count: number, hardness: (place: number) => number): number[] {
  return Array.from({ length: count }, (_, place) => ({ place, hard: hardness(place) }))
    .sort((a, b) => a.hard - b.hard || a.place - b.place)
    .map(({ place }) => place);
}
