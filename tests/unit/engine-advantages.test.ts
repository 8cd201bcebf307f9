/** The estimators of advantages beside GRPO's own, against numbers worked out by hand. */
import { describe, expect, test } from "vitest";
import { estimateAdvantages } from "#main/engine/objectives/estimate-advantages.ts";
import { normalizeThenSum } from "#main/engine/objectives/gdpo.ts";
import {
  reinforcePlusPlus,
  reinforcePlusPlusBaseline,
} from "#main/engine/objectives/reinforce-plus-plus.ts";
import { neutralRewards } from "#main/engine/objectives/neutral-rewards.ts";
import { meanPenalty, rewardPenalties } from "#main/engine/objectives/reward-penalty.ts";
import { leaveOneOut } from "#main/engine/objectives/rloo.ts";
import { CriticOptions } from "#shared/schema/critic-options.ts";
import { AdvantageOptions } from "#shared/schema/policy-objective.ts";
import { largestDifference } from "../helpers/engine-model.ts";

describe("RLOO", () => {
  const group = { numGenerations: 4, normalize: false };

  test("compares each completion with the mean of the others", () => {
    // 1, 0, 0, 3: others' means 1, 4/3, 4/3, 1/3.
    const advantages = leaveOneOut([1, 0, 0, 3, 2, 2, 2, 2], group);
    expect(largestDifference(advantages, [0, -4 / 3, -4 / 3, 8 / 3, 0, 0, 0, 0])).toBeLessThan(
      1e-12,
    );
  });

  test("leaves out completions without a reward, and those that are alone with theirs", () => {
    // Of 1, –, 0, 0.5: others' means 0.25, 0.75, 0.5.
    const some = leaveOneOut([1, null, 0, 0.5, null, null, 4, null], group);
    expect(largestDifference(some, [0.75, 0, -0.75, 0, 0, 0, 0, 0])).toBeLessThan(1e-12);
    expect(leaveOneOut([], group)).toEqual(new Float64Array());
  });

  test("is brought to mean 0 and spread 1 over the batch where asked", () => {
    // ±1 in two groups of two: mean 0, unbiased spread √(4 / 3).
    const normal = leaveOneOut([1, 0, 0, 1], { numGenerations: 2, normalize: true });
    const a = 1 / (Math.sqrt(4 / 3) + 1e-4);
    expect(largestDifference(normal, [a, -a, -a, a])).toBeLessThan(1e-12);
  });
});

describe("REINFORCE++", () => {
  const outcome = (reward: number | null, tokens: number, penalty: number[] | null = null) => ({
    ...{ reward, tokens, penalty },
  });

  test("brings rewards to mean 0 and spread 1 over the tokens of the batch", () => {
    // Tokens: 1, 1, 1, −1: mean 0.5, unbiased variance (3 · 0.25 + 2.25) / 3 = 1.
    const advantages = reinforcePlusPlus([outcome(1, 3), outcome(-1, 1)]);
    expect(advantages.map(({ length }) => length)).toEqual([3, 1]);
    expect(
      largestDifference(
        advantages.flatMap((own) => [...own]),
        [0.5, 0.5, 0.5, -1.5],
      ),
    ).toBeLessThan(1e-7);
  });

  test("lets a token answer for the penalties from itself on", () => {
    // 1 − (0.5 + 0.25), 1 − 0.25; 0: mean 0.3333333, deviations −0.0833333, 0.4166667, −0.3333333, variance 0.1458333.
    const advantages = reinforcePlusPlus([outcome(1, 2, [0.5, 0.25]), outcome(0, 1)]);
    const expected = [-0.2182179, 1.0910895, -0.8728716];
    expect(
      largestDifference(
        advantages.flatMap((own) => [...own]),
        expected,
      ),
    ).toBeLessThan(1e-6);
  });

  test("has a variant whose baseline is the group's mean", () => {
    // Groups 1, 0 and 4, 4: ±0.5 and 0, 0 over 1, 1, 2 and 1 tokens: mean 0, variance (0.25 + 0.25) / 4.
    const advantages = reinforcePlusPlusBaseline(
      [outcome(1, 1), outcome(0, 1), outcome(4, 2), outcome(4, 1)],
      2,
    );
    const a = 0.5 / Math.sqrt(0.125);
    expect(
      largestDifference(
        advantages.flatMap((own) => [...own]),
        [a, -a, 0, 0, 0],
      ),
    ).toBeLessThan(1e-6);
  });

  test("is 0 where no reward applies, where all are equal and of nothing", () => {
    expect(
      reinforcePlusPlus([outcome(null, 2), outcome(3, 1), outcome(3, 1)]).map((own) => [...own]),
    ).toEqual([[0, 0], [0], [0]]);
    expect(reinforcePlusPlus([])).toEqual([]);
  });
});

describe("GDPO", () => {
  test("compares each reward in its group before they are added", () => {
    // First: 1, 0 → ±0.5 / (0.7071068 + 1e-4) = ±0.7070068. Second, of weight 0.5: 10, 30 → ∓0.5 · 10 / 14.1422356.
    // Sums 0.7070068 ∓ 0.3535509 = ±0.3534559; in the batch of two: mean 0, spread 0.4998621.
    const advantages = normalizeThenSum(
      [
        [1, 10],
        [0, 30],
      ],
      [1, 0.5],
      2,
    );
    const a = 0.3534559 / 0.4999621;
    expect(largestDifference(advantages, [a, -a])).toBeLessThan(1e-5);
  });

  test("leaves out what does not apply, and groups of equal rewards", () => {
    expect([...normalizeThenSum([[null], [null]], [1], 2)]).toEqual([0, 0]);
    expect([...normalizeThenSum([[2], [2]], [1], 2)]).toEqual([0, 0]);
    const some = normalizeThenSum(
      [
        [1, null],
        [0, null],
        [null, null],
        [1, 1],
      ],
      [1, 1],
      4,
    );
    expect(some[2]).toBe(0);
  });
});

describe("KL in the reward", () => {
  const rows = [
    { old: [-1, -2], reference: [-1.5, -1], counts: true },
    { old: [-3], reference: [-1], counts: false },
  ];

  test("is beta times its estimate at each token, and nothing where nothing counts", () => {
    // k1 = log π − log π_ref: 0.5, −1.
    const penalties = rewardPenalties(rows, { beta: 0.1, kl_estimator: "k1" });
    expect(penalties.map((own) => [...own].map((x) => Math.round(x * 1e9) / 1e9))).toEqual([
      [0.05, -0.1],
      [0],
    ]);
    expect(meanPenalty(rows, penalties, 0.1)).toBeCloseTo(-0.25, 9);
    expect(meanPenalty([], [], 0.1)).toBeNull();
  });

  test("needs both log-probabilities", () => {
    expect(() =>
      rewardPenalties([{ old: null, reference: [0], counts: true }], {
        beta: 1,
        kl_estimator: "k1",
      }),
    ).toThrow(RangeError);
  });
});

test("a group of equal rewards has exactly no advantage, though the batch's mean carries float noise", () => {
  // Groups of 3: thirds do not add up to 0 in floating point.
  const rewards = [1, 0, 0, 2, 2, 2, 0.1, 0.2, 0.7, 0, 0, 0];
  const rows = rewards.map((reward) => [reward]);
  const idle = (own: Float64Array): number[][] => [[...own.slice(3, 6)], [...own.slice(9)]];
  const zeros = [
    [0, 0, 0],
    [0, 0, 0],
  ];
  expect(idle(normalizeThenSum(rows, [0.3], 3))).toEqual(zeros);
  expect(idle(leaveOneOut(rewards, { numGenerations: 3, normalize: true }))).toEqual(zeros);
});

test("prompts with an answer and prompts that a judge grades learn in one batch, each from its own reward", () => {
  // Two sums, right and wrong, that no judge speaks of; two stories, graded 0.9 and 0.1, that have no answer. All have the form.
  const rows = [
    [1, 1, null],
    [0, 1, null],
    [null, 1, 0.9],
    [null, 1, 0.1],
  ];
  const weights = [1, 0.1, 1];
  const { advantages } = estimateAdvantages(
    {
      ...AdvantageOptions.parse({ scale_rewards: "none" }),
      ...CriticOptions.parse({}),
      num_generations: 2,
    },
    {
      ...{ totals: neutralRewards(rows, weights, 2), rows, weights },
      ...{ lengths: [1, 1, 1, 1], penalties: null },
    },
  );
  expect(largestDifference(advantages, [0.5, -0.5, 0.4, -0.4])).toBeLessThan(1e-12);
});

describe("the estimator that a stage names", () => {
  const options = {
    ...AdvantageOptions.parse({}),
    ...CriticOptions.parse({}),
    num_generations: 2,
  };
  const rewarded = {
    totals: [1, 0],
    rows: [[1], [0]],
    weights: [1],
    lengths: [2, 1],
    penalties: [Float64Array.from([0.5, 0.25]), Float64Array.from([0])],
  };

  test("compares rewards less their penalties, and logs the rewards' own spread", () => {
    // 1 − 0.75 = 0.25 against 0.
    const { advantages, batchStd, fracZeroStd, tokenAdvantages } = estimateAdvantages(
      { ...options, adv_estimator: "rloo" },
      rewarded,
    );
    expect([...advantages]).toEqual([0.25, -0.25]);
    expect(batchStd).toBeCloseTo(Math.SQRT1_2, 9);
    expect([fracZeroStd, tokenAdvantages]).toEqual([0, null]);
  });

  test("gives tokens of one completion advantages of their own where penalties are theirs", () => {
    const options_ = { ...options, adv_estimator: "reinforce_plus_plus" } as const;
    const { advantages, tokenAdvantages } = estimateAdvantages(options_, rewarded);
    expect(tokenAdvantages?.map(({ length }) => length)).toEqual([2, 1]);
    expect(advantages[0]).toBeCloseTo(
      ((tokenAdvantages?.[0]?.[0] ?? 0) + (tokenAdvantages?.[0]?.[1] ?? 0)) / 2,
      12,
    );
    expect(
      estimateAdvantages(options_, { ...rewarded, penalties: null }).tokenAdvantages,
    ).toBeNull();
  });

  test("says that nothing is learnt of equal rewards only where the batch is what is compared with", () => {
    const equal = {
      ...rewarded,
      ...{
        totals: [1, 1, 0, 0],
        rows: [[1], [1], [0], [0]],
        lengths: [1, 1, 1, 1],
        penalties: null,
      },
    };
    const zero = (adv_estimator: AdvantageOptions["adv_estimator"]): number =>
      estimateAdvantages({ ...options, adv_estimator }, equal).fracZeroStd;
    expect([zero("grpo"), zero("rloo"), zero("reinforce_plus_plus")]).toEqual([1, 1, 0]);
  });
});
