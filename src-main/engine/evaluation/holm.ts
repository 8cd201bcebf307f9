/** Holm's correction (Holm 1979) for several tests at once: the chance of any false claim stays at the level. */

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
