/** The paired comparison of two benchmarks, for the services: they do not import the engine. */
import { compareEvaluations } from "#main/engine/evaluation/compare.ts";
import type { ComparedSample } from "#main/engine/evaluation/compare.ts";
import type { Comparison } from "#shared/schema/evaluation.ts";

/** null where the two have no problem in common. */
export function pairedComparison(
  before: readonly ComparedSample[],
  after: readonly ComparedSample[],
  seed: number,
): Pick<Comparison, "problems" | "difference" | "p" | "verdict"> | null {
  const known = new Set(before.map((sample) => sample.problemId));
  if (!after.some((sample) => known.has(sample.problemId))) return null;
  const { n, difference, p, verdict } = compareEvaluations(before, after, seed);
  return { problems: n, difference, p, verdict };
}
