/**
 * The paired sign-flip permutation test: under the null hypothesis the two sides of each pair could
 * be swapped, so every difference could have the other sign.
 */
import { Random } from "#main/platform/random.ts";

export const EXACT_PAIRS = 20;
export const FLIPS = 100_000;

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
  let extreme = 0;
  forEachFlip(sizes, seed, (total) => {
    if (Math.abs(total) >= threshold) extreme++;
  });
  return (extreme + 1) / (FLIPS + 1);
}

/** Calls with the sum of the values under each of 100,000 random patterns of signs, and how many kept their own. */
export function forEachFlip(
  values: Float64Array,
  seed: number,
  visit: (total: number, kept: number) => void,
): void {
  const random = new Random(seed);
  const sums = sumsByByte(values);
  const words = new Uint32Array(Math.ceil(values.length / 32));
  const past = words.length * 32 - values.length;
  for (let flip = 0; flip < FLIPS; flip++) {
    random.fill(words);
    let total = 0;
    let kept = 0;
    for (let w = 0; w < words.length; w++) {
      const bits = words[w] ?? 0;
      const at = w * 1024;
      total +=
        (sums[at + (bits & 255)] ?? 0) +
        (sums[at + 256 + ((bits >>> 8) & 255)] ?? 0) +
        (sums[at + 512 + ((bits >>> 16) & 255)] ?? 0) +
        (sums[at + 768 + (bits >>> 24)] ?? 0);
      kept += bitsSet(w === words.length - 1 ? (bits << past) >>> 0 : bits);
    }
    visit(total, kept);
  }
}

/** The number of ones among 32 bits (Warren, Hacker's Delight, figure 5-2). */
function bitsSet(word: number): number {
  const pairs = word - ((word >>> 1) & 0x55555555);
  const fours = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333);
  return Math.imul((fours + (fours >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

/**
 * For each eight sizes the sum under each of their 256 patterns of signs, so that a pattern of 32
 * random bits takes four look-ups instead of 32 additions. sizes (m) -> (⌈m/32⌉ × 4 × 256); a bit
 * that is set leaves its size positive, and past the last size all are zero.
 */
function sumsByByte(sizes: Float64Array): Float64Array {
  const sums = new Float64Array(Math.ceil(sizes.length / 32) * 1024);
  for (let start = 0; start < sums.length / 32; start += 8) {
    const at = start * 32;
    for (let i = start; i < start + 8; i++) sums[at] = (sums[at] ?? 0) - (sizes[i] ?? 0);
    for (let pattern = 1; pattern < 256; pattern++) {
      const lowest = 31 - Math.clz32(pattern & -pattern);
      sums[at + pattern] =
        (sums[at + (pattern & (pattern - 1))] ?? 0) + 2 * (sizes[start + lowest] ?? 0);
    }
  }
  return sums;
}
