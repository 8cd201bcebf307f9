/** Differences of two benchmarks problem by problem, their p, and the interval that belongs to the same test. */
import { signFlipTest } from "./permutation-test.ts";
import { signFlipInterval } from "./sign-flip-interval.ts";
import type { Interval } from "./sign-flip-interval.ts";

/** A problem, or a part of its samples: how many there are and how many of them are right. */
export type ProblemScore = {
  readonly problemId: string;
  readonly correct: number;
  readonly samples: number;
};

/** The same flips for every pair: turned round, a comparison gives the same p and the mirrored interval. */
const SEED = 20250122;

/** pass@1 after minus before, one value for each problem that both have. */
export function pairedDifferences(
  before: readonly ProblemScore[],
  after: readonly ProblemScore[],
): number[] {
  const old = problemMeans(before);
  return [...problemMeans(after)].flatMap(([id, value]) => {
    const paired = old.get(id);
    return paired === undefined ? [] : [value - paired];
  });
}

/** The two-sided p of the sign-flip test. */
export function pairedP(differences: readonly number[]): number {
  return signFlipTest(differences, SEED);
}

/** All differences that the same test does not reject at `level`: without zero exactly where p is below it. */
export function pairedInterval(differences: readonly number[], level: number): Interval {
  return signFlipInterval(differences, pairedP(differences), level, SEED);
}

function problemMeans(scores: readonly ProblemScore[]): Map<string, number> {
  const groups = Map.groupBy(scores, ({ problemId }) => problemId);
  return new Map(
    [...groups].map(([id, group]) => {
      const total = (of: "correct" | "samples"): number =>
        group.reduce((sum, one) => sum + one[of], 0);
      return [id, total("correct") / total("samples")];
    }),
  );
}
