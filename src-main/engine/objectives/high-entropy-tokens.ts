/**
 * The tokens at which the policy wavers most, and from which alone it learns where `top_entropy_quantile` is under 1
 * (Wang et al. 2025, "Beyond the 80/20 rule", arXiv 2506.01939, eq. 3 with ρ = 0.2).
 */

export type EntropyRow = {
  /** Of each completion token, in nats. */
  readonly entropies: ArrayLike<number>;
  /** False where the whole completion is masked out. */
  readonly counts: boolean;
};

/**
 * By completion, 1 at tokens that are kept and 0 at others: those whose entropy is at least the (1 − quantile) quantile
 * of all that count in their part of the step. Parts are `microBatch` completions in order, as TRL takes them.
 * @param quantile the share kept, 0 to 1; 0 keeps the highest alone
 */
export function highEntropyTokens(
  rows: readonly EntropyRow[],
  quantile: number,
  microBatch: number,
): Float32Array[] {
  const kept: Float32Array[] = [];
  for (let first = 0; first < rows.length; first += microBatch) {
    const part = rows.slice(first, first + microBatch);
    const all = part.flatMap(({ entropies, counts }) => (counts ? Array.from(entropies) : []));
    const threshold = linearQuantile(all, 1 - quantile);
    for (const { entropies, counts } of part)
      kept.push(
        Float32Array.from(entropies, (nats) =>
          counts && threshold !== null && nats >= threshold ? 1 : 0,
        ),
      );
  }
  return kept;
}

/** Interpolated linearly between neighbours, as torch.quantile is; null of nothing. */
function linearQuantile(values: readonly number[], q: number): number | null {
  const sorted = values.toSorted((a, b) => a - b);
  const place = q * (sorted.length - 1);
  const [low, high] = [sorted[Math.floor(place)], sorted[Math.ceil(place)]];
  if (low === undefined || high === undefined) return null;
  return low + (place - Math.floor(place)) * (high - low);
}
