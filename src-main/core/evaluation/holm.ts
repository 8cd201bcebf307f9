/** Holm's correction (Holm 1979) for several tests at once: the chance of any false claim stays at the level. */

/**
 * The level at which each p is decided when `level` holds for all: an adjusted p is below `level` exactly where the p is
 * below its own.
 */
export function holmLevels(ps: readonly number[], level: number): number[] {
  const order = ps.map((_, index) => index).toSorted((a, b) => (ps[a] ?? 0) - (ps[b] ?? 0));
  const levels = Array.from(ps, () => level);
  let least = 0;
  for (const [rank, index] of order.entries()) {
    const p = ps[index] ?? 1;
    least = Math.max(least, (ps.length - rank) * p);
    levels[index] = level / (least / p);
  }
  return levels;
}

/** Adjusted p-values in the order given: the i-th smallest times (m − i), never falling, at most 1. */
export function holmAdjusted(ps: readonly number[]): number[] {
  const order = ps.map((_, index) => index).toSorted((a, b) => (ps[a] ?? 0) - (ps[b] ?? 0));
  const adjusted = Array.from(ps, () => 1);
  let least = 0;
  for (const [rank, index] of order.entries()) {
    least = Math.max(least, Math.min(1, (ps.length - rank) * (ps[index] ?? 1)));
    adjusted[index] = least;
  }
  return adjusted;
}
