/** The gradient of every objective against central differences of its loss, weight by weight. */
import { afterAll, describe, expect, test } from "vitest";
import { initLanguageModel } from "#main/engine/model/language-model.ts";
import type { LanguageModel } from "#main/engine/model/language-model.ts";
import { tokenWeights } from "#main/engine/objectives/aggregation.ts";
import { grpoObjective } from "#main/engine/objectives/grpo.ts";
import type { GrpoObjectiveOptions } from "#main/engine/objectives/grpo.ts";
import { nextTokenObjective } from "#main/engine/objectives/next-token.ts";
import { openRuntime } from "#main/engine/runtime/open-runtime.ts";
import { tf } from "#main/engine/runtime/tf.ts";
import type { Tensor } from "#main/engine/runtime/tf.ts";
import { Trainer } from "#main/engine/training/trainer.ts";
import { Random } from "#main/platform/random.ts";
import { PolicyObjective } from "#shared/schema/policy-objective.ts";
import { idMatrix, logprobsOf, randomRows } from "../helpers/engine-forward.ts";
import {
  checkDirections,
  gradientOf,
  gradientsOf,
  PLAIN_ADAMW,
} from "../helpers/engine-gradients.ts";
import { ARCHITECTURES, itemAt, largestDifference, tinyConfig } from "../helpers/engine-model.ts";
import type { Objective } from "#main/engine/objectives/objective.ts";

const FLAT_VESPO = {
  ...{ vespo_k_pos: 0, vespo_lambda_pos: 0, vespo_k_neg: 0, vespo_lambda_neg: 0 },
  loss_type: "vespo",
} as const;
const SEQUENCE_KL = {
  loss_type: "grpo",
  importance_sampling_level: "sequence",
  beta: 0.3,
  use_bias_correction_kl: true,
} as const;

const runtime = await openRuntime({ choice: "tensorflow" });
const held: Tensor[] = [];
afterAll(() => tf.dispose(held));

function keep<T extends Tensor>(tensor: T): T {
  held.push(tensor);
  return tensor;
}

/** The weights whose gradient is not that of the loss: empty where all is well. */
function wrongGradients(
  model: LanguageModel,
  objective: Objective,
  inputs: readonly Tensor[],
): string[] {
  const checks = checkDirections(runtime, model, objective, inputs, 4e-3);
  const largest = Math.max(...checks.map(({ analytic }) => Math.abs(analytic)));
  if (!(largest > 0.01)) return ["there is no gradient at all"];
  return checks
    .filter(
      ({ analytic, numeric }) =>
        !(Math.abs(analytic - numeric) < 2e-3 * largest + 0.01 * Math.abs(analytic)),
    )
    .map(({ name, analytic, numeric }) => `${name}: ${analytic} instead of ${numeric}`);
}

describe("the next-token objective", () => {
  const columns = 9;

  test.each(ARCHITECTURES)("has its gradient on a %s model", (architecture) => {
    const config = tinyConfig(architecture, { numLayers: 1 });
    const model = initLanguageModel(runtime, config, 2);
    const rows = randomRows(config, 3, columns, columns, 4);
    const mask = keep(
      tf.tensor2d(
        rows.map((_, i) => Array.from({ length: columns - 1 }, (_, t) => (t >= i ? 1 : 0))),
      ),
    );
    const inputs = [keep(idMatrix(rows)), mask, keep(tf.scalar(21))];
    expect(wrongGradients(model, nextTokenObjective(config), inputs)).toEqual([]);
  });

  test("has its gradient on packed rows", () => {
    const config = tinyConfig("qwen2", { numLayers: 1 });
    const model = initLanguageModel(runtime, config, 3);
    const rows = randomRows(config, 2, columns, columns, 5);
    const positions = rows.map(() => [0, 1, 2, 3, 0, 1, 2, 3, 4]);
    const mask = rows.map(() => [1, 1, 1, 0, 1, 1, 1, 1]);
    const inputs = [
      keep(idMatrix(rows)),
      keep(tf.tensor2d(mask)),
      keep(tf.scalar(14)),
      keep(idMatrix(positions)),
    ];
    expect(wrongGradients(model, nextTokenObjective(config), inputs)).toEqual([]);
  });
});

describe("the GRPO objective", () => {
  const config = tinyConfig("qwen3", { numLayers: 1 });
  const model = initLanguageModel(runtime, config, 6);
  const columns = 9;
  const rows = randomRows(config, 4, columns, columns, 7);
  const prompt = 3;
  const lengths = [6, 4, 6, 2];
  const plain: GrpoObjectiveOptions = {
    ...PolicyObjective.parse({ epsilon_high: 0.28, use_bias_correction_kl: false }),
    temperature: 0.8,
    usesOldLogprobs: false,
    samplerDiffers: false,
  };
  const advantages = [1.3, -0.9, 0.4, -1.1];
  const completion = (t: number, row: number): boolean =>
    t >= prompt - 1 && t < prompt - 1 + itemAt(lengths, row);
  const grid = (value: (t: number, row: number) => number): Tensor =>
    keep(
      tf.tensor2d(
        rows.map((_, row) =>
          Array.from({ length: columns - 1 }, (_, t) => (completion(t, row) ? value(t, row) : 0)),
        ),
      ),
    );

  /** ids, mask, weight, advantages, old, reference, sampled; `drift` moves the old policy off the current one, in nats. */
  function inputsFor(
    lossType: "grpo" | "bnpo" | "dr_grpo" | "dapo",
    drift: readonly number[],
  ): Tensor[] {
    const now = logprobsOf(runtime, model, rows, plain.temperature);
    const weights = tokenWeights(lengths, { lossType, maxCompletionLength: 6, microBatch: 4 });
    const random = new Random(8);
    return [
      keep(idMatrix(rows)),
      grid(() => 1),
      grid((_, row) => itemAt(weights, row)),
      keep(tf.tensor2d(advantages, [4, 1])),
      grid((t, row) => itemAt(itemAt(now, row), t) - itemAt(drift, (t + row) % drift.length)),
      grid((t, row) => itemAt(itemAt(now, row), t) + 0.5 * random.normal()),
      grid((t, row) => itemAt(itemAt(now, row), t) + 0.4 * random.normal()),
    ];
  }

  // Ratios e^0.1, e^0.4, e^-0.1, e^-0.5 = 1.105, 1.49, 0.905, 0.607: inside the clip range and beyond both ends.
  const drift = [0.1, 0.4, -0.1, -0.5];

  test.each(["grpo", "bnpo", "dr_grpo", "dapo"] as const)(
    "has its gradient with loss_type %s, clipped on both sides",
    (lossType) => {
      expect(
        wrongGradients(
          model,
          grpoObjective(config, { ...plain, usesOldLogprobs: true }),
          inputsFor(lossType, drift),
        ),
      ).toEqual([]);
    },
  );

  test("without old log-probabilities has the gradient of holding them at the present ones", () => {
    const inputs = inputsFor("dapo", [0]);
    const implied = gradientOf(runtime, model, grpoObjective(config, plain), inputs);
    const held = gradientOf(
      runtime,
      model,
      grpoObjective(config, { ...plain, usesOldLogprobs: true }),
      inputs,
    );
    for (const [name, gradient] of implied) {
      expect.soft(largestDifference(gradient, held.get(name) ?? []), name).toBeLessThan(1e-5);
    }
    expect(Math.max(...(implied.get("model.embed_tokens.weight") ?? []))).toBeGreaterThan(0.01);
  });

  test("gives no gradient for advantages of 0", () => {
    const [ids, mask, weight, , old, reference, sampled] = inputsFor("dapo", drift);
    const zero = keep(tf.zeros([4, 1]));
    const inputs = [ids, mask, weight, zero, old, reference, sampled].flatMap(
      (tensor) => tensor ?? [],
    );
    for (const gradient of gradientOf(
      runtime,
      model,
      grpoObjective(config, { ...plain, usesOldLogprobs: true }),
      inputs,
    ).values()) {
      expect(gradient.every((g) => g === 0)).toBe(true);
    }
  });

  test("has its gradient with a KL term that is corrected for its bias", () => {
    const options = { ...plain, usesOldLogprobs: true, beta: 0.3, use_bias_correction_kl: true };
    expect(wrongGradients(model, grpoObjective(config, options), inputsFor("dapo", drift))).toEqual(
      [],
    );
  });

  test("on the policy that sampled is changed by the correction in its gradient, not in its loss", () => {
    // The ratio is 1 and so is the product; its gradient is k3 ∇ log π beside ∇ k3.
    const inputs = inputsFor("dapo", [0]);
    const of = (use_bias_correction_kl: boolean) => {
      const objective = grpoObjective(config, { ...plain, beta: 0.3, use_bias_correction_kl });
      const trainer = new Trainer(runtime, model, objective, PLAIN_ADAMW);
      const [loss, kl] = trainer.accumulate(inputs);
      const gradient = gradientsOf(trainer.optimizer).get("model.embed_tokens.weight") ?? [];
      trainer.dispose();
      return { loss: loss ?? Number.NaN, kl: kl ?? Number.NaN, gradient };
    };
    const [corrected, plainKl] = [of(true), of(false)];
    expect(corrected.loss).toBeCloseTo(plainKl.loss, 6);
    expect(corrected.kl).toBeCloseTo(plainKl.kl, 6);
    expect(largestDifference(corrected.gradient, plainKl.gradient)).toBeGreaterThan(1e-3);
  });

  test("has its gradient with delta", () => {
    const options = { ...plain, usesOldLogprobs: true, delta: 1.4 };
    expect(wrongGradients(model, grpoObjective(config, options), inputsFor("dapo", drift))).toEqual(
      [],
    );
  });

  test("has its gradient with truncated importance weights, and without old log-probabilities the same", () => {
    const options = {
      ...plain,
      ...{ usesOldLogprobs: true, beta: 0.3, samplerDiffers: true },
      importance_sampling_mode: "token_truncate",
      importance_sampling_clip_max: 1.2,
    } as const;
    const inputs = inputsFor("dapo", [0]);
    expect(wrongGradients(model, grpoObjective(config, options), inputs)).toEqual([]);
    const weighted = gradientOf(runtime, model, grpoObjective(config, options), inputs);
    const implied = gradientOf(
      runtime,
      model,
      grpoObjective(config, { ...options, usesOldLogprobs: false }),
      inputs,
    );
    const unweighted = gradientOf(
      runtime,
      model,
      grpoObjective(config, { ...options, samplerDiffers: false }),
      inputs,
    );
    for (const [name, gradient] of weighted)
      expect.soft(largestDifference(gradient, implied.get(name) ?? []), name).toBeLessThan(1e-5);
    const embedding = "model.embed_tokens.weight";
    const change = largestDifference(
      weighted.get(embedding) ?? [],
      unweighted.get(embedding) ?? [],
    );
    expect(change).toBeGreaterThan(1e-3);
  });

  test("has its gradient with a KL term", () => {
    const options = { ...plain, usesOldLogprobs: true, beta: 0.3 };
    expect(wrongGradients(model, grpoObjective(config, options), inputsFor("bnpo", drift))).toEqual(
      [],
    );
  });

  /** The same inputs lying flat, with whose each token is. */
  function flatInputs(drift: readonly number[], more: readonly Tensor[] = []): Tensor[] {
    const [ids, mask, weight, advantage, old, reference, sampled] = inputsFor("dapo", drift);
    if (!ids || !mask || !advantage) throw new Error("no inputs");
    const flat = (x: Tensor | undefined): Tensor[] => (x ? [keep(tf.reshape(x, [-1]))] : []);
    const perToken = keep(tf.mul(advantage, mask));
    const rowOf = keep(
      tf.tensor1d(
        rows.flatMap((_, row) => Array.from({ length: columns - 1 }, () => row)),
        "int32",
      ),
    );
    const rest = [mask, weight, perToken, old, reference, sampled].flatMap(flat);
    return [ids, ...rest, rowOf, ...more];
  }

  const stale = { ...plain, usesOldLogprobs: true };

  test.each([
    ["the ratio of whole completions", { importance_sampling_level: "sequence" }],
    ["luspo's ratio", { loss_type: "luspo", importance_sampling_level: "sequence", epsilon: 0.3 }],
    ["rloo's ratio", { loss_type: "rloo", epsilon: 0.6, epsilon_high: 0.9 }],
    ["KL of a ratio of whole completions", SEQUENCE_KL],
    ["an off-policy mask", { off_policy_mask_threshold: 0.05 }],
    // φ is a constant to the gradient, and with these is one to the loss too.
    ["vespo", FLAT_VESPO],
  ] as const)("has its gradient with %s", (_, options) => {
    const objective = grpoObjective(config, { ...stale, ...options });
    expect(wrongGradients(model, objective, flatInputs(drift))).toEqual([]);
  });

  test.each([
    // Every weight is at its bound, so that it is a constant to the loss as it is to the gradient.
    ["cispo", { loss_type: "cispo", epsilon_high: 0.5 }],
    ["sapo", { loss_type: "sapo", sapo_temperature_pos: 2, sapo_temperature_neg: 3 }],
    ["k1 times the ratio", { beta: 0.3, kl_estimator: "k1", use_bias_correction_kl: true }],
    ["k2", { beta: 0.3, kl_estimator: "k2" }],
  ] as const)("has its gradient with %s", (_, options) => {
    const objective = grpoObjective(config, { ...stale, ...options });
    expect(wrongGradients(model, objective, inputsFor("dapo", drift))).toEqual([]);
  });

  test("has its gradient with an entropy bonus, and without one of its tokens", () => {
    const weights = grid((t, row) => (t === 3 && row === 0 ? 0 : 0.05));
    const objective = grpoObjective(config, { ...stale, entropy_coef: 1 });
    expect(wrongGradients(model, objective, [...inputsFor("dapo", drift), weights])).toEqual([]);
  });

  test("refuses inputs that do not lie flat where completions matter", () => {
    const objective = grpoObjective(config, { ...stale, importance_sampling_level: "sequence" });
    const square = [...inputsFor("dapo", drift), grid(() => 0)];
    expect(() => gradientOf(runtime, model, objective, square)).toThrow(RangeError);
  });
});
