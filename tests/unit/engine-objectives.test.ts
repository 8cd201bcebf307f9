/** Every part of GRPO's family against numbers worked out by hand, and its gradient against finite differences. */
import { describe, expect, test } from "vitest";
import { cispoBounded, cispoLoss } from "#main/engine/objectives/cispo.ts";
import { clippedRatioLoss, clippedTokens } from "#main/engine/objectives/clipped-ratio.ts";
import { EntropyBonus, hasEntropyBonus } from "#main/engine/objectives/entropy-bonus.ts";
import { highEntropyTokens } from "#main/engine/objectives/high-entropy-tokens.ts";
import { importanceRatio } from "#main/engine/objectives/importance-ratio.ts";
import { importanceWeights } from "#main/engine/objectives/importance-weights.ts";
import { klEstimate, klOf } from "#main/engine/objectives/kl-estimators.ts";
import { offPolicyMask } from "#main/engine/objectives/off-policy-mask.ts";
import { sapoLoss } from "#main/engine/objectives/sapo.ts";
import { sequencesOf } from "#main/engine/objectives/sequences.ts";
import type { Sequences } from "#main/engine/objectives/sequences.ts";
import { vespoLoss, vespoWeights } from "#main/engine/objectives/vespo.ts";
import { openRuntime } from "#main/engine/runtime/open-runtime.ts";
import { tf } from "#main/engine/runtime/tf.ts";
import type { Tensor } from "#main/engine/runtime/tf.ts";
import { PolicyObjective } from "#shared/schema/policy-objective.ts";
import { largestDifference } from "../helpers/engine-model.ts";

const runtime = await openRuntime({ choice: "tensorflow" });
const before = runtime.tensorCount();
const DEFAULTS = PolicyObjective.parse({});

/** Values of what `compute` makes of the vectors. */
function valuesOf(
  vectors: readonly (readonly number[])[],
  compute: (...x: Tensor[]) => Tensor,
): number[] {
  return tf.tidy(() =>
    Array.from(compute(...vectors.map((values) => tf.tensor1d([...values]))).dataSync()),
  );
}

/** Gradient of the sum of what `compute` makes of one vector. */
function gradientOf(vector: readonly number[], compute: (x: Tensor) => Tensor): number[] {
  return tf.tidy(() => {
    const gradient = tf.grad((x: Tensor) => tf.sum(compute(x)));
    return Array.from(gradient(tf.tensor1d([...vector])).dataSync());
  });
}

/** The same by central differences. */
function differencesOf(vector: readonly number[], compute: (x: Tensor) => Tensor): number[] {
  const h = 1e-2;
  return vector.map((_, i) => {
    const [up, down] = [h, -h].map((step) =>
      valuesOf([vector.map((x, j) => (i === j ? x + step : x))], compute).reduce(
        (a, b) => a + b,
        0,
      ),
    );
    return ((up ?? Number.NaN) - (down ?? Number.NaN)) / (2 * h);
  });
}

/** How far the gradient is from central differences. */
function gradientGap(vector: readonly number[], compute: (x: Tensor) => Tensor): number {
  return largestDifference(gradientOf(vector, compute), differencesOf(vector, compute));
}
const SMALL = 5e-3;

/** Two completions of 3 and 2 tokens, and a place that fills up. */
const ROW_OF = [0, 0, 0, 1, 1, 0];
const MASK = [1, 1, 1, 1, 1, 0];
function sequences(): Sequences {
  return sequencesOf(tf.tensor1d(MASK), tf.tensor1d(ROW_OF, "int32"), 2);
}
/** Log-ratios: sums 0.6 and −0.4, means 0.2 and −0.2. */
const LOG_RATIO = [0.3, 0.2, 0.1, -0.1, -0.3, 0];
const ADVANTAGES = [2, 2, 2, -1, -1, 0];

describe("completions whose tokens lie flat", () => {
  test("have sums, means and shares at each of their tokens, and nothing where nothing counts", () => {
    const x = [1, 2, 6, 4, 10, 99];
    expect(valuesOf([x], (v) => sequences().sum(v))).toEqual([9, 9, 9, 14, 14, 0]);
    expect(valuesOf([x], (v) => sequences().mean(v))).toEqual([3, 3, 3, 7, 7, 0]);
    const shares = valuesOf([], () => sequences().share);
    expect(largestDifference(shares, [1 / 3, 1 / 3, 1 / 3, 0.5, 0.5, 0])).toBeLessThan(1e-6);
  });

  test("of which all tokens are masked have a mean of 0", () => {
    const masked = (): Sequences => sequencesOf(tf.zeros([2]), tf.tensor1d([0, 1], "int32"), 2);
    expect(valuesOf([[5, 7]], (x) => masked().mean(x))).toEqual([0, 0]);
  });

  test("are refused in another shape", () => {
    tf.tidy(() => {
      const [square, flat] = [tf.ones([2, 3]), tf.zeros([6], "int32")];
      expect(() => sequencesOf(square, flat, 2)).toThrow("shape [2,3]");
      expect(() => sequencesOf(tf.ones([5]), flat, 2)).toThrow("shape [5]");
    });
  });
});

describe("the importance ratio", () => {
  test("is of tokens, of the mean over the completion (GSPO) or of its sum (RLOO)", () => {
    const of = (level: "token" | "sequence" | "whole"): number[] =>
      valuesOf([LOG_RATIO], (x) => importanceRatio(x, level, sequences()));
    expect(largestDifference(of("token"), LOG_RATIO.map(Math.exp))).toBeLessThan(1e-6);
    // e^0.2 = 1.2214028, e^−0.2 = 0.8187308; e^0.6 = 1.8221188, e^−0.4 = 0.6703200.
    const mean = [1.2214028, 1.2214028, 1.2214028, 0.8187308, 0.8187308, 1];
    expect(largestDifference(of("sequence"), mean)).toBeLessThan(1e-6);
    const whole = [1.8221188, 1.8221188, 1.8221188, 0.67032, 0.67032, 1];
    expect(largestDifference(of("whole"), whole)).toBeLessThan(1e-6);
  });

  test.each(["token", "sequence", "whole"] as const)("of level %s has its gradient", (level) => {
    expect(
      gradientGap(LOG_RATIO.slice(0, 5).concat(0), (x) =>
        tf.mul(
          importanceRatio(tf.mul(x, tf.tensor1d(MASK)), level, sequences()),
          tf.tensor1d(MASK),
        ),
      ),
    ).toBeLessThan(SMALL);
  });

  test("of completions needs to know whose each token is", () => {
    tf.tidy(() => {
      expect(() => importanceRatio(tf.zeros([3]), "sequence", null)).toThrow(RangeError);
    });
  });
});

describe("the clipped ratio", () => {
  const options = { epsilon: 0.2, epsilon_high: 0.3, delta: 2 };

  test("is the worse of clipped and not, and from δ on flat where the advantage is negative", () => {
    // A = 1: min(c, clip(c)) = 0.5, 1, 1.3, 1.3. A = −1: −min(−c', −clip) = max(min(c, 2), clip) = 0.8, 1, 1.5, 2.
    const ratios = [0.5, 1, 1.5, 3];
    const positive = valuesOf([ratios], (c) => clippedRatioLoss(c, tf.scalar(1), options));
    expect(largestDifference(positive, [-0.5, -1, -1.3, -1.3])).toBeLessThan(1e-6);
    const negative = valuesOf([ratios], (c) => clippedRatioLoss(c, tf.scalar(-1), options));
    expect(largestDifference(negative, [0.8, 1, 1.5, 2])).toBeLessThan(1e-6);
  });

  test("has its gradient on both sides of every bound", () => {
    for (const advantage of [1.5, -0.7])
      expect(
        gradientGap([0.5, 0.9, 1.1, 1.5, 1.9, 2.5], (c) =>
          clippedRatioLoss(c, tf.scalar(advantage), options),
        ),
      ).toBeLessThan(SMALL);
  });

  test("says which tokens it holds back", () => {
    const [ratios, signs] = [
      [0.5, 0.5, 1.5, 1.5, 1],
      [1, -1, 1, -1, 1],
    ];
    const of = (side: "low" | "high"): number[] =>
      valuesOf([ratios, signs], (c, a) => clippedTokens(c, a, options)[side]);
    expect(of("low")).toEqual([0, 1, 0, 0, 0]);
    expect(of("high")).toEqual([0, 0, 1, 0, 0]);
  });
});

describe("cispo", () => {
  const options = { epsilon: 0.2, epsilon_high: 5 };

  test("weighs −A log π by the ratio up to its bound", () => {
    // 0.5 · 1 · 1, 2 · 1 · 2, 5 · −1 · 3.
    const losses = valuesOf(
      [
        [0.5, 2, 6],
        [1, 1, -1],
        [-1, -2, -3],
      ],
      (c, a, lp) => cispoLoss(c, a, lp, options),
    );
    expect(losses).toEqual([0.5, 4, -15]);
    const bounded = valuesOf(
      [
        [6, 6, 2],
        [1, -1, 1],
      ],
      (c, a) => cispoBounded(c, a, options),
    );
    expect(bounded).toEqual([1, 0, 0]);
  });

  test("has a gradient at every token, of log π alone: the weight is a constant", () => {
    // log π_old = −1 everywhere: c = e^(log π + 1) = 1, e, e³ → 5; the gradient is −c A, and A = 2.
    const gradient = gradientOf([-1, 0, 2], (lp) =>
      cispoLoss(tf.exp(tf.add(lp, 1)), tf.scalar(2), lp, options),
    );
    expect(largestDifference(gradient, [-2, -2 * Math.E, -10])).toBeLessThan(1e-5);
  });
});

describe("sapo", () => {
  const options = { sapo_temperature_pos: 1, sapo_temperature_neg: 2 };

  test("passes the ratio through a soft gate, of the advantage's sign", () => {
    // c = 1: σ(0) · 4 / τ = 2 / τ: −A · 2 and, at A = −1 with τ = 2, 1. c = 2, A = −1: σ(2) · 2 = 1.7615942.
    const losses = valuesOf(
      [
        [1, 1, 2],
        [3, -1, -1],
      ],
      (c, a) => sapoLoss(c, a, options),
    );
    expect(largestDifference(losses, [-6, 1, 1.7615942])).toBeLessThan(1e-6);
  });

  test("has its gradient, which at a ratio of 1 is that without a gate", () => {
    expect(
      gradientGap([0.4, 1, 1.7, 3], (c) => sapoLoss(c, tf.tensor1d([1, -1, -2, 0.5]), options)),
    ).toBeLessThan(SMALL);
    const atOne = gradientOf([1, 1], (c) => sapoLoss(c, tf.tensor1d([3, -2]), options));
    expect(largestDifference(atOne, [-3, 2])).toBeLessThan(1e-6);
  });
});

describe("vespo", () => {
  test("weighs completions by φ(w) = e^λ w^k e^(−λ w) of their whole ratio", () => {
    // w = e^0.6 = 1.8221188, A > 0, k = 2, λ = 3: e^(3 + 1.2 − 5.4663564) = e^−1.2663564 = 0.2818567.
    // w = e^−0.4 = 0.6703200, A < 0, k = 3, λ = 2: e^(2 − 1.2 − 1.3406401) = e^−0.5406401 = 0.5823753.
    const phi = valuesOf([ADVANTAGES, LOG_RATIO], (a, x) =>
      vespoWeights(a, x, null, sequences(), DEFAULTS),
    );
    const expected = [0.2818567, 0.2818567, 0.2818567, 0.5823753, 0.5823753];
    expect(largestDifference(phi.slice(0, 5), expected)).toBeLessThan(1e-5);
    // On the policy that sampled the weight is 1.
    const fresh = valuesOf([ADVANTAGES, LOG_RATIO.map(() => 0)], (a, x) =>
      vespoWeights(a, x, null, sequences(), DEFAULTS),
    );
    expect(
      largestDifference(
        fresh,
        fresh.map(() => 1),
      ),
    ).toBeLessThan(1e-6);
  });

  test("counts what a token weighs for its sampler in the ratio, also where that is 0", () => {
    const weights = [2, 1, 1, 0, 1, 1];
    const phi = valuesOf([ADVANTAGES, LOG_RATIO, weights], (a, x, v) =>
      vespoWeights(a, x, v, sequences(), DEFAULTS),
    );
    // log w = 0.6 + ln 2 = 1.2931472, w = 3.6442376: e^(3 + 2.5862944 − 10.9327128) = e^−5.3464184 = 0.0047654.
    expect(phi[0]).toBeCloseTo(0.0047654, 5);
    // ln of 1e-8 at least: w^3 is nothing.
    expect(phi[3]).toBeCloseTo(0, 10);
  });

  test("has a gradient of log π alone", () => {
    const gradient = gradientOf([-1, -2, -3, -1, -1, 0], (lp) => {
      const phi = vespoWeights(
        tf.tensor1d(ADVANTAGES),
        tf.mul(tf.sub(lp, tf.tensor1d([-1.3, -2.2, -3.1, -0.9, -0.7, 0])), tf.tensor1d(MASK)),
        ...([null, sequences(), DEFAULTS] as const),
      );
      return vespoLoss(phi, tf.tensor1d(ADVANTAGES), lp);
    });
    const p = [-2 * 0.2818567, -2 * 0.2818567, -2 * 0.2818567, 0.5823753, 0.5823753, 0];
    expect(largestDifference(gradient, p)).toBeLessThan(1e-4);
  });
});

describe("the off-policy mask", () => {
  test("drops completions that are to be pushed away and drifted beyond the threshold", () => {
    // Drifts log π_sampler − log π: means −0.2 and 0.2; the second has a negative advantage.
    const keptAt = (threshold: number, advantages: readonly number[]): number[] =>
      valuesOf([advantages, LOG_RATIO.map(() => -1), LOG_RATIO.map((x) => -1 - x)], (a, lp, s) =>
        offPolicyMask(a, lp, s, sequences(), threshold),
      ).slice(0, 5);
    expect(keptAt(0.1, ADVANTAGES)).toEqual([1, 1, 1, 0, 0]);
    expect(keptAt(0.21, ADVANTAGES)).toEqual([1, 1, 1, 1, 1]);
    expect(keptAt(0.1, ADVANTAGES.map(Math.abs))).toEqual([1, 1, 1, 1, 1]);
  });

  test("is a constant to the gradient", () => {
    const gradient = gradientOf([-1, -1, -1, -1, -1, 0], (lp) => {
      const mask = offPolicyMask(
        ...([tf.tensor1d(ADVANTAGES), lp, tf.scalar(-0.5), sequences(), 0.1] as const),
      );
      return tf.mul(lp, mask);
    });
    expect(gradient.slice(0, 5)).toEqual([1, 1, 1, 0, 0]);
  });
});

describe("weights of what another sampled", () => {
  const of = (importance_sampling_mode: (typeof MODES)[number]): number[] =>
    valuesOf([LOG_RATIO], (gap) =>
      importanceWeights(gap, sequences(), {
        importance_sampling_mode,
        importance_sampling_clip_min: 0.7,
        importance_sampling_clip_max: 1.3,
      }),
    ).slice(0, 5);
  const MODES = ["token_truncate", "token_mask", "sequence_truncate", "sequence_mask"] as const;

  // Ratios of tokens 1.3498588, 1.2214028, 1.1051709, 0.9048374, 0.7408182; of completions 1.8221188, 0.6703200.
  test.each([
    ["token_truncate", [1.3, 1.2214028, 1.1051709, 0.9048374, 0.7408182]],
    ["token_mask", [0, 1.2214028, 1.1051709, 0.9048374, 0.7408182]],
    ["sequence_truncate", [1.3, 1.3, 1.3, 0.7, 0.7]],
    ["sequence_mask", [0, 0, 0, 0, 0]],
  ] as const)("with %s are bounded, or 0 beyond the bounds", (mode, expected) => {
    expect(largestDifference(of(mode), expected)).toBeLessThan(1e-6);
  });

  test("have no upper bound where it is null, as in TRL", () => {
    const unbounded = (importance_sampling_mode: (typeof MODES)[number]): number[] =>
      valuesOf([LOG_RATIO], (gap) =>
        importanceWeights(gap, sequences(), {
          importance_sampling_mode,
          importance_sampling_clip_min: 0.8,
          importance_sampling_clip_max: null,
        }),
      ).slice(0, 5);
    const most = [1.3498588, 1.2214028, 1.1051709, 0.9048374];
    expect(largestDifference(unbounded("token_truncate"), [...most, 0.8])).toBeLessThan(1e-6);
    expect(largestDifference(unbounded("token_mask"), [...most, 0])).toBeLessThan(1e-6);
  });

  test("of a completion whose ratio is infinite are 0 or the bound, not undefined", () => {
    const far = (mode: (typeof MODES)[number]): number[] =>
      valuesOf([[400, 400, 0, 0, 0, 0]], (gap) =>
        importanceWeights(gap, sequences(), { ...DEFAULTS, importance_sampling_mode: mode }),
      );
    expect(far("sequence_mask").slice(0, 2)).toEqual([0, 0]);
    expect(far("sequence_truncate").slice(0, 2)).toEqual([3, 3]);
  });

  test("are constants to the gradient", () => {
    const gradient = gradientOf(LOG_RATIO, (gap) => importanceWeights(gap, sequences(), DEFAULTS));
    expect(gradient).toEqual([0, 0, 0, 0, 0, 0]);
  });
});

describe("estimates of KL", () => {
  // d = 0.5: −0.5, 0.125, e^0.5 − 1.5 = 0.1487213. d = −0.5: 0.5, 0.125, e^−0.5 − 0.5 = 0.1065307.
  test.each([
    ["k1", [-0.5, 0.5]],
    ["k2", [0.125, 0.125]],
    ["k3", [0.1487213, 0.1065307]],
  ] as const)("%s is as worked out by hand, of tensors and of numbers", (estimator, expected) => {
    const values = valuesOf([[0.5, -0.5]], (d) => klEstimate(d, estimator));
    expect(largestDifference(values, expected)).toBeLessThan(1e-6);
    const numbers = [0.5, -0.5].map((d) => klOf(d, estimator));
    expect(largestDifference(numbers, expected)).toBeLessThan(1e-6);
    expect(gradientGap([0.5, -0.5, 1], (d) => klEstimate(d, estimator))).toBeLessThan(SMALL);
  });
});

describe("tokens of high entropy", () => {
  const rows = [
    { entropies: [1, 4, 2], counts: true },
    { entropies: [3, 5], counts: true },
    { entropies: [9, 9], counts: false },
  ];

  test("are those at or above the quantile of all that count in their part", () => {
    // Of 1 2 3 4 5 the 0.6 quantile is at place 2.4: 3.4.
    const kept = highEntropyTokens(rows, 0.4, 3).map((own) => [...own]);
    expect(kept).toEqual([
      [0, 1, 0],
      [0, 1],
      [0, 0],
    ]);
    // Parts by themselves: of 1 2 4 it is at 1.2: 2.4; of 3 5 at 0.6: 4.2.
    const apart = highEntropyTokens(rows, 0.4, 1).map((own) => [...own]);
    expect(apart).toEqual([
      [0, 1, 0],
      [0, 1],
      [0, 0],
    ]);
  });

  test("are the highest alone at 0, and all at 1", () => {
    expect(highEntropyTokens(rows, 0, 3).map((own) => [...own])).toEqual([
      [0, 0, 0],
      [0, 1],
      [0, 0],
    ]);
    expect(highEntropyTokens(rows.slice(0, 2), 1, 2).flatMap((own) => [...own])).toEqual([
      1, 1, 1, 1, 1,
    ]);
  });

  test("are none where nothing counts", () => {
    expect(highEntropyTokens([{ entropies: [1], counts: false }], 0.5, 1)).toEqual([
      new Float32Array(1),
    ]);
    expect(highEntropyTokens([], 0.5, 4)).toEqual([]);
  });
});

describe("the entropy bonus", () => {
  const adaptive = {
    ...{ ...DEFAULTS, use_adaptive_entropy: true, entropy_coef: 0.01 },
    ...{ entropy_coef_delta: 0.005, entropy_coef_max: 0.02, entropy_target: 0.5 },
  };

  test("is fixed unless it is adaptive", () => {
    const fixed = new EntropyBonus({ ...DEFAULTS, entropy_coef: 0.03 });
    fixed.observe(0);
    expect([fixed.applied, fixed.coef]).toEqual([0.03, 0.03]);
    expect(hasEntropyBonus(DEFAULTS)).toBe(false);
    expect(hasEntropyBonus({ ...DEFAULTS, use_adaptive_entropy: true })).toBe(true);
  });

  test("rises at or under the target up to its bound, falls above it, and is applied a step later", () => {
    const bonus = new EntropyBonus(adaptive);
    const seen = [0.5, 0.1, 0.1, 0.6, 0.7].map((entropy) => {
      const { applied } = bonus;
      bonus.observe(entropy);
      return [applied, bonus.coef];
    });
    // Before the first step nothing is known; after a step above the target nothing is applied.
    const expected = [
      [0, 0.015],
      [0.015, 0.02],
      [0.02, 0.02],
      [0.02, 0.015],
      [0, 0.01],
    ];
    expect(largestDifference(seen.flat(), expected.flat())).toBeLessThan(1e-12);
  });

  test("goes on from what a checkpoint kept, and from the beginning where it kept nothing", () => {
    const bonus = new EntropyBonus(adaptive);
    bonus.observe(0.2);
    const resumed = new EntropyBonus(adaptive);
    resumed.restore(JSON.parse(JSON.stringify(bonus.state())));
    expect([resumed.coef, resumed.applied]).toEqual([bonus.coef, bonus.applied]);
    resumed.restore(undefined);
    expect(resumed.state()).toEqual(bonus.state());
  });
});

test("none of this leaves a tensor behind", () => {
  expect(runtime.tensorCount()).toBe(before);
});
