/** Compares two evaluations problem by problem. */
import { AppError } from "#shared/errors.ts";
import type { Estimate, EvaluationSample } from "#shared/schema/engine-protocol.ts";
import { bootstrapMean, mean } from "./bootstrap.ts";
import { signFlipTest } from "./permutation-test.ts";

export type ComparedSample = Pick<EvaluationSample, "problemId" | "correct">;

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
  before: readonly ComparedSample[],
  after: readonly ComparedSample[],
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
  before: readonly ComparedSample[],
  after: readonly ComparedSample[],
): number[] {
  const old = problemMeans(before);
  return [...problemMeans(after)].flatMap(([id, value]) => {
    const paired = old.get(id);
    return paired === undefined ? [] : [value - paired];
  });
}

function problemMeans(samples: readonly ComparedSample[]): Map<string, number> {
  const groups = Map.groupBy(samples, (sample) => sample.problemId);
  return new Map(
    [...groups].map(([id, group]) => [id, mean(group.map(({ correct }) => (correct ? 1 : 0)))]),
  );
}
