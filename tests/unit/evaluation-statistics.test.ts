import { describe, expect, test } from "vitest";
import { bootstrapMean } from "#main/core/evaluation/bootstrap.ts";
import type { ProblemScore } from "#main/core/evaluation/paired-differences.ts";
import { consensus } from "#main/core/evaluation/consensus.ts";
import type { Vote } from "#main/core/evaluation/consensus.ts";
import { passAtK, passAtKSteps } from "#main/core/evaluation/pass-at-k.ts";
import { signFlipTest } from "#main/core/evaluation/permutation-test.ts";
import { signFlipInterval } from "#main/core/evaluation/sign-flip-interval.ts";
import { summarize } from "#main/core/evaluation/summarize.ts";
import { pairedTest } from "#main/core/evaluation/paired-test.ts";
import { Random } from "#main/platform/random.ts";
import { EvaluationSummary } from "#shared/schema/engine-protocol.ts";
import type { EvaluationSample } from "#shared/schema/engine-protocol.ts";

describe("pass@k", () => {
  test.each([
    // 1 - C(3,1)/C(4,1) = 1/4
    [4, 1, 1, 1 / 4],
    // 1 - C(3,2)/C(4,2) = 1 - 3/6
    [4, 1, 2, 1 / 2],
    // 1 - C(8,4)/C(10,4) = 1 - 70/210
    [10, 2, 4, 2 / 3],
    [10, 0, 5, 0],
    // one wrong completion cannot fill two draws
    [4, 3, 2, 1],
    [16, 16, 1, 1],
  ])("of %i completions, %i right, at k = %i", (n, c, k, expected) => {
    expect(passAtK(n, c, k)).toBeCloseTo(expected, 12);
  });

  test("is the mean over every choice of k completions", () => {
    // by enumeration: all 2^7 subsets of 7 completions of which the first 3 are right
    for (const k of [1, 2, 3, 4, 5, 6, 7]) {
      let subsets = 0;
      let passed = 0;
      for (let bits = 0; bits < 128; bits++) {
        if (bits.toString(2).replaceAll("0", "").length !== k) continue;
        subsets++;
        if ((bits & 0b111) !== 0) passed++;
      }
      expect(passAtK(7, 3, k)).toBeCloseTo(passed / subsets, 12);
    }
  });

  test("refuses k above n and counts that cannot be", () => {
    expect(() => passAtK(4, 1, 5)).toThrow(RangeError);
    expect(() => passAtK(4, 5, 1)).toThrow(RangeError);
  });

  test("is reported at powers of two and at k itself", () => {
    expect([passAtKSteps(1), passAtKSteps(4), passAtKSteps(6)]).toEqual([
      [1],
      [1, 2, 4],
      [1, 2, 4, 6],
    ]);
  });
});

function vote(key: string | null, correct = false): Vote {
  return { key, correct };
}

describe("consensus", () => {
  test.each([
    [[vote("73", true), vote("73", true), vote("72")], 1],
    [[vote("73", true), vote("72"), vote("72")], 0],
    [[vote("73", true), vote("72")], 1 / 2],
    [[vote("73", true), vote("72"), vote("71"), vote(null), vote(null)], 1 / 3],
    [[vote(null), vote(null), vote("73", true)], 1],
    [[vote(null)], 0],
    [[], 0],
  ])("of %j is %f", (votes, expected) => {
    expect(consensus(votes)).toBeCloseTo(expected, 12);
  });
});

function intervalWidth(values: readonly number[]): number {
  const { low, high } = bootstrapMean(values, { seed: 1 });
  return high - low;
}

describe("the bootstrap", () => {
  test("agrees with the exact distribution on two problems", () => {
    // means of two draws from {0, 1}: 0, 1/2, 1 with 1/4, 1/2, 1/4; the 2.5% and 97.5% points are 0 and 1
    expect(bootstrapMean([0, 1], { seed: 1 })).toEqual({ value: 0.5, low: 0, high: 1 });
  });

  test("is close to the normal interval for many problems", () => {
    const random = new Random(3);
    const values = Array.from({ length: 400 }, () => (random.uniform() < 0.3 ? 1 : 0));
    const { value, low, high } = bootstrapMean(values, { seed: 1 });
    const half = 1.96 * Math.sqrt((value * (1 - value)) / 400);
    expect(low).toBeCloseTo(value - half, 2);
    expect(high).toBeCloseTo(value + half, 2);
  });

  test("covers the true mean about 95 times in 100", () => {
    const random = new Random(7);
    let covered = 0;
    for (let trial = 0; trial < 400; trial++) {
      const values = Array.from({ length: 100 }, () => (random.uniform() < 0.4 ? 1 : 0));
      const { low, high } = bootstrapMean(values, { seed: trial, resamples: 500 });
      if (low <= 0.4 && 0.4 <= high) covered++;
    }
    // 380 expected, standard error 4.4; the percentile interval is a little narrow at n = 100
    expect(covered).toBeGreaterThan(360);
    expect(covered).toBeLessThan(398);
  });

  test("is wider when the completions of a problem agree than when they are independent", () => {
    // 100 problems × 4 completions, half right: agreeing problems are 0 or 1, mixed ones all 1/2
    const agreeing = Array.from({ length: 100 }, (_, i) => i % 2);
    const mixed = Array.from({ length: 100 }, (_, i) => (i % 2 === 0 ? 0.25 : 0.75));
    expect(intervalWidth(agreeing) / intervalWidth(mixed)).toBeCloseTo(2, 1);
  });

  test("gives the exact binomial bound where every problem failed or every one passed", () => {
    // Clopper and Pearson for 0 of 10: 1 - 0.025^(1/10) = 0.30850; scipy.stats.binomtest(0, 10).proportion_ci()
    expect(
      bootstrapMean(
        Array.from({ length: 10 }, () => 0),
        { seed: 1, share: true },
      ).high,
    ).toBeCloseTo(0.3084971, 6);
    expect(
      bootstrapMean(
        Array.from({ length: 10 }, () => 1),
        { seed: 1, share: true },
      ).low,
    ).toBeCloseTo(0.6915029, 6);
  });

  test("draws what one draw after another gives, to the last bit", () => {
    const values = [1 / 3, -2 / 3, 0, 1, 1 / 7, -1 / 3, 0.1];
    const random = new Random(9);
    const means = Array.from({ length: 1001 }, () => {
      let total = 0;
      for (let i = 0; i < 7; i++) total += values[random.int(0, 6)] ?? Number.NaN;
      return total / 7;
    }).toSorted((a, b) => a - b);
    // the 2.5% and 97.5% points of 1001 sorted values are values themselves: number 25 and 975
    const { low, high } = bootstrapMean(values, { seed: 9, resamples: 1001 });
    expect([low, high]).toEqual([means[25], means[975]]);
  });

  test("is the same for the same seed", () => {
    const values = [0, 0.25, 0.5, 1, 0.75];
    expect(bootstrapMean(values, { seed: 5 })).toEqual(bootstrapMean(values, { seed: 5 }));
  });
});

describe("the sign-flip test", () => {
  test.each([
    // all of one sign: only the pattern itself and its mirror image are as extreme, 2 / 2^5
    [[1, 1, 1, 1, 1], 2 / 32],
    // |sum| ≥ 1 of ±1 ±2: sums 3, 1, -1, -3, all of them
    [[2, -1], 1],
    // |sum| ≥ 4 of ±3 ±2 ±1: 6, 4, -4, -6, four of eight... 3+2-1 = 4, 3-2+1 = 2, -3+2+1 = 0
    [[3, 2, -1], 4 / 8],
    [[0, 0, 0.5, 0.5], 2 / 4],
    [[0, 0], 1],
    [[], 1],
  ])("is exact for %j", (differences, expected) => {
    expect(signFlipTest(differences, 1)).toBeCloseTo(expected, 12);
  });

  test("counts ties in spite of rounding", () => {
    // 0.1 + 0.2 - 0.3 is not 0 in floating point; its mirror image must count as equally extreme
    expect(signFlipTest([0.1, 0.2, -0.3], 1)).toBe(1);
  });

  test("agrees with SciPy on quarters, exactly and by sampling", () => {
    // scipy.stats.permutation_test((x,), mean, permutation_type="samples"), SciPy 1.17.1: exact, and the mean of
    // four runs of 500,000 samples
    const few = [0.25, 0.5, -0.25, 0.75, 1, 0, 0.25, -0.5, 0.5, 0.25, 0.5, -0.25];
    expect(signFlipTest(few, 1)).toBeCloseTo(0.10546875, 12);
    const many = Array.from({ length: 60 }, (_, i) => (((i * 7) % 9) - 3) / 4);
    expect(Math.abs(signFlipTest(many, 1) - 0.005826)).toBeLessThan(0.001);
  });

  test.each([21, 37, 64, 100])(
    "gives each of %i differences the sign of its own random bit",
    (count) => {
      const differences = Array.from({ length: count }, (_, i) => (((i * 5) % 7) - 2.5) / 3);
      const observed = Math.abs(differences.reduce((sum, d) => sum + d, 0));
      const random = new Random(4);
      let extreme = 0;
      for (let flip = 0; flip < 100_000; flip++) {
        let total = 0;
        let bits = 0;
        for (const [i, d] of differences.entries()) {
          bits = i % 32 === 0 ? random.uint32() : bits >>> 1;
          total += (bits & 1) === 1 ? Math.abs(d) : -Math.abs(d);
        }
        if (Math.abs(total) >= observed - 1e-9) extreme++;
      }
      expect(signFlipTest(differences, 4)).toBe((extreme + 1) / 100_001);
    },
  );

  test("never gives 0 when it samples", () => {
    expect(
      signFlipTest(
        Array.from({ length: 50 }, () => 1),
        1,
      ),
    ).toBeCloseTo(1 / 100_001, 12);
  });
});

/** `samples[problem][sample]`: an answer, right where it is "73". */
function samplesOf(answers: readonly (readonly (string | null)[])[]): EvaluationSample[] {
  return answers.flatMap((row, problemIndex) =>
    row.map((answer, sampleIndex) => ({
      problemIndex,
      sampleIndex,
      problemId: `arithmetic/${problemIndex}`,
      difficulty: 3 + (problemIndex % 2),
      prompt: "What is 47+38-12?",
      gold: "73",
      completion: answer === null ? "hm" : `<think>x</think><answer>${answer}</answer>`,
      answer,
      correct: answer === "73",
      finishReason: answer === null ? "length" : "stop",
      tokens: answer === null ? 72 : 40,
    })),
  );
}

describe("a summary", () => {
  const settings = {
    temperature: 0.6,
    topP: 0.95,
    maxTokens: 72,
    scoring: "strict",
    task: "arithmetic",
    verifier: ["arithmetic"],
    seed: 1,
  } as const;

  test("has the scores worked out by hand", () => {
    const summary = summarize(
      samplesOf([
        ["73", "73", "73", "1"],
        ["1", "73", "1", null],
        ["73", "2", "3", "4"],
        [null, null, null, null],
      ]),
      settings,
    );
    expect(EvaluationSummary.parse(summary)).toEqual(summary);
    expect(summary).toMatchObject({
      n: 4,
      k: 4,
      verifierVersion: "arithmetic/2",
      task: "arithmetic",
    });
    // (3 + 1 + 1 + 0) / 16
    expect(summary.pass1.value).toBeCloseTo(5 / 16, 12);
    // pass@2 by problem: 1, 1/2, 1/2, 0; pass@4: 1, 1, 1, 0
    expect(summary.passK.map(({ k, value }) => [k, value])).toEqual([
      [1, expect.closeTo(5 / 16, 12)],
      [2, expect.closeTo(1 / 2, 12)],
      [4, expect.closeTo(3 / 4, 12)],
    ]);
    // majority: right, wrong, a tie of four with one right, nobody
    expect(summary.consK.value).toBeCloseTo((1 + 0 + 1 / 4 + 0) / 4, 12);
    // difficulty 3: problems 0 and 2; difficulty 4: problems 1 and 3
    expect(summary.byDifficulty.map(({ difficulty, n, value }) => [difficulty, n, value])).toEqual([
      [3, 2, 1 / 2],
      [4, 2, 1 / 8],
    ]);
    expect(summary.formatRate).toBeCloseTo(11 / 16, 12);
    expect(summary.truncatedRate).toBeCloseTo(5 / 16, 12);
    expect(summary.meanTokens).toBeCloseTo((11 * 40 + 5 * 72) / 16, 12);
  });

  test("has no difficulty of problems that have none", () => {
    const samples = samplesOf([["73"], ["1"], ["73"], ["73"]]);
    const some = samples.map((one) => (one.problemIndex < 2 ? { ...one, difficulty: null } : one));
    const none = samples.map((one) => ({ ...one, difficulty: null }));
    expect(summarize(none, settings).byDifficulty).toEqual([]);
    expect(summarize(none, settings).n).toBe(4);
    expect(
      summarize(some, settings).byDifficulty.map(({ difficulty, n }) => [difficulty, n]),
    ).toEqual([
      [3, 1],
      [4, 1],
    ]);
  });

  test("has intervals that hold their values", () => {
    const summary = summarize(samplesOf([["73"], ["1"], ["73"], ["73"]]), settings);
    for (const { value, low, high } of [
      summary.pass1,
      ...summary.passK,
      summary.consK,
      ...summary.byDifficulty,
    ]) {
      expect(low).toBeLessThanOrEqual(value);
      expect(high).toBeGreaterThanOrEqual(value);
    }
  });

  test("refuses problems with different numbers of samples, and none", () => {
    expect(() => summarize(samplesOf([["73"], ["73", "1"]]), settings)).toThrow(RangeError);
    expect(() => summarize([], settings)).toThrow(RangeError);
  });
});

describe("a comparison", () => {
  /** One sample at a time: a problem's samples add up. */
  const scoresOf = (answers: readonly string[]): ProblemScore[] =>
    samplesOf(Array.from({ length: 12 }, () => answers)).map(({ problemId, correct }) => ({
      problemId,
      correct: correct ? 1 : 0,
      samples: 1,
    }));
  const wrong = scoresOf(["1", "1"]);
  const right = scoresOf(["73", "1"]);

  test("has the mean difference, its p, and nothing where no problem is common", () => {
    // every problem gains 1/2: p = 2 / 2^12
    expect(pairedTest(wrong, right)).toMatchObject({
      problems: 12,
      value: 0.5,
      p: 2 / 4096,
      wins: 12,
      losses: 0,
      ties: 0,
    });
    expect(pairedTest(right, wrong)?.value).toBe(-0.5);
    expect(pairedTest(right, right)).toMatchObject({ p: 1, ties: 12 });
    const others = right.map((one) =>
      Object.assign({}, one, { problemId: `other/${one.problemId}` }),
    );
    expect(pairedTest(wrong, others)).toBeNull();
  });

  test("pairs by problem, whatever the order, and leaves out the unpaired", () => {
    const test = pairedTest(wrong.slice(0, 16), right.toReversed());
    expect(test).toMatchObject({ problems: 8, value: 0.5 });
  });
});

describe("the interval of the sign-flip test", () => {
  test("has the ends that every pattern of signs gives, by hand for six differences", () => {
    // Below the mean of 1, 1, 1, 1, 0, 0 (2/3), a pattern is as extreme where δ is at least the smaller mean of its
    // two parts. Of the 62 patterns that divide the six, the smaller mean is 0 in those whose one part is {0} (twice),
    // or {0, 0}: 6 of 62 with their mirror images; the two that divide nothing are always extreme. At level 0.1 at
    // least 0.1 × 64 = 6.4 patterns must be extreme: the fifth smallest mean is 0, and the largest end mirrors: means
    // of 1 in the larger part come first at {1}, {1, 1} …: the fifth largest is 1.
    const interval = signFlipInterval([1, 1, 1, 1, 0, 0], 2 / 16, 0.1, 1);
    expect(interval).toEqual({ low: 0, high: 1 });
  });

  test("is the set of differences that the test does not reject, on a grid", () => {
    const differences = [0.25, 0.5, -0.25, 0.75, 1, 0, 0.25, -0.5, 0.5, 0.25, 0.5, -0.25];
    const { low, high } = signFlipInterval(differences, signFlipTest(differences, 1), 0.05, 1);
    for (let delta = -1; delta <= 1; delta += 0.013) {
      const p = signFlipTest(
        differences.map((d) => d - delta),
        1,
      );
      expect([delta, p >= 0.05]).toEqual([delta, delta >= low && delta <= high]);
    }
  });

  test("leaves out zero exactly where p is below the level, at any size, spread and level", () => {
    const random = new Random(12);
    for (let trial = 0; trial < 120; trial++) {
      const n = random.choice([6, 7, 9, 12, 15, 24, 40, 150]);
      const gain = random.uniform() * 0.6 - 0.3;
      const differences = Array.from({ length: n }, () =>
        random.uniform() < 0.4 ? 0 : random.uniform() < 0.5 + gain ? 0.5 : -0.5,
      );
      const level = random.choice([0.05, 0.025, 0.01, 0.05 / 7]);
      const p = signFlipTest(differences, 3);
      const { low, high } = signFlipInterval(differences, p, level, 3);
      expect([differences, level, p < level]).toEqual([differences, level, low > 0 || high < 0]);
    }
  });

  test("turned round, it is mirrored", () => {
    const differences = Array.from({ length: 60 }, (_, i) => (((i * 7) % 9) - 3) / 4);
    const { low, high } = signFlipInterval(differences, 0.006, 0.05, 9);
    const turned = signFlipInterval(
      differences.map((d) => -d),
      0.006,
      0.05,
      9,
    );
    expect(turned.low).toBeCloseTo(-high, 12);
    expect(turned.high).toBeCloseTo(-low, 12);
  });

  test("is near the normal interval for many problems", () => {
    const random = new Random(5);
    const differences = Array.from({ length: 400 }, () => random.choice([-1, 0, 0, 0, 1, 1]));
    const mean = differences.reduce((sum, d) => sum + d, 0) / 400;
    const spread = Math.sqrt(differences.reduce((sum, d) => sum + (d - mean) ** 2, 0) / 399);
    const { low, high } = signFlipInterval(differences, 0.0001, 0.05, 1);
    expect(low).toBeCloseTo(mean - (1.96 * spread) / 20, 2);
    expect(high).toBeCloseTo(mean + (1.96 * spread) / 20, 2);
  });

  test("has width where all problems agree", () => {
    // Clopper and Pearson for 0 of 40 at 0.05: 1 - 0.025^(1/40) = 0.08810
    const none = Array.from({ length: 40 }, () => 0);
    const { low, high } = signFlipInterval(none, 1, 0.05, 1);
    expect([low, high]).toEqual([-high, high]);
    expect(high).toBeCloseTo(0.0880973, 6);
    const all = signFlipInterval([1, 1, 1, 1, 1, 1], 2 / 64, 0.05, 1);
    expect(all.low).toBeGreaterThan(0);
    expect(all.high).toBe(1);
  });
});
