/**
 * 95% percentile bootstrap intervals, clustered by problem: what is drawn again is problems, each
 * with all its completions, since the completions of one problem are not independent.
 */
import type { Estimate } from "#shared/schema/engine-protocol.ts";
import { Random } from "#main/platform/random.ts";

const RESAMPLES = 10_000;
const TAIL = 0.025;

export type BootstrapOptions = { readonly seed: number; readonly resamples?: number };

/**
 * The mean of one value a problem, with its interval. A paired comparison gives the differences. Shares (values in 0–1) that are all 0 or all 1
 * would get an interval of no width; there `share` asks for the exact binomial bound (Clopper and
 * Pearson) over problems instead. Throws a RangeError for an empty list.
 */
export function bootstrapMean(
  values: readonly number[],
  options: BootstrapOptions & { readonly share?: boolean },
): Estimate {
  if (values.length === 0) throw new RangeError("the bootstrap of no values");
  const value = mean(values);
  if (options.share === true && value === 0)
    return { value, low: 0, high: 1 - TAIL ** (1 / values.length) };
  if (options.share === true && value === 1)
    return { value, low: TAIL ** (1 / values.length), high: 1 };
  const means = resampledMeans(values, options);
  return { value, low: quantile(means, TAIL), high: quantile(means, 1 - TAIL) };
}

export function mean(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0) / values.length;
}

/** Sorted means of draws with replacement. */
function resampledMeans(
  values: readonly number[],
  { seed, resamples = RESAMPLES }: BootstrapOptions,
): Float64Array {
  const random = new Random(seed);
  const data = Float64Array.from(values);
  const means = new Float64Array(resamples);
  const draws = new Uint32Array(data.length);
  // Times a draw and rounded down, this is `random.int(0, data.length - 1)`.
  const scale = data.length / 2 ** 32;
  for (let b = 0; b < resamples; b++) {
    random.fill(draws);
    let total = 0;
    for (let i = 0; i < draws.length; i++) total += data[((draws[i] ?? 0) * scale) | 0] ?? 0;
    means[b] = total / data.length;
  }
  return means.toSorted();
}

/** Linear between the sorted values (numpy's default). */
function quantile(sorted: Float64Array, q: number): number {
  const position = q * (sorted.length - 1);
  const below = Math.floor(position);
  const low = sorted[below] ?? Number.NaN;
  const high = sorted[Math.min(below + 1, sorted.length - 1)] ?? Number.NaN;
  return low + (high - low) * (position - below);
}
