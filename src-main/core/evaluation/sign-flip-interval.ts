/**
 * The interval that belongs to the paired sign-flip test: every true difference δ that the test, made on the
 * differences less δ, does not reject. It leaves out zero exactly where the test rejects at the same level.
 *
 * For δ below the mean, a pattern of signs is as extreme as the data where δ is at least the smaller of two means: of
 * the problems it flips, and of those it keeps; above, mirrored. The ends are therefore order statistics of such means
 * (Hartigan 1969, "Using subsample values as typical values"). All patterns up to 20 problems, 100,000 drawn ones beyond.
 */
import { EXACT_PAIRS, FLIPS, forEachFlip } from "./permutation-test.ts";

export type Interval = { readonly low: number; readonly high: number };

/** Scores are 0–1, so no difference is larger. */
const LARGEST = 1;
const LEAST_STEP = 1e-9;

/**
 * @param level the chance to leave out the true difference, e.g. 0.05.
 * @param p of the test on the same differences: where few of them are not zero it is exact and the ends are drawn, so it
 * decides whether zero is inside.
 */
export function signFlipInterval(
  differences: readonly number[],
  p: number,
  level: number,
  seed: number,
): Interval {
  const first = differences[0] ?? 0;
  if (differences.every((d) => d === first)) return equalInterval(first, differences.length, level);
  const mean = differences.reduce((sum, d) => sum + d, 0) / differences.length;
  const { lower, upper, always, patterns } = subsetMeans(differences, seed);
  const outside = Math.ceil(level * patterns - 1e-9) - always;
  const low = outside < 1 ? -LARGEST : Math.min(mean, lower[outside - 1] ?? -LARGEST);
  const high = outside < 1 ? LARGEST : Math.max(mean, upper[upper.length - outside] ?? LARGEST);
  if (p >= level) return { low: Math.min(low, 0), high: Math.max(high, 0) };
  return mean > 0
    ? { low: Math.max(low, LEAST_STEP), high }
    : { low, high: Math.min(high, -LEAST_STEP) };
}

/**
 * Where all problems differ by the same, flips say nothing of others that were not asked: a share q of these, at most
 * 1 − (level/2)^(1/n) by Clopper and Pearson, may do otherwise.
 */
function equalInterval(difference: number, n: number, level: number): Interval {
  const q = 1 - (level / 2) ** (1 / n);
  if (difference === 0) return { low: -q, high: q };
  const size = Math.abs(difference);
  const near = size * (1 - 2 * q);
  const far = size + (LARGEST - size) * q;
  return difference > 0 ? { low: near, high: far } : { low: -far, high: -near };
}

interface SubsetMeans {
  /** For each pattern the smaller and the larger mean of what it flips and what it keeps, sorted. */
  readonly lower: Float64Array;
  readonly upper: Float64Array;
  /** Patterns that are extreme whatever δ is, and all of them. */
  readonly always: number;
  readonly patterns: number;
}

function subsetMeans(differences: readonly number[], seed: number): SubsetMeans {
  const values = Float64Array.from(differences);
  const n = values.length;
  const whole = values.reduce((sum, d) => sum + d, 0);
  const lower: number[] = [];
  const upper: number[] = [];
  let trivial = 0;
  const add = (kept: number, keptSum: number): void => {
    if (kept === 0 || kept === n) {
      trivial++;
      return;
    }
    const a = keptSum / kept;
    const b = (whole - keptSum) / (n - kept);
    lower.push(Math.min(a, b));
    upper.push(Math.max(a, b));
  };
  if (n <= EXACT_PAIRS) {
    forEachSubset(values, add);
  } else {
    forEachFlip(values, seed, (total, kept) => add(kept, (whole + total) / 2));
    // The data themselves count as one more pattern (Phipson and Smyth 2010).
    trivial++;
  }
  return {
    lower: Float64Array.from(lower).toSorted(),
    upper: Float64Array.from(upper).toSorted(),
    always: trivial,
    patterns: n <= EXACT_PAIRS ? 2 ** n : FLIPS + 1,
  };
}

/** All of them in Gray-code order, so that each takes in or leaves out one value. */
function forEachSubset(values: Float64Array, visit: (kept: number, sum: number) => void): void {
  const inside = new Int8Array(values.length);
  let kept = 0;
  let sum = 0;
  visit(0, 0);
  for (let i = 1; i < 2 ** values.length; i++) {
    const at = 31 - Math.clz32(i & -i);
    const sign = inside[at] === 1 ? -1 : 1;
    inside[at] = sign === 1 ? 1 : 0;
    kept += sign;
    sum += sign * (values[at] ?? 0);
    visit(kept, sum);
  }
}
