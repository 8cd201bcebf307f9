/** Statistics of comparisons, for the services: they do not import the engine. */
export { holmAdjusted } from "#main/engine/evaluation/holm.ts";
export { mcnemarExact } from "#main/engine/evaluation/mcnemar.ts";
import { pairedDifferences } from "#main/engine/evaluation/compare.ts";
import type { ProblemScore } from "#main/engine/evaluation/compare.ts";
import { pairedPower } from "#main/engine/evaluation/paired-power.ts";
import type { PairedPower } from "#main/engine/evaluation/paired-power.ts";

export type PairedDetail = PairedPower & {
  /** Problems at which the second does better, worse, and the same. */
  readonly wins: number;
  readonly losses: number;
  readonly ties: number;
};

/** What stands behind a paired difference. */
export function pairedDetail(
  before: readonly ProblemScore[],
  after: readonly ProblemScore[],
): PairedDetail {
  const differences = pairedDifferences(before, after);
  const wins = differences.filter((d) => d > 0).length;
  const losses = differences.filter((d) => d < 0).length;
  return { ...pairedPower(differences), wins, losses, ties: differences.length - wins - losses };
}
