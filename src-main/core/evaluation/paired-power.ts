/**
 * How much a paired comparison can see. By the normal approximation, a mean difference δ of problems
 * whose differences spread by s is found 8 times in 10 at the two-sided 5% level with
 * n = ((z₀.₉₇₅ + z₀.₈) s / δ)² problems.
 */

/** z₀.₉₇₅ + z₀.₈ = 1.95996 + 0.84162 */
const Z_SUM = 2.801585;

export type PairedPower = {
  /** Problems at which a gap as large as the one seen would be found 8 times in 10; null where none was seen. */
  readonly problemsNeeded: number | null;
  /** The smallest gap that so many problems find 8 times in 10; null where the problems do not differ at all. */
  readonly detectable: number | null;
};

/** Needs at least two differences, else both are null. */
export function pairedPower(differences: readonly number[]): PairedPower {
  const n = differences.length;
  const mean = differences.reduce((sum, d) => sum + d, 0) / n;
  const variance = differences.reduce((sum, d) => sum + (d - mean) ** 2, 0) / (n - 1);
  if (n < 2 || variance === 0) return { problemsNeeded: null, detectable: null };
  const spread = Math.sqrt(variance);
  return {
    problemsNeeded: mean === 0 ? null : Math.ceil(((Z_SUM * spread) / mean) ** 2),
    detectable: (Z_SUM * spread) / Math.sqrt(n),
  };
}
