import { expect, test } from "vitest";
import { holmAdjusted, holmLevels } from "#main/core/evaluation/holm.ts";
import { mcnemarExact } from "#main/core/evaluation/mcnemar.ts";
import { Random } from "#main/platform/random.ts";
import { pairedPower } from "#main/core/evaluation/paired-power.ts";

test("Holm multiplies the smallest p by the count of tests, the next by one less, and never falls", () => {
  // By hand: sorted 0.01, 0.02, 0.03, 0.04 -> 0.04, 0.06, max(0.06, 0.06), max(0.06, 0.04).
  expect(holmAdjusted([0.04, 0.01, 0.03, 0.02]).map((p) => Number(p.toFixed(12)))).toEqual([
    0.06, 0.04, 0.06, 0.06,
  ]);
  expect(holmAdjusted([0.6, 0.7])).toEqual([1, 1]);
  expect(holmAdjusted([0.3])).toEqual([0.3]);
  expect(holmAdjusted([])).toEqual([]);
});

test("each p is below its own level exactly where the corrected p is below the common one", () => {
  const random = new Random(2);
  for (let trial = 0; trial < 200; trial++) {
    const ps = Array.from({ length: random.int(1, 8) }, () => random.uniform() ** 4);
    const adjusted = holmAdjusted(ps);
    const levels = holmLevels(ps, 0.05);
    expect(ps.map((p, i) => p < (levels[i] ?? 0))).toEqual(adjusted.map((p) => p < 0.05));
    // never laxer than the common level, never stricter than dividing it by the count of tests
    expect(levels.every((level) => level <= 0.05 && level >= 0.05 / ps.length - 1e-12)).toBe(true);
  }
  expect(holmLevels([0.3], 0.05)).toEqual([0.05]);
});

test("equal p-values are corrected equally", () => {
  expect(holmAdjusted([0.02, 0.02])).toEqual([0.04, 0.04]);
});

test("McNemar's exact test is the two-sided binomial test at a half", () => {
  // scipy.stats.binomtest(1, 6).pvalue = 0.21875; (50, 101) = 1.0; (3, 20) = 0.0025768280029296875
  expect(mcnemarExact(1, 5)).toBeCloseTo(0.21875, 12);
  expect(mcnemarExact(5, 1)).toBeCloseTo(0.21875, 12);
  expect(mcnemarExact(50, 51)).toBeCloseTo(1, 12);
  expect(mcnemarExact(17, 3)).toBeCloseTo(0.0025768280029296875, 12);
  expect(mcnemarExact(0, 0)).toBe(1);
  expect(mcnemarExact(4, 4)).toBe(1);
});

test("McNemar's test stays finite where 2^n does not", () => {
  // scipy.stats.binomtest(1000, 2200).pvalue
  expect(mcnemarExact(1000, 1200)).toBeCloseTo(2.1817026407914194e-5, 14);
});

test("power: the gap that n problems find, and the problems that a gap needs, are each other's inverse", () => {
  // Differences 0.5 and 0 in turn: mean 0.25, sample variance 0.0625 × 100/99.
  const differences = Array.from({ length: 100 }, (_, i) => (i % 2 === 0 ? 0.5 : 0));
  const spread = Math.sqrt((0.0625 * 100) / 99);
  const { problemsNeeded, detectable } = pairedPower(differences);
  // scipy.stats.norm.ppf(0.975) + norm.ppf(0.8) = 2.8015852181
  expect(detectable).toBeCloseTo((2.8015852 * spread) / 10, 6);
  expect(problemsNeeded).toBe(Math.ceil(((2.8015852 * spread) / 0.25) ** 2));
});

test("power says nothing where the problems do not differ, or there is one", () => {
  expect(pairedPower([0, 0, 0])).toEqual({ problemsNeeded: null, detectable: null });
  expect(pairedPower([0.5])).toEqual({ problemsNeeded: null, detectable: null });
  expect(pairedPower([0.25, -0.25]).problemsNeeded).toBeNull();
});
