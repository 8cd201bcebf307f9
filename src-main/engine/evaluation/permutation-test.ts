/**
 * The paired sign-flip permutation test: under the null hypothesis the two sides of each pair could
 * be swapped, so every difference could have the other sign.
 */
import { Random } from "#main/platform/random.ts";

const EXACT_PAIRS = 20;
const FLIPS = 100_000;

/**
 * The two-sided p-value of the mean of the differences (one a problem). Exact over all 2^m sign
 * patterns for m ≤ 20 non-zero differences; beyond, 100,000 seeded random patterns with 1 added to
 * both counts (Phipson and Smyth 2010). 1 where no difference is left.
 */
export function signFlipTest(differences: readonly number[], seed: number): number {
  const sizes = Float64Array.from(
    differences.filter((d) => d !== 0),
    Math.abs,
  );
  if (sizes.length === 0) return 1;
  const observed = Math.abs(differences.reduce((total, d) => total + d, 0));
  const threshold = observed - 1e-9 * sizes.reduce((total, d) => total + d, 0);
  return sizes.length <= EXACT_PAIRS
    ? exactTest(sizes, threshold)
    : sampledTest(sizes, threshold, seed);
}

/** Goes through the patterns in Gray-code order, so that each changes one sign. */
function exactTest(sizes: Float64Array, threshold: number): number {
  const patterns = 2 ** sizes.length;
  const signs = new Int8Array(sizes.length).fill(1);
  let total = sizes.reduce((sum, d) => sum + d, 0);
  let extreme = 1;
  for (let i = 1; i < patterns; i++) {
    const flipped = Math.clz32(1) - Math.clz32(i & -i);
    const sign = signs[flipped] ?? 1;
    signs[flipped] = -sign;
    total -= 2 * sign * (sizes[flipped] ?? 0);
    if (Math.abs(total) >= threshold) extreme++;
  }
  return extreme / patterns;
}

function sampledTest(sizes: Float64Array, threshold: number, seed: number): number {
  const random = new Random(seed);
  let extreme = 0;
  for (let flip = 0; flip < FLIPS; flip++) {
    let total = 0;
    let bits = 0;
    for (let i = 0; i < sizes.length; i++) {
      bits = i % 32 === 0 ? random.uint32() : bits >>> 1;
      total += (bits & 1) === 1 ? (sizes[i] ?? 0) : -(sizes[i] ?? 0);
    }
    if (Math.abs(total) >= threshold) extreme++;
  }
  return (extreme + 1) / (FLIPS + 1);
}
