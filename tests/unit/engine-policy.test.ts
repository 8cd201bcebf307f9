/** From rewards to one policy step: advantages, token weights, accumulation, masking, and what must not move the policy. */
import { describe, expect, test } from "vitest";
import { initLanguageModel } from "#main/engine/model/language-model.ts";
import type { LanguageModel } from "#main/engine/model/language-model.ts";
import { weightedReward } from "#main/core/rewards/scoring/score-completions.ts";
import { groupAdvantages } from "#main/engine/objectives/advantages.ts";
import { neutralRewards } from "#main/engine/objectives/neutral-rewards.ts";
import { tokenWeights } from "#main/engine/objectives/aggregation.ts";
import { openRuntime } from "#main/engine/runtime/open-runtime.ts";
import { PolicyTrainer } from "#main/engine/training/policy-trainer.ts";
import type { PolicyOptions } from "#main/engine/training/policy-trainer.ts";
import { Random } from "#main/platform/random.ts";
import { PolicyObjective } from "#shared/schema/policy-objective.ts";
import { logprobsOf, randomRows } from "../helpers/engine-forward.ts";
import { PLAIN_POLICY } from "../helpers/engine-gradients.ts";
import { itemAt, largestDifference, tinyConfig } from "../helpers/engine-model.ts";
import type { PolicyStepMetrics } from "#main/engine/training/policy-step-metrics.ts";
import type { PolicyRow } from "#main/engine/training/policy-row.ts";

const runtime = await openRuntime({ choice: "tensorflow" });

const LOSS_TYPES = PolicyObjective.shape.loss_type.unwrap().options;

describe("advantages", () => {
  const group = { numGenerations: 4, scaleRewards: "group" } as const;

  test("are the distance from the group's mean in unbiased standard deviations", () => {
    // [1, 0, 0, 1]: mean 0.5, std √(4 · 0.25 / 3) = 0.5773503. [3, 1, 1, 1]: mean 1.5, std √(3 / 3) = 1.
    const { advantages } = groupAdvantages([1, 0, 0, 1, 3, 1, 1, 1], group);
    const a = 0.5 / 0.5774503;
    const expected = [a, -a, -a, a, 1.5 / 1.0001, -0.5 / 1.0001, -0.5 / 1.0001, -0.5 / 1.0001];
    expect(largestDifference(advantages, expected)).toBeLessThan(1e-6);
  });

  test("of a group with equal rewards are exactly 0, whatever noise their mean carries", () => {
    // 0.1 + 0.1 + 0.1 = 0.30000000000000004, so a mean of three tenths is not a tenth.
    const { advantages, fracZeroStd } = groupAdvantages([0.1, 0.1, 0.1, 1, 0, 0], {
      ...group,
      numGenerations: 3,
    });
    expect(Array.from(advantages.slice(0, 3))).toEqual([0, 0, 0]);
    expect(fracZeroStd).toBe(0.5);
  });

  test("divide by the batch's deviation where asked, and by nothing where asked", () => {
    const rewards = [1, 0, 0, 1, 3, 1, 1, 1];
    // All eight: mean 1, squares 0 + 1 + 1 + 0 + 4 + 0 + 0 + 0 = 6, std √(6 / 7) = 0.9258201.
    const batch = groupAdvantages(rewards, { ...group, scaleRewards: "batch" });
    expect(batch.batchStd).toBeCloseTo(0.9258201, 6);
    expect(batch.advantages[4]).toBeCloseTo(1.5 / 0.9259201, 6);
    const none = groupAdvantages(rewards, { ...group, scaleRewards: "none" });
    expect(Array.from(none.advantages)).toEqual([0.5, -0.5, -0.5, 0.5, 1.5, -0.5, -0.5, -0.5]);
  });

  test("leave completions without a reward out of the baseline and at 0", () => {
    // Present: 1, 0, 0.5: mean 0.5, std 0.5.
    const { advantages } = groupAdvantages([1, null, 0, 0.5], group);
    expect(largestDifference(advantages, [0.5 / 0.5001, 0, -0.5 / 0.5001, 0])).toBeLessThan(1e-9);
    expect(Array.from(groupAdvantages([null, null, null, null], group).advantages)).toEqual([
      0, 0, 0, 0,
    ]);
    expect(Array.from(groupAdvantages([null, 2, null, null], group).advantages)).toEqual([
      0, 0, 0, 0,
    ]);
  });

  test("need whole groups", () => {
    expect(() => groupAdvantages([1, 0, 1], group)).toThrow(
      "3 completions do not divide into groups of 4",
    );
    expect(groupAdvantages([], group)).toEqual({
      advantages: new Float64Array(),
      batchStd: 0,
      fracZeroStd: 0,
    });
  });

  test("neither gain nor lose by a reward that does not apply to a completion", () => {
    // Answers all right; language does not apply to three, and the fourth added a word ("ok") to have it.
    const added = [
      [1, null],
      [1, null],
      [1, null],
      [1, 1],
    ];
    const { advantages, fracZeroStd } = groupAdvantages(neutralRewards(added, [1, 0.1], 4), group);
    expect(Array.from(advantages)).toEqual([0, 0, 0, 0]);
    expect(fracZeroStd).toBe(1);
    // Right or wrong, language 0.5 and 1 where it applies (mean 0.75): sums 1.075, 0.075, 1.05, 1.1 of weights 1, 0.1.
    const mixed = [
      [1, null],
      [0, null],
      [1, 0.5],
      [1, 1],
    ];
    const none = { ...group, scaleRewards: "none" } as const;
    const parts = groupAdvantages(neutralRewards(mixed, [1, 0.1], 4), none).advantages;
    // Of the answer alone: +0.25, −0.75, +0.25, +0.25; of the language: 0, 0, −0.025, +0.025.
    expect(largestDifference(parts, [0.25, -0.75, 0.225, 0.275])).toBeLessThan(1e-12);
  });

  test("of what applies nowhere in a group are those of the other rewards", () => {
    const rows = [
      [1, null],
      [0, null],
      [1, 0.25],
      [0, 0.25],
    ];
    const two = { numGenerations: 2, scaleRewards: "batch" } as const;
    const { advantages, batchStd } = groupAdvantages(neutralRewards(rows, [1, 1], 2), two);
    // The first group has the batch's mean of language, so the batch spreads as its answers do: √(4 · 0.25 / 3).
    expect(batchStd).toBeCloseTo(0.5773503, 6);
    const a = 0.5 / 0.5774503;
    expect(largestDifference(advantages, [a, -a, a, -a])).toBeLessThan(1e-6);
    expect(neutralRewards([[null, null]], [1, 1], 1)).toEqual([null]);
  });

  test("come from the weighted sum of the rewards that apply", () => {
    const ofTwo = (first: number | null, second: number | null): number | null =>
      weightedReward([
        { weight: 1, value: first },
        { weight: 0.2, value: second },
      ]);
    expect(ofTwo(1, 0.5)).toBeCloseTo(1.1, 12);
    expect(ofTwo(null, 0.5)).toBeCloseTo(0.1, 12);
    expect(ofTwo(null, null)).toBeNull();
  });
});

describe("the weight of a token", () => {
  const lengths = [2, 4, 0, 6];
  const options = { maxCompletionLength: 8, microBatch: 2 };

  // Two accumulation steps of two completions: tokens 2 + 4 = 6, then 0 + 6 = 6; 12 in all.
  test.each([
    ["grpo", [1 / 2 / 2 / 2, 1 / 4 / 2 / 2, 0, 1 / 6 / 2 / 2]],
    ["bnpo", [1 / 6 / 2, 1 / 6 / 2, 0, 1 / 6 / 2]],
    ["dr_grpo", [1 / 8 / 2 / 2, 1 / 8 / 2 / 2, 0, 1 / 8 / 2 / 2]],
    ["dapo", [1 / 12, 1 / 12, 0, 1 / 12]],
    ["cispo", [1 / 12, 1 / 12, 0, 1 / 12]],
    ["vespo", [1 / 12, 1 / 12, 0, 1 / 12]],
    ["sapo", [1 / 2 / 2 / 2, 1 / 4 / 2 / 2, 0, 1 / 6 / 2 / 2]],
    ["rloo", [1 / 2 / 2 / 2, 1 / 4 / 2 / 2, 0, 1 / 6 / 2 / 2]],
    ["luspo", [1 / 2 / 2, 1 / 2 / 2, 0, 1 / 2 / 2]],
  ] as const)("with loss_type %s is TRL's", (lossType, expected) => {
    expect(
      largestDifference(tokenWeights(lengths, { ...options, lossType }), expected),
    ).toBeLessThan(1e-15);
  });

  test.each(LOSS_TYPES)("with loss_type %s is 0 where every completion is masked", (lossType) => {
    expect(Array.from(tokenWeights([0, 0], { ...options, lossType }))).toEqual([0, 0]);
  });

  test.each(["dapo", "cispo", "vespo"] as const)(
    "with loss_type %s divides by an optimizer step's tokens in the mean over the generation",
    (lossType) => {
      // A generation of 40 tokens in two steps: 20 each, though this one has 12.
      const weights = tokenWeights(lengths, { ...options, lossType, stepTokens: 20 });
      expect(Array.from(weights)).toEqual([1 / 20, 1 / 20, 0, 1 / 20]);
    },
  );

  test("needs whole accumulation steps", () => {
    expect(() => tokenWeights([1, 2, 3], { ...options, lossType: "dapo" })).toThrow(
      "3 completions do not divide into parts of 2",
    );
  });
});

const config = tinyConfig("qwen2", { numLayers: 1 });

/** 8 completions of 2 to 12 tokens of prompts of 3 to 7. */
function someRows(): PolicyRow[] {
  const random = new Random(20);
  const prompts = randomRows(config, 8, 3, 7, 21);
  return randomRows(config, 8, 2, 12, 22).map((completionIds, i) => ({
    promptIds: itemAt(prompts, i),
    completionIds,
    finished: i % 3 !== 0,
    advantage: random.normal(),
  }));
}

type Step = { readonly metrics: PolicyStepMetrics; readonly weights: Float32Array[] };

/** One step from the same weights, with rate 1. */
function stepWith(
  changes: Partial<PolicyOptions>,
  rows: readonly PolicyRow[],
  reference: LanguageModel | null = null,
): Step {
  const model = initLanguageModel(runtime, config, 23);
  const trainer = new PolicyTrainer(runtime, model, reference, { ...PLAIN_POLICY, ...changes });
  const metrics = trainer.step(rows, trainer.score(rows), 1, 0);
  const weights = [...model.variables.values()].map((variable) => variable.data());
  trainer.dispose();
  model.dispose();
  return { metrics, weights };
}

/** How far two steps are apart: in loss, relative gradient norm and weights, whichever is most. */
function gapOf(a: Step, b: Step): number {
  return Math.max(
    Math.abs(a.metrics.loss - b.metrics.loss),
    Math.abs(a.metrics.gradNorm / b.metrics.gradNorm - 1),
    ...a.weights.map((values, i) => largestDifference(values, itemAt(b.weights, i))),
  );
}

describe("a policy step", () => {
  const rows = someRows();

  test.each(LOSS_TYPES.filter((type) => type !== "bnpo"))(
    "with loss_type %s is the same in one batch of 8, in 4 parts of 2 and one by one",
    (lossType) => {
      const whole = stepWith({ loss_type: lossType }, rows);
      expect(whole.metrics.gradNorm).toBeGreaterThan(0.01);
      for (const size of [2, 1]) {
        const cut = stepWith({ loss_type: lossType, per_device_train_batch_size: size }, rows);
        expect(gapOf(whole, cut)).toBeLessThan(2e-5);
        expect(cut.metrics.entropy).toBeCloseTo(whole.metrics.entropy ?? Number.NaN, 4);
      }
    },
  );

  test("with loss_type bnpo is the same in parts where the parts hold equally many tokens", () => {
    const even = rows.map((row, i) => ({
      ...row,
      completionIds: row.completionIds.slice(0, 2).concat(i % 2 === 0 ? [9, 8] : []),
    }));
    expect(
      gapOf(
        stepWith({ loss_type: "bnpo" }, even),
        stepWith({ loss_type: "bnpo", per_device_train_batch_size: 2 }, even),
      ),
    ).toBeLessThan(2e-5);
  });

  test("has the loss that its formula gives by hand", () => {
    // One iteration: every ratio is 1, so the loss is −Σ weight · tokens · advantage, here with dapo's weight 1 / tokens.
    const tokens = rows.reduce((sum, row) => sum + row.completionIds.length, 0);
    const expected = -rows.reduce(
      (sum, row) => sum + (row.completionIds.length * row.advantage) / tokens,
      0,
    );
    expect(stepWith({}, rows).metrics.loss).toBeCloseTo(expected, 5);
  });

  test("skips rows without an advantage, and they change nothing", () => {
    // dr_grpo divides by constants, so the neighbours' weights do not depend on the rows that are emptied.
    const half = rows.map((row, i) => (i < 4 ? row : { ...row, advantage: 0 }));
    const noise = rows.map((row, i) =>
      i < 4 ? row : { ...row, advantage: 0, completionIds: [4, 5, 6] },
    );
    const a = stepWith({ loss_type: "dr_grpo" }, half);
    expect(gapOf(a, stepWith({ loss_type: "dr_grpo" }, noise))).toBeLessThan(2e-5);
    const trained = half
      .slice(0, 4)
      .reduce((sum, row) => sum + row.promptIds.length + row.completionIds.length, 0);
    expect(a.metrics.trainedTokens).toBe(trained);
  });

  test("of groups with equal rewards only has gradient 0 and leaves the weights as they are", () => {
    const untouched = initLanguageModel(runtime, config, 23);
    const { metrics, weights } = stepWith(
      {},
      rows.map((row) => ({ ...row, advantage: 0 })),
    );
    expect(metrics).toMatchObject({ loss: 0, gradNorm: 0, kl: null, trainedTokens: 0 });
    // That they teach nothing does not make the policy's entropy unknown.
    expect(metrics.entropy).toBeCloseTo(stepWith({}, rows).metrics.entropy ?? Number.NaN, 5);
    expect(weights).toEqual([...untouched.variables.values()].map((variable) => variable.data()));
    untouched.dispose();
  });

  test("leaves truncated completions out where asked, numerator and denominator", () => {
    const masked = stepWith({ mask_truncated_completions: true, loss_type: "dapo" }, rows);
    const finished = rows.filter((row) => row.finished);
    const tokens = finished.reduce((sum, row) => sum + row.completionIds.length, 0);
    const expected = -finished.reduce(
      (sum, row) => sum + (row.completionIds.length * row.advantage) / tokens,
      0,
    );
    expect(masked.metrics.loss).toBeCloseTo(expected, 5);
  });

  test("with every completion truncated and masked has gradient 0 instead of a division by 0", () => {
    const truncated = rows.map((row) => ({ ...row, finished: false }));
    const { metrics } = stepWith(
      { mask_truncated_completions: true, loss_type: "bnpo" },
      truncated,
    );
    expect(metrics).toMatchObject({ loss: 0, gradNorm: 0 });
  });

  test.each(LOSS_TYPES)(
    "with loss_type %s and everything truncated and masked has loss and gradient 0",
    (loss_type) => {
      const truncated = rows.map((row) => ({ ...row, finished: false }));
      const all = {
        mask_truncated_completions: true,
        entropy_coef: 0.1,
        top_entropy_quantile: 0.5,
      };
      const { metrics } = stepWith({ ...all, loss_type }, truncated);
      expect(metrics).toMatchObject({ loss: 0, gradNorm: 0, trainedTokens: 0 });
    },
  );

  test("of completions without a gradient of their own learns by an entropy bonus alone", () => {
    const idle = rows.map((row) => ({ ...row, advantage: 0 }));
    const { metrics } = stepWith({ entropy_coef: 0.1 }, idle);
    // One accumulation step: the mean entropy over all tokens, times the coefficient.
    expect(metrics.loss).toBeCloseTo(-0.1 * (metrics.entropy ?? Number.NaN), 5);
    expect(metrics.gradNorm).toBeGreaterThan(1e-4);
    expect(metrics.more).toMatchObject({ entropy_coef: 0.1 });
    expect(metrics.more["policy_loss"]).toBeCloseTo(0, 6);
  });

  test("learns from the tokens of highest entropy alone where asked", () => {
    const options = { top_entropy_quantile: 0.25, loss_type: "dapo" } as const;
    const { metrics } = stepWith(options, rows);
    const entropies = metrics.tokens.flatMap((own) => [...(own?.entropies ?? [])]);
    const threshold = entropies.toSorted((a, b) => a - b)[Math.ceil(0.75 * (entropies.length - 1))];
    const kept = rows.flatMap((row, i) =>
      [...(metrics.tokens[i]?.entropies ?? [])].map((nats) =>
        nats >= (threshold ?? 0) - 1e-6 ? row.advantage : 0,
      ),
    );
    // Every ratio is 1, so a kept token loses its advantage; the denominator stays that of all tokens.
    const expected = -kept.reduce((sum, one) => sum + one, 0) / entropies.length;
    expect(metrics.loss).toBeCloseTo(expected, 5);
    // Every row was scored once more for it.
    expect(metrics.scoredLengths).toHaveLength(rows.length);
  });

  test("replaces the reference, or moves it part of the way, every so many steps", () => {
    const first = (of: LanguageModel): Float32Array => itemAt([...of.variables.values()], 0).data();
    for (const alpha of [1, 0.25]) {
      const [model, reference] = [23, 24].map((seed) => initLanguageModel(runtime, config, seed));
      if (model === undefined || reference === undefined) throw new Error("no model");
      const trainer = new PolicyTrainer(runtime, model, reference, {
        ...{ ...PLAIN_POLICY, beta: 0.1, sync_ref_model: true },
        ...{ ref_model_sync_steps: 2, ref_model_mixup_alpha: alpha },
      });
      const before = first(reference);
      trainer.step(rows, trainer.score(rows), 0.1, 0);
      expect(first(reference)).toEqual(before);
      trainer.step(rows, trainer.score(rows), 0.1, 1);
      const now = first(model);
      const expected = before.map((w, i) => (1 - alpha) * w + alpha * (now[i] ?? Number.NaN));
      expect(largestDifference(first(reference), expected)).toBeLessThan(1e-6);
      for (const thing of [trainer, model, reference]) thing.dispose();
    }
  });

  test("measures KL from the reference by the k3 estimator", () => {
    const reference = initLanguageModel(runtime, config, 24);
    const policy = initLanguageModel(runtime, config, 23);
    const { metrics } = stepWith({ beta: 0.1 }, rows, reference);
    let sum = 0;
    let tokens = 0;
    for (const row of rows) {
      const ids = [...row.promptIds, ...row.completionIds];
      const from = row.promptIds.length - 1;
      const [now, then] = [policy, reference].map((model) =>
        itemAt(logprobsOf(runtime, model, [ids], 0.9), 0).slice(from),
      );
      row.completionIds.forEach((_, t) => {
        const gap = itemAt(then ?? [], t) - itemAt(now ?? [], t);
        sum += Math.exp(gap) - gap - 1;
        tokens++;
      });
    }
    expect((metrics.kl ?? Number.NaN) / (sum / tokens)).toBeCloseTo(1, 3);
    reference.dispose();
    policy.dispose();
  });

  test("multiplies k3 by the ratio where its bias is corrected", () => {
    // Old log-probabilities δ under the present ones make every ratio e^δ, and with it the mean of k3.
    const reference = initLanguageModel(runtime, config, 24);
    const model = initLanguageModel(runtime, config, 23);
    const klOf = (use_bias_correction_kl: boolean): number => {
      const trainer = new PolicyTrainer(runtime, model, reference, {
        ...PLAIN_POLICY,
        beta: 0.1,
        use_bias_correction_kl,
        usesOldLogprobs: true,
      });
      const scored = trainer.score(rows).map(({ old, reference: then }) => ({
        old: old?.map((logprob) => logprob - 0.5) ?? null,
        reference: then,
      }));
      const { kl } = trainer.step(rows, scored, 0, 0);
      trainer.dispose();
      return kl ?? Number.NaN;
    };
    expect(klOf(true) / klOf(false)).toBeCloseTo(Math.exp(0.5), 3);
    reference.dispose();
    model.dispose();
  });

  test("keeps each token's log-probability and entropy from before the step, of rows that teach nothing too", () => {
    const some = rows.map((row, i) => (i === 2 ? { ...row, advantage: 0 } : row));
    const model = initLanguageModel(runtime, config, 23);
    const trainer = new PolicyTrainer(runtime, model, null, {
      ...PLAIN_POLICY,
      usesOldLogprobs: true,
      per_device_train_batch_size: 2,
    });
    const before = trainer.score(some);
    const { tokens, entropy, clipLow } = trainer.step(some, before, 0.3, 0);
    expect(clipLow).toBe(0);
    let [sum, count] = [0, 0];
    for (const i of some.keys()) {
      const own = tokens[i];
      expect(own?.logprobs).toHaveLength(itemAt(some, i).completionIds.length);
      expect(largestDifference(own?.logprobs ?? [], before[i]?.old ?? [])).toBeLessThan(1e-5);
      for (const nats of own?.entropies ?? []) {
        sum += nats;
        count += 1;
      }
    }
    expect(sum / count).toBeCloseTo(entropy ?? Number.NaN, 5);
    trainer.dispose();
    model.dispose();
  });

  test("repeated on the same rollouts clips what has moved too far", () => {
    const model = initLanguageModel(runtime, config, 23);
    const trainer = new PolicyTrainer(runtime, model, null, {
      ...PLAIN_POLICY,
      usesOldLogprobs: true,
      epsilon_high: 0.28,
    });
    const logprobs = trainer.score(rows);
    const first = trainer.step(rows, logprobs, 0.3, 0);
    expect([first.clipLow, first.clipHigh]).toEqual([0, 0]);
    const second = trainer.step(rows, logprobs, 0.3, 1);
    expect((second.clipLow ?? 0) + (second.clipHigh ?? 0)).toBeGreaterThan(0);
    // By hand, from the ratios that the moved policy has.
    const moved = initLanguageModel(runtime, config, 23);
    const again = new PolicyTrainer(runtime, moved, null, {
      ...PLAIN_POLICY,
      usesOldLogprobs: true,
      epsilon_high: 0.28,
    });
    again.step(rows, logprobs, 0.3, 0);
    const now = again.score(rows);
    let [low, high, tokens] = [0, 0, 0];
    rows.forEach((row, i) => {
      row.completionIds.forEach((_, t) => {
        const ratio = Math.exp(
          (now[i]?.old?.[t] ?? Number.NaN) - (logprobs[i]?.old?.[t] ?? Number.NaN),
        );
        if (ratio < 0.8 && row.advantage < 0) low++;
        if (ratio > 1.28 && row.advantage > 0) high++;
        tokens++;
      });
    });
    expect(second.clipLow).toBeCloseTo(low / tokens, 6);
    expect(second.clipHigh).toBeCloseTo(high / tokens, 6);
    for (const thing of [trainer, model, again, moved]) thing.dispose();
  });

  test("200 times leaves no tensor behind", () => {
    const model = initLanguageModel(runtime, config, 25);
    const reference = initLanguageModel(runtime, config, 26);
    const trainer = new PolicyTrainer(runtime, model, reference, {
      ...PLAIN_POLICY,
      beta: 0.05,
      usesOldLogprobs: true,
    });
    trainer.step(rows, trainer.score(rows), 1e-3, 0);
    const before = runtime.tensorCount();
    for (let step = 1; step <= 200; step++) trainer.step(rows, trainer.score(rows), 1e-3, step);
    expect(runtime.tensorCount()).toBe(before);
    for (const thing of [trainer, model, reference]) thing.dispose();
  });

  test.each(LOSS_TYPES)("with loss_type %s and every option on leaves no tensor behind", (type) => {
    const [model, reference] = [25, 26].map((seed) => initLanguageModel(runtime, config, seed));
    if (model === undefined || reference === undefined) throw new Error("no model");
    const trainer = new PolicyTrainer(runtime, model, reference, {
      ...{ ...PLAIN_POLICY, loss_type: type, beta: 0.05, usesOldLogprobs: true },
      ...{ samplerDiffers: true, importance_sampling_mode: "token_mask" },
      ...{ top_entropy_quantile: 0.5, use_adaptive_entropy: true, off_policy_mask_threshold: 0.1 },
      ...{ sync_ref_model: true, ref_model_sync_steps: 1 },
    });
    const sampled = rows.map((row) => ({
      ...row,
      sampledLogprobs: row.completionIds.map(() => -4.5),
    }));
    const step = (at: number): number =>
      trainer.step(sampled, trainer.score(sampled), 1e-3, at).loss;
    step(0);
    const before = runtime.tensorCount();
    for (let at = 1; at <= 3; at++) expect(step(at)).not.toBeNaN();
    expect(runtime.tensorCount()).toBe(before);
    for (const thing of [trainer, model, reference]) thing.dispose();
  });
});
