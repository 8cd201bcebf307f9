/** Two benchmarks compared on the problems that both asked: difference, p, wins, and the interval at any level. */
import { pairedDifferences, pairedInterval, pairedP } from "./paired-differences.ts";
import type { ProblemScore } from "./paired-differences.ts";
import { pairedPower } from "./paired-power.ts";
import type { PairedPower } from "./paired-power.ts";

/** Two benchmarks on the problems that both asked: what does not depend on other comparisons. */
export type PairedTest = PairedPower & {
  readonly problems: number;
  /** The mean difference, and its p alone. */
  readonly value: number;
  readonly p: number;
  /** Problems at which the second does better, worse, and the same. */
  readonly wins: number;
  readonly losses: number;
  readonly ties: number;
  /** The interval of the difference at a level, e.g. 0.05. */
  readonly intervalAt: (level: number) => { readonly low: number; readonly high: number };
};

/** null where the two have no problem in common. */
export function pairedTest(
  before: readonly ProblemScore[],
  after: readonly ProblemScore[],
): PairedTest | null {
  const differences = pairedDifferences(before, after);
  const problems = differences.length;
  if (problems === 0) return null;
  const wins = differences.filter((d) => d > 0).length;
  const losses = differences.filter((d) => d < 0).length;
  const known = new Map<number, { readonly low: number; readonly high: number }>();
  return {
    ...pairedPower(differences),
    problems,
    value: differences.reduce((sum, d) => sum + d, 0) / problems,
    p: pairedP(differences),
    wins,
    losses,
    ties: problems - wins - losses,
    intervalAt: (level) => {
      const interval = known.get(level) ?? pairedInterval(differences, level);
      known.set(level, interval);
      return interval;
    },
  };
}
