/** PPO's parts: GAE, whitening, the clipped value loss, the value head; by hand, by finite differences, and against TRL. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { runGrpoReplay } from "#main/engine/commands/grpo-replay.ts";
import { initLanguageModel } from "#main/engine/model/language-model.ts";
import { ModelWithValueHead, VALUE_HEAD } from "#main/engine/model/value-head.ts";
import { criticAdvantages, explainedVariance } from "#main/engine/objectives/critic-advantages.ts";
import { criticObjective } from "#main/engine/objectives/critic.ts";
import { generalizedAdvantages } from "#main/engine/objectives/generalized-advantages.ts";
import { grpoObjective } from "#main/engine/objectives/grpo.ts";
import { clippedValueLoss } from "#main/engine/objectives/value-loss.ts";
import { momentsOf, whitened } from "#main/engine/objectives/whitening.ts";
import { openRuntime } from "#main/engine/runtime/open-runtime.ts";
import { tf } from "#main/engine/runtime/tf.ts";
import type { Tensor } from "#main/engine/runtime/tf.ts";
import { CriticTrainer } from "#main/engine/training/critic-trainer.ts";
import { PolicyTrainer } from "#main/engine/training/policy-trainer.ts";
import type { PolicyRow } from "#main/engine/training/policy-row.ts";
import { Random } from "#main/platform/random.ts";
import { estimateAdvantages } from "#main/engine/objectives/estimate-advantages.ts";
import { criticLearningRate, learningRate } from "#main/engine/training/schedule.ts";
import { CriticOptions } from "#shared/schema/critic-options.ts";
import { AdvantageOptions, PolicyObjective } from "#shared/schema/policy-objective.ts";
import { GrpoStage } from "#shared/schema/stages/grpo-stage.ts";
import { idMatrix, randomRows } from "../helpers/engine-forward.ts";
import { checkDirections, PLAIN_POLICY } from "../helpers/engine-gradients.ts";
import { itemAt, largestDifference, tinyConfig } from "../helpers/engine-model.ts";
import { temporaryFolder } from "../helpers/temporary-folder.ts";

const runtime = await openRuntime({ choice: "tensorflow" });
const PPO = new URL("../fixtures/reference/ppo/", import.meta.url);

describe("generalized advantages", () => {
  test("add up what came unexpected, discounted", () => {
    // γ = 0.5, λ = 0.5; r = 0, 1, V = 1, 2. δ₁ = 1 − 2 = −1; δ₀ = 0 + 0.5 · 2 − 1 = 0; A₀ = 0 + 0.25 · −1.
    const { advantages, returns } = generalizedAdvantages([0, 1], [1, 2], { gamma: 0.5, lam: 0.5 });
    expect([...advantages]).toEqual([-0.25, -1]);
    expect([...returns]).toEqual([0.75, 1]);
  });

  test("are the return less the value at lam 1, and one step's surprise at lam 0", () => {
    const rewards = [0.5, -1, 2];
    const values = [0.25, 0.5, -0.5];
    // Returns to go: 1.5, 1, 2.
    const whole = generalizedAdvantages(rewards, values, { gamma: 1, lam: 1 });
    expect(largestDifference(whole.advantages, [1.25, 0.5, 2.5])).toBeLessThan(1e-12);
    expect(largestDifference(whole.returns, [1.5, 1, 2])).toBeLessThan(1e-12);
    const step = generalizedAdvantages(rewards, values, { gamma: 1, lam: 0 });
    expect(largestDifference(step.advantages, [0.75, -2, 2.5])).toBeLessThan(1e-12);
  });

  test("of nothing are nothing, and values must fit", () => {
    expect(generalizedAdvantages([], [], { gamma: 1, lam: 1 }).advantages).toHaveLength(0);
    expect(() => generalizedAdvantages([1], [], { gamma: 1, lam: 1 })).toThrow(RangeError);
  });
});

describe("whitening", () => {
  test("brings all rows together to mean 0 and unbiased spread 1", () => {
    // 1, 3, 5: mean 3, variance (4 + 0 + 4) / 2 = 4.
    const [first, nothing, second] = whitened([[1, 3], null, [5]]);
    expect(largestDifference(first ?? [], [-1, 0])).toBeLessThan(1e-8);
    expect(nothing).toBeNull();
    expect(largestDifference(second ?? [], [1])).toBeLessThan(1e-8);
    const [kept] = whitened([[1, 3, 5]], { shiftsMean: false });
    expect(largestDifference(kept ?? [], [2, 3, 4])).toBeLessThan(1e-8);
  });

  test("of equal numbers gives zeros, and of none nothing", () => {
    expect([...(whitened([[2, 2]])[0] ?? [])]).toEqual([0, 0]);
    expect(momentsOf([])).toEqual({ mean: 0, variance: 0 });
    expect(momentsOf([[7]])).toEqual({ mean: 7, variance: 0 });
  });
});

describe("a critic's advantages", () => {
  const plain = { gamma: 1, lam: 1, whiten_rewards: false, whiten_advantages: false };

  test("give the reward with the last token and take KL off at each", () => {
    // Rewards a token: −0.25, 1 − 0.5: to go 0.25 and 0.5, less the values.
    const { advantages, targets } = criticAdvantages(
      [{ reward: 1, values: [0, 0.25], penalty: [0.25, 0.5], finished: true }],
      plain,
    );
    expect([...(advantages[0] ?? [])]).toEqual([0.25, 0.25]);
    expect([...Array.from(targets[0]?.returns ?? [])]).toEqual([0.25, 0.5]);
  });

  test("leave out completions without a reward, from the spread too", () => {
    const outcomes = [
      { reward: 1, values: [0], penalty: null, finished: true },
      { reward: null, values: [9, 9], penalty: null, finished: false },
      { reward: -1, values: [0], penalty: null, finished: true },
    ];
    // 1 and −1: unbiased variance 2.
    const { advantages, targets } = criticAdvantages(outcomes, {
      ...plain,
      whiten_advantages: true,
    });
    const a = 1 / Math.sqrt(2);
    expect(largestDifference(advantages[0] ?? [], [a])).toBeLessThan(1e-8);
    expect([...(advantages[1] ?? [])]).toEqual([0, 0]);
    expect(targets[1]).toBeNull();
  });

  test("take missing_eos_penalty off the reward of what does not end, and off no other", () => {
    const outcome = { reward: 1, values: [0, 0.25], penalty: [0.25, 0.5] };
    const { targets } = criticAdvantages(
      [
        { ...outcome, finished: true },
        { ...outcome, finished: false },
      ],
      { ...plain, missing_eos_penalty: 2 },
    );
    // The last token's reward: 1 − 0.5, and 1 − 2 − 0.5.
    expect(targets.map((target) => Array.from(target?.returns ?? []))).toEqual([
      [0.25, 0.5],
      [-1.75, -1.5],
    ]);
    const rewarded = {
      totals: [1, 1],
      rows: [[1], [1]],
      weights: [1],
      lengths: [1, 1],
      penalties: null,
      finished: [true, false],
      values: [[0], [0]],
    };
    const taken = { ...AdvantageOptions.parse({}), ...CriticOptions.parse({}), ...plain };
    const of = (adv_estimator: "gae" | "rloo"): readonly number[] => [
      ...estimateAdvantages(
        { ...taken, adv_estimator, num_generations: 2, missing_eos_penalty: 2 },
        rewarded,
      ).advantages,
    ];
    expect(of("gae")).toEqual([1, -1]);
    // Of PPO alone.
    expect(of("rloo")).toEqual([0, 0]);
  });

  test("say how much of the returns the critic knew", () => {
    // Returns 0 and 2, variance 2; what is left: 0 and 1, variance 0.5.
    expect(explainedVariance([{ values: [0, 1], returns: [0, 2] }, null])).toBeCloseTo(0.75, 12);
    expect(explainedVariance([{ values: [0, 1], returns: [1, 1] }])).toBeNull();
  });
});

describe("the value loss", () => {
  test("is half the square of the farther of the value and the held value", () => {
    const numbers = tf.tidy(() => {
      const { loss, clipped } = clippedValueLoss(
        tf.tensor1d([1, 1, 0.1]),
        tf.tensor1d([0, 0, 0]),
        tf.tensor1d([2, 0, 1]),
        0.25,
      );
      return [...loss.dataSync(), ...clipped.dataSync()];
    });
    // 1 is held at 0.25. From 2: 1 against 1.75, so the held one counts; from 0 the value itself; 0.1 is not held.
    expect(largestDifference(numbers, [1.53125, 0.5, 0.405, 1, 0, 0])).toBeLessThan(1e-6);
  });

  test("refuses shapes that differ, and leaves nothing behind", () => {
    const before = tf.memory().numTensors;
    tf.tidy(() => {
      const [two, three] = [tf.zeros([2]), tf.zeros([3])];
      expect(() => clippedValueLoss(two, two, three, 1)).toThrow(RangeError);
      expect(clippedValueLoss(tf.zeros([0]), tf.zeros([0]), tf.zeros([0]), 1).loss.size).toBe(0);
    });
    expect(tf.memory().numTensors).toBe(before);
  });
});

const config = tinyConfig("qwen3", { numLayers: 1 });
const columns = 9;
const tokens = randomRows(config, 4, columns, columns, 7);
const held: Tensor[] = [];
afterAll(() => tf.dispose(held));

function keep<T extends Tensor>(tensor: T): T {
  held.push(tensor);
  return tensor;
}

function headed(seed: number): ModelWithValueHead {
  const model = new ModelWithValueHead(runtime, initLanguageModel(runtime, config, seed));
  const random = new Random(seed);
  const head = Float32Array.from({ length: config.hiddenSize }, () => 0.3 * random.normal());
  model.restoreHead(() => head);
  return model;
}

/** Numbers for each of the grid's places. */
function noise(seed: number, scale: number): Tensor {
  const random = new Random(seed);
  const size = 4 * (columns - 1);
  return keep(tf.tensor1d(Array.from({ length: size }, () => scale * random.normal())));
}

const VALUED = { vf_coef: 0.7, cliprange_value: 0.3 };

describe("the gradient", () => {
  test.each([false, true])("of a critic of its own, recompute %s", (recompute) => {
    const model = headed(11);
    const weight = keep(tf.fill([4 * (columns - 1)], 0.05));
    const inputs = [keep(idMatrix(tokens)), noise(1, 0.5), noise(2, 1), weight];
    const objective = criticObjective(config, { ...VALUED, recompute });
    expect(wrong(checkDirections(runtime, model, objective, inputs, 4e-3))).toEqual([]);
  });

  test("of a policy with a value head, in its layers too", () => {
    const model = headed(12);
    const options = {
      ...PolicyObjective.parse({}),
      ...{ temperature: 0.8, usesOldLogprobs: false, samplerDiffers: false },
    };
    const size = 4 * (columns - 1);
    const weight = keep(tf.fill([size], 0.05));
    const ones = keep(tf.ones([size]));
    const zero = keep(tf.zeros([size]));
    const ids = keep(idMatrix(tokens));
    const values = [noise(1, 0.5), noise(2, 1), weight];
    // Advantages of 0: against differences the ratio to the policy itself, which is always 1, would have no gradient.
    const inputs = [ids, ones, weight, zero, zero, zero, zero, ...values];
    const objective = grpoObjective(config, { ...options, critic: VALUED });
    const checks = checkDirections(runtime, model, objective, inputs, 4e-3);
    expect(checks.map(({ name }) => name)).toContain(VALUE_HEAD);
    expect(wrong(checks)).toEqual([]);
  });
});

function wrong(checks: ReturnType<typeof checkDirections>): string[] {
  const largest = Math.max(...checks.map(({ analytic }) => Math.abs(analytic)));
  if (!(largest > 0.01)) return ["there is no gradient at all"];
  return checks
    .filter(
      ({ analytic, numeric }) =>
        !(Math.abs(analytic - numeric) < 2e-3 * largest + 0.01 * Math.abs(analytic)),
    )
    .map(({ name, analytic, numeric }) => `${name}: ${analytic} instead of ${numeric}`);
}

describe("a critic in training", () => {
  const rows: PolicyRow[] = tokens.map((ids, i) => ({
    promptIds: ids.slice(0, 3),
    completionIds: ids.slice(3, 5 + i),
    finished: true,
    advantage: 0,
    tokenAdvantages: new Float64Array(2 + i),
    critic: { values: new Float64Array(2 + i), returns: new Float64Array(2 + i).fill(i) },
  }));
  const options = { ...PLAIN_POLICY, ...VALUED, adam_epsilon: 1e-8 };

  test("of its own comes nearer to its returns, whatever is computed together", () => {
    const [one, alone] = [headed(13), headed(13)];
    const critic = new CriticTrainer(runtime, one, { ...options, per_device_train_batch_size: 4 });
    const before = critic.step(rows, 0.02, 0).loss;
    for (let step = 1; step < 8; step++) {
      const values = critic.score(rows);
      const fresh = rows.map((row, i) => ({
        ...row,
        critic: { values: itemAt(values, i), returns: row.critic?.returns ?? [] },
      }));
      critic.step(fresh, 0.02, step);
    }
    const values = critic.score(rows);
    const fresh = rows.map((row, i) => ({
      ...row,
      critic: { values: itemAt(values, i), returns: row.critic?.returns ?? [] },
    }));
    expect(critic.step(fresh, 0.02, 8).loss).toBeLessThan(0.5 * before);
    const halved = new CriticTrainer(runtime, alone, {
      ...options,
      ...{ per_device_train_batch_size: 4, halvings: 2 },
    });
    expect(halved.step(rows, 0.02, 0).loss).toBeCloseTo(before, 5);
    critic.dispose();
    halved.dispose();
  });

  test("learns nothing of rows without a target, and does without any", () => {
    const model = headed(14);
    const critic = new CriticTrainer(runtime, model, options);
    const bare = rows.map((row) => {
      const { critic: _, ...rest } = row;
      return rest;
    });
    const head = model.head.data();
    expect(critic.step([...bare, ...bare], 0.1, 0)).toMatchObject({ loss: 0, trainedLengths: [] });
    expect(largestDifference(model.head.data(), head)).toBe(0);
    expect(critic.score([])).toEqual([]);
    critic.dispose();
  });

  test("on the policy is scored with it, and does not see what comes after a state", () => {
    const model = headed(15);
    const trainer = new PolicyTrainer(runtime, model, null, options);
    const longer = rows.map((row) => ({ ...row, completionIds: [...row.completionIds, 5] }));
    const [short, long] = [trainer.score(rows), trainer.score(longer)];
    rows.forEach((row, i) => {
      const values = itemAt(short, i).values ?? [];
      expect(values).toHaveLength(row.completionIds.length);
      const same = itemAt(long, i).values?.slice(0, values.length) ?? [];
      expect(largestDifference(values, same)).toBeLessThan(1e-5);
    });
    expect(trainer.scoringPasses).toBe(1);
    trainer.dispose();
  });
});

const Recorded = z.object({
  model: z.string(),
  config: z.record(z.string(), z.unknown()),
  losses: z.array(z.number()),
  logged: z.array(z.record(z.string(), z.number())),
  probe_logits_after: z.array(z.number()),
});
const Replayed = z.object({
  steps: z.array(z.record(z.string(), z.number().nullable())),
  probe_logits_after: z.array(z.number()),
});

const GRPO_RATE = {
  learning_rate: 0.1,
  lr_scheduler_type: "linear",
  warmup_steps: 2,
  min_lr_ratio: 0,
} as const;

describe("TRL's PPOTrainer", () => {
  test.each(["separate", "shared", "whitened"])("takes the same steps: %s", (name) => {
    const folder = temporaryFolder();
    const path = (file: string): string => join(PPO.pathname, file);
    const recorded = Recorded.parse(JSON.parse(readFileSync(path(`${name}.json`), "utf8")));
    const files = { config: join(folder, "config.json"), out: join(folder, "out.json") };
    writeFileSync(files.config, JSON.stringify(recorded.config));
    runGrpoReplay(runtime, {
      ...files,
      model: path(recorded.model),
      rollouts: path("rollouts.jsonl"),
    });
    const { steps, probe_logits_after: logits } = Replayed.parse(
      JSON.parse(readFileSync(files.out, "utf8")),
    );
    const of = (key: string): number[] => steps.map((step) => step[key] ?? Number.NaN);
    expect(largestDifference(of("loss"), recorded.losses)).toBeLessThan(1e-3);
    recorded.logged.forEach((logged, generation) => {
      for (const key of ["loss/policy_avg", "loss/value_avg", "val/clipfrac_avg"]) {
        const own = of(key).slice(4 * generation, 4 * generation + 4);
        const mean = own.reduce((a, b) => a + b, 0) / 4;
        expect
          .soft(Math.abs(mean - (logged[key] ?? Number.NaN)), `${name} ${key}`)
          .toBeLessThan(1e-3);
      }
    });
    expect(largestDifference(logits, recorded.probe_logits_after)).toBeLessThan(5e-3);
  });

  test("knows no rate of the critic's own: it is the policy's schedule at another peak, and the policy's where none is said", () => {
    const policy = { ...GRPO_RATE, critic_learning_rate: undefined };
    const own = { ...GRPO_RATE, critic_learning_rate: 0.4 };
    // Two of ten steps warm up; then linear to 0.
    for (const step of [0, 1, 2, 6, 9]) {
      const rate = learningRate(GRPO_RATE, step, 10);
      expect(criticLearningRate(policy, step, 10)).toBe(rate);
      expect(criticLearningRate(own, step, 10)).toBeCloseTo(4 * rate, 12);
    }
    expect(criticLearningRate(own, 6, 10)).toBeCloseTo(0.2, 12);
  });

  test("has these defaults", () => {
    const theirs = z
      .record(z.string(), z.unknown())
      .parse(JSON.parse(readFileSync(new URL("defaults.json", PPO), "utf8")));
    const { value_model: _, whiten_advantages: __, ...ours } = CriticOptions.parse({});
    expect(theirs).toMatchObject(ours);
    expect(theirs).toMatchObject({ missing_eos_penalty: null });
    expect(CriticOptions.shape.missing_eos_penalty.safeParse(undefined).success).toBe(true);
    // Under GRPO's names, with GRPO's defaults where they differ.
    const { epsilon } = PolicyObjective.parse({});
    expect(theirs["cliprange"]).toBe(epsilon);
    expect(GrpoStage.shape.adv_estimator.unwrap().options).toContain("gae");
  });
});
