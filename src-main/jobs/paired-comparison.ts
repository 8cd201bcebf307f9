/** The paired comparison of two benchmarks, for the services: they do not import the engine. */
import { compareEvaluations } from "#main/engine/evaluation/compare.ts";
import type { ProblemScore } from "#main/engine/evaluation/compare.ts";
import type { Comparison } from "#shared/schema/evaluation.ts";

/** null where the two have no problem in common. */
export function pairedComparison(
  before: readonly ProblemScore[],
  after: readonly ProblemScore[],
  seed: number,
): Pick<Comparison, "problems" | "difference" | "p" | "verdict"> | null {
  const known = new Set(before.map(({ problemId }) => problemId));
  if (!after.some(({ problemId }) => known.has(problemId))) return null;
  const { n, difference, p, verdict } = compareEvaluations(before, after, seed);
  return { problems: n, difference, p, verdict };
}
