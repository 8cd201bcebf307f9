/** Compares two evaluations problem by problem. */
import { AppError } from "#shared/errors.ts";
import type { Estimate } from "#shared/schema/engine-protocol.ts";
import { bootstrapMean } from "./bootstrap.ts";
import { signFlipTest } from "./permutation-test.ts";

/** A problem, or a part of its samples: how many there are and how many of them are right. */
export type ProblemScore = {
  readonly problemId: string;
  readonly correct: number;
  readonly samples: number;
};

export type Comparison = {
  /** Problems that both evaluations have; the others are left out. */
  readonly n: number;
  /** The mean of pass@1 after minus before over these problems, with its paired bootstrap interval. */
  readonly difference: Estimate;
  /** Of the two-sided sign-flip test. */
  readonly p: number;
  /** "cannot tell" unless p < 0.05. */
  readonly verdict: "better" | "worse" | "cannot tell";
};

const SIGNIFICANCE = 0.05;

/** Is `after` better than `before`? Throws BAD_INPUT where they have no problem in common. */
export function compareEvaluations(
  before: readonly ProblemScore[],
  after: readonly ProblemScore[],
  seed: number,
): Comparison {
  const differences = pairedDifferences(before, after);
  if (differences.length === 0) {
    throw new AppError(
      "BAD_INPUT",
      "The two evaluations have no problem in common.",
      "Compare benchmarks of the same task, difficulties and seed.",
    );
  }
  const difference = bootstrapMean(differences, { seed });
  const p = signFlipTest(differences, seed);
  const verdict = p >= SIGNIFICANCE ? "cannot tell" : difference.value > 0 ? "better" : "worse";
  return { n: differences.length, difference, p, verdict };
}

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
