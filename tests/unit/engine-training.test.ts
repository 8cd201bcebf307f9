/** Optimizer, schedules, accumulation and the refusal to train on numbers that are not finite. */
import { describe, expect, test } from "vitest";
import { initLanguageModel, LanguageModel } from "#main/engine/model/language-model.ts";
import { nextTokenObjective } from "#main/engine/objectives/next-token.ts";
import { openRuntime } from "#main/engine/runtime/open-runtime.ts";
import { tf } from "#main/engine/runtime/tf.ts";
import type { Tensor } from "#main/engine/runtime/tf.ts";
import { activationBytes, rowsAtOnce } from "#main/core/resources/rows-at-once.ts";
import { learningRate } from "#main/engine/training/schedule.ts";
import { passOver, SequenceBatches } from "#main/engine/training/sequence-batches.ts";
import { NonFiniteError, Trainer } from "#main/engine/training/trainer.ts";
import { idMatrix, randomRows } from "../helpers/engine-forward.ts";
import { gradientsOf, PLAIN_ADAMW } from "../helpers/engine-gradients.ts";
import { itemAt, largestDifference, tinyConfig } from "../helpers/engine-model.ts";
import { dataOf } from "../helpers/tensor-data.ts";
import type { Objective } from "#main/engine/objectives/objective.ts";

const runtime = await openRuntime({ choice: "tensorflow" });

/** Two weights, one of which is decayed (a matrix) and one not (a bias). */
function twoWeights(): LanguageModel {
  return new LanguageModel(
    tinyConfig(),
    new Map([
      ["w_proj.weight", runtime.variable("w", [2, 2], Float32Array.of(1, -2, 0.5, 3))],
      ["w_proj.bias", runtime.variable("b", [2], Float32Array.of(0.25, -0.75))],
    ]),
  );
}

/** ½ Σ (w − w*)² + 0.05 Σ (b − 0.3)², w* = [[0, 1], [2, 2.9]], times the input. */
const bowl: Objective = (weights, inputs) => {
  const w = weights.get("w_proj.weight") ?? tf.scalar(0);
  const b = weights.get("w_proj.bias") ?? tf.scalar(0);
  const target = tf.tensor2d([0, 1, 2, 2.9], [2, 2]);
  const loss = tf.add(
    tf.mul(0.5, tf.sum(tf.square(tf.sub(w, target)))),
    tf.mul(0.05, tf.sum(tf.square(tf.sub(b, 0.3)))),
  );
  return { loss: tf.mul(loss, itemAt(inputs, 0)), stats: [] };
};

function withScalar<T>(value: number, body: (inputs: readonly Tensor[]) => T): T {
  const scalar = tf.scalar(value);
  try {
    return body([scalar]);
  } finally {
    scalar.dispose();
  }
}

function weightsOf(model: LanguageModel): number[] {
  return [...model.variables.values()].flatMap((variable) => Array.from(variable.data()));
}

test("AdamW with decay and clipping walks where torch.optim.AdamW walks", () => {
  // torch 2.13, float64: AdamW(betas=(0.9, 0.95), eps=1e-6), weight_decay 0.1 on w and 0 on b,
  // clip_grad_norm_(1.0), learning rates 0.1, 0.05, 0.2, 0.1. Loss, norm, then w and b after the step.
  const expected = [
    [6.18525, 3.50300585, 0.89000035, -1.88000012, 0.59499977, 2.8700035, 0.34992999, -0.65000334],
    [
      5.57596334, 3.32723259, 0.83562086, -1.82059369, 0.64201402, 2.83470148, 0.34605304,
      -0.6000526,
    ],
    [
      5.29181118, 3.24199367, 0.6194541, -1.58413023, 0.8290863536, 2.79633407, 0.26390336,
      -0.40043436,
    ],
    [
      4.24621446, 2.90657133, 0.51442327, -1.46821831, 0.9206388709, 2.81414446, 0.25950248,
      -0.30121351,
    ],
  ];
  const model = twoWeights();
  const options = { beta1: 0.9, beta2: 0.95, epsilon: 1e-6, weightDecay: 0.1, maxGradNorm: 1 };
  const trainer = new Trainer(runtime, model, bowl, options);
  [0.1, 0.05, 0.2, 0.1].forEach((rate, step) => {
    const loss = withScalar(1, (inputs) => itemAt(trainer.accumulate(inputs), 0));
    const norm = trainer.apply(rate, step);
    const got = [loss, norm, ...weightsOf(model)];
    expect(largestDifference(got, itemAt(expected, step))).toBeLessThan(2e-6);
  });
  trainer.dispose();
  model.dispose();
});

function momentsOf(trainer: Trainer): Map<string, Float32Array> {
  return new Map(
    [...trainer.optimizer.hostTensors()].map(([name, tensor]) => [name, dataOf(tensor)]),
  );
}

test("an optimizer that was saved and restored goes on as if nothing had happened", () => {
  const run = (interrupted: boolean): number[] => {
    const model = twoWeights();
    let trainer = new Trainer(runtime, model, bowl, { ...PLAIN_ADAMW, maxGradNorm: 1 });
    for (let step = 0; step < 6; step++) {
      if (interrupted && step === 3) {
        const saved = momentsOf(trainer);
        trainer.dispose();
        trainer = new Trainer(runtime, model, bowl, { ...PLAIN_ADAMW, maxGradNorm: 1 });
        trainer.optimizer.restore((name) => saved.get(name) ?? new Float32Array());
      }
      withScalar(1, (inputs) => trainer.accumulate(inputs));
      trainer.apply(0.05, step);
    }
    trainer.dispose();
    return weightsOf(model);
  };
  expect(run(true)).toEqual(run(false));
});

describe("numbers that are not finite", () => {
  test.each([
    ["loss", "a loss", Number.NaN],
    ["loss", "an endless loss", Number.POSITIVE_INFINITY],
    // The loss is finite in float32 and its gradient's squares are not.
    ["gradient", "a gradient", 3e30],
  ])(
    "stop the step with an error that names the %s (%s), and touch no weight",
    (what, _, factor) => {
      const model = twoWeights();
      const trainer = new Trainer(runtime, model, bowl, PLAIN_ADAMW);
      withScalar(1, (inputs) => trainer.accumulate(inputs));
      trainer.apply(0.01, 0);
      const before = weightsOf(model);
      const moments = momentsOf(trainer);
      const bad = (): void => {
        withScalar(1, (inputs) => trainer.accumulate(inputs));
        withScalar(factor, (inputs) => trainer.accumulate(inputs));
        trainer.apply(0.01, 1);
      };
      expect(bad).toThrow(NonFiniteError);
      expect(bad).toThrow(`the ${what} is not finite`);
      expect(weightsOf(model)).toEqual(before);
      expect(momentsOf(trainer)).toEqual(moments);
      // Nothing of the bad step is left: the next one is as good as any.
      for (const gradient of gradientsOf(trainer.optimizer).values())
        expect(gradient.every((g) => g === 0)).toBe(true);
      trainer.dispose();
      model.dispose();
    },
  );
});

describe("gradients accumulated over parts", () => {
  test.each([2, 4])("of a batch of 8 cut in %i are those of the whole batch", (parts) => {
    const config = tinyConfig("qwen3");
    const model = initLanguageModel(runtime, config, 11);
    const trainer = new Trainer(runtime, model, nextTokenObjective(config), PLAIN_ADAMW);
    const rows = randomRows(config, 8, 10, 10, 12);
    // Row i counts i + 1 tokens: the parts weigh differently, and the denominator is that of all 36.
    const masks = rows.map((_, i) => Array.from({ length: 9 }, (_, t) => (t <= i ? 1 : 0)));
    const denominator = tf.scalar(36);
    const accumulated = (size: number): { loss: number; gradients: Map<string, Float32Array> } => {
      let loss = 0;
      for (let first = 0; first < rows.length; first += size) {
        const inputs = [
          idMatrix(rows.slice(first, first + size)),
          tf.tensor2d(masks.slice(first, first + size)),
        ];
        loss += itemAt(trainer.accumulate([...inputs, denominator]), 0);
        tf.dispose(inputs);
      }
      const gradients = gradientsOf(trainer.optimizer);
      trainer.optimizer.clear();
      return { loss, gradients };
    };
    const whole = accumulated(8);
    const cut = accumulated(8 / parts);
    expect(cut.loss).toBeCloseTo(whole.loss, 5);
    for (const [name, gradient] of whole.gradients) {
      expect
        .soft(largestDifference(gradient, cut.gradients.get(name) ?? []), name)
        .toBeLessThan(2e-6);
    }
    denominator.dispose();
    trainer.dispose();
    model.dispose();
  });
});

describe("rows computed together", () => {
  const small = tinyConfig("qwen2", {
    vocabSize: 512,
    hiddenSize: 256,
    intermediateSize: 768,
    numLayers: 6,
    numHeads: 8,
  });
  // SmolLM2-135M's shape.
  const large = tinyConfig("llama", {
    vocabSize: 49_152,
    hiddenSize: 576,
    intermediateSize: 1536,
    numLayers: 30,
    numHeads: 9,
    numKeyValueHeads: 3,
    headDim: 64,
  });

  test("are as many as asked for on a small model, and fewer where memory would not do", () => {
    expect(rowsAtOnce(small, 128, 64)).toBe(64);
    // A layer's token: 4 · 576 + 2 · 576 + 2 · 192 + 3 · 1536 + 9 · 128 = 9,600 numbers; of 30 layers and the gradients of
    // one 297,600. Eight rows of 128: 1,024 of them, and their logits twice. Sixteen rows, with 2^26 logits: above 2 GiB.
    expect(activationBytes(large, 8, 128)).toBe(4 * 1024 * (297_600 + 2 * 49_152));
    expect(activationBytes(large, 16, 128)).toBe(4 * (2048 * 297_600 + 2 * 2 ** 26));
    expect(activationBytes(large, 16, 128)).toBeGreaterThan(2 ** 31);
    expect(rowsAtOnce(large, 128, 32)).toBe(8);
    expect(rowsAtOnce(large, 128, 3)).toBe(3);
    expect(rowsAtOnce(large, 4096, 8)).toBe(1);
  });

  test("are more where layers are computed again, and halved where a machine could not hold them", () => {
    // Of a token every layer's input and one layer twice: 30 · 576 + 2 · 9,600 = 36,480 numbers.
    expect(activationBytes(large, 8, 128, true)).toBe(4 * 1024 * (36_480 + 2 * 49_152));
    expect(rowsAtOnce(large, 128, 8, { recompute: true })).toBe(8);
    expect(rowsAtOnce(large, 128, 8, { halvings: 1 })).toBe(4);
    expect(rowsAtOnce(small, 128, 6, { halvings: 1 })).toBe(3);
    expect(rowsAtOnce(small, 128, 6, { halvings: 3 })).toBe(1);
  });

  test("do not change a step's gradient", () => {
    const config = tinyConfig("qwen2", { numLayers: 1 });
    const model = initLanguageModel(runtime, config, 17);
    const trainer = new Trainer(runtime, model, nextTokenObjective(config), PLAIN_ADAMW);
    const examples = randomRows(config, 8, 4, 14, 18).map((ids) => ({
      ids,
      mask: ids.map((_, i): 0 | 1 => (i > 1 ? 1 : 0)),
    }));
    const gradientsWith = (rowsAtOnce: number, parts: number): Map<string, Float32Array> => {
      const batches = new SequenceBatches(examples, {
        seed: 1,
        rows: 8,
        accumulation: 1,
        packing: false,
        maxLength: 16,
        rowsAtOnce,
      });
      const microBatches = batches.step(0).microBatches();
      expect(microBatches).toHaveLength(parts);
      for (const { inputs } of microBatches) {
        const tensors = inputs();
        trainer.accumulate(tensors);
        tf.dispose(tensors);
      }
      const gradients = gradientsOf(trainer.optimizer);
      trainer.optimizer.clear();
      return gradients;
    };
    const whole = gradientsWith(8, 1);
    const cut = gradientsWith(2, 4);
    for (const [name, gradient] of whole) {
      expect.soft(largestDifference(gradient, cut.get(name) ?? []), name).toBeLessThan(2e-6);
    }
    trainer.dispose();
    model.dispose();
  });

  test("are no more than there are: rows that fill up a step's last part would cost and change nothing", () => {
    const config = tinyConfig("qwen2", { numLayers: 1 });
    const model = initLanguageModel(runtime, config, 17);
    const trainer = new Trainer(runtime, model, nextTokenObjective(config), PLAIN_ADAMW);
    // Five rows of up to 16 tokens and the one after them, half of them learned.
    const examples = randomRows(config, 5, 14, 17, 18).map((ids) => ({
      ids,
      mask: ids.map((_, i): 0 | 1 => (i >= 8 ? 1 : 0)),
    }));
    const options = { seed: 1, rows: 4, accumulation: 2, packing: false, maxLength: 16 };
    const parts = new SequenceBatches(examples, options).step(0).microBatches();
    const computed: (readonly number[])[] = [];
    const losses = [0, 0];
    for (const { inputs } of parts) {
      const [ids, ...rest] = inputs();
      if (ids === undefined) throw new Error("a batch without ids");
      computed.push(ids.shape);
      const [rows = 0, columns = 0] = ids.shape;
      // As it was: the last part filled up to the four rows of the others, with nothing to learn.
      const filled = tf.pad(ids, [
        [0, options.rows - rows],
        [0, 0],
      ]);
      const padded = rest.map((tensor) =>
        tensor.rank === 2
          ? tf.pad(tensor, [
              [0, options.rows - rows],
              [0, 0],
            ])
          : tf.clone(tensor),
      );
      expect(columns).toBe(17);
      losses[0] = itemAt(losses, 0) + itemAt(trainer.accumulate([ids, ...rest]), 0);
      losses[1] = itemAt(losses, 1) + itemAt(trainer.accumulate([filled, ...padded]), 0);
      tf.dispose([ids, ...rest, filled, ...padded]);
    }
    // 5 · 17 tokens, where there were 8 · 17.
    expect(computed).toEqual([
      [4, 17],
      [1, 17],
    ]);
    expect(Math.abs(itemAt(losses, 0) - itemAt(losses, 1))).toBeLessThan(1e-6);
    expect(itemAt(losses, 0)).toBeGreaterThan(1);
    expect(passOver(examples, options).map(({ inputs }) => rowsOf(inputs()))).toEqual([4, 1]);
    trainer.dispose();
    model.dispose();
  });
});

function rowsOf(tensors: readonly Tensor[]): number {
  const rows = tensors[0]?.shape[0] ?? 0;
  tf.dispose([...tensors]);
  return rows;
}

test("a step without a gradient moves the weights by what the moments remember", () => {
  const config = tinyConfig("llama", { numLayers: 1 });
  const model = initLanguageModel(runtime, config, 21);
  const trainer = new Trainer(runtime, model, nextTokenObjective(config), PLAIN_ADAMW);
  const inputs = [idMatrix(randomRows(config, 2, 9, 9, 22)), tf.ones([2, 8]), tf.scalar(16)];
  trainer.accumulate(inputs);
  tf.dispose(inputs);
  const name = "model.layers.0.mlp.up_proj.weight";
  const gradient = gradientsOf(trainer.optimizer).get(name) ?? new Float32Array();
  trainer.apply(1e-3, 0);
  const before = model.trainable.get(name)?.data() ?? new Float32Array();
  expect(trainer.apply(1e-3, 1)).toBe(0);
  const moved = model.trainable.get(name)?.data() ?? new Float32Array();
  const { beta1, beta2, epsilon } = PLAIN_ADAMW;
  const expected = before.map((weight, i) => {
    const g = gradient[i] ?? Number.NaN;
    const m = (beta1 * (1 - beta1) * g) / (1 - beta1 ** 2);
    const v = (beta2 * (1 - beta2) * g * g) / (1 - beta2 ** 2);
    return weight - (1e-3 * m) / (Math.sqrt(v) + epsilon);
  });
  expect(largestDifference(before, moved)).toBeGreaterThan(6e-4);
  expect(largestDifference(expected, moved)).toBeLessThan(1e-7);
  trainer.dispose();
  model.dispose();
});

test("200 training steps leave no tensor behind", () => {
  const config = tinyConfig("qwen2", { numLayers: 1 });
  const model = initLanguageModel(runtime, config, 13);
  const trainer = new Trainer(runtime, model, nextTokenObjective(config), {
    ...PLAIN_ADAMW,
    maxGradNorm: 1,
  });
  const rows = randomRows(config, 4, 9, 9, 14);
  const losses: number[] = [];
  const step = (index: number): void => {
    const inputs = [idMatrix(rows), tf.ones([4, 8]), tf.scalar(32)];
    losses.push(itemAt(trainer.accumulate(inputs), 0));
    tf.dispose(inputs);
    trainer.apply(3e-3, index);
  };
  step(0);
  const before = runtime.tensorCount();
  for (let index = 1; index <= 200; index++) step(index);
  expect(runtime.tensorCount()).toBe(before);
  expect(trainer.programs()).toBe(1);
  // And they did train.
  expect(itemAt(losses, 200)).toBeLessThan(0.2 * itemAt(losses, 0));
  trainer.dispose();
  model.dispose();
});

test("a trainer and its model give back every tensor when they are disposed of", () => {
  const before = runtime.tensorCount();
  const config = tinyConfig();
  const model = initLanguageModel(runtime, config, 15);
  const trainer = new Trainer(runtime, model, nextTokenObjective(config), PLAIN_ADAMW);
  const inputs = [idMatrix(randomRows(config, 2, 9, 9, 16)), tf.ones([2, 8]), tf.scalar(16)];
  trainer.accumulate(inputs);
  trainer.apply(1e-3, 0);
  tf.dispose(inputs);
  trainer.dispose();
  model.dispose();
  expect(runtime.tensorCount()).toBe(before);
});

describe("the learning rate", () => {
  // transformers 5.24, get_scheduler(name, lr 0.01, num_warmup_steps, num_training_steps = 10); "constant" with a
  // warm-up is its constant_with_warmup, a minimum ratio its cosine_with_min_lr(min_lr_rate=0.1).
  test.each([
    ["linear", 0, 0, [0.01, 0.009, 0.008, 0.007, 0.006, 0.005, 0.004, 0.003, 0.002, 0.001]],
    [
      "linear",
      3,
      0,
      [
        0, 0.0033333333, 0.0066666667, 0.01, 0.0085714286, 0.0071428571, 0.0057142857, 0.0042857143,
        0.0028571429, 0.0014285714,
      ],
    ],
    [
      "cosine",
      0,
      0,
      [
        0.01, 0.0097552826, 0.009045085, 0.0079389263, 0.006545085, 0.005, 0.003454915,
        0.0020610737, 0.000954915, 0.0002447174,
      ],
    ],
    [
      "cosine",
      2,
      0,
      [
        0, 0.005, 0.01, 0.0096193977, 0.0085355339, 0.0069134172, 0.005, 0.0030865828, 0.0014644661,
        0.0003806023,
      ],
    ],
    [
      "cosine",
      2,
      0.1,
      [
        0, 0.005, 0.01, 0.0096574579, 0.0086819805, 0.0072220754, 0.0055, 0.0037779246,
        0.0023180195, 0.0013425421,
      ],
    ],
    ["constant", 4, 0, [0, 0.0025, 0.005, 0.0075, 0.01, 0.01, 0.01, 0.01, 0.01, 0.01]],
    ["constant", 0, 0, [0.01, 0.01, 0.01, 0.01, 0.01, 0.01, 0.01, 0.01, 0.01, 0.01]],
  ] as const)(
    "of a %s schedule with %i warm-up steps and floor %d is transformers'",
    (type, warmup, floor, expected) => {
      const options = {
        learning_rate: 0.01,
        lr_scheduler_type: type,
        warmup_steps: warmup,
        min_lr_ratio: floor,
      };
      const rates = expected.map((_, step) => learningRate(options, step, 10));
      expect(largestDifference(rates, expected)).toBeLessThan(1e-9);
    },
  );

  // By transformers 5's own lambdas, for 10 steps with 2 of warm-up: two cycles; four steps of decay.
  test.each([
    [
      "cosine_with_restarts",
      { num_cycles: 2 },
      [0, 0.005, 0.01, 0.0085355339, 0.005, 0.0014644661, 0.01, 0.0085355339, 0.005, 0.0014644661],
    ],
    [
      "warmup_stable_decay",
      { num_decay_steps: 4 },
      [0, 0.005, 0.01, 0.01, 0.01, 0.01, 0.01, 0.0085355339, 0.005, 0.0014644661],
    ],
    // Without num_decay_steps a tenth: the last step begins to decay, from the peak.
    ["warmup_stable_decay", {}, [0, 0.005, 0.01, 0.01, 0.01, 0.01, 0.01, 0.01, 0.01, 0.01]],
  ] as const)("of a %s schedule with %o is transformers'", (type, kwargs, expected) => {
    const options = {
      learning_rate: 0.01,
      lr_scheduler_type: type,
      lr_scheduler_kwargs: kwargs,
      // A share of the steps, rounded up.
      warmup_steps: 0.15,
      min_lr_ratio: 0,
    };
    const rates = expected.map((_, step) => learningRate(options, step, 10));
    expect(largestDifference(rates, expected)).toBeLessThan(1e-9);
  });

  test("stays at the floor after the last step", () => {
    const options = {
      learning_rate: 0.01,
      lr_scheduler_type: "linear",
      warmup_steps: 0,
      min_lr_ratio: 0.2,
    } as const;
    expect(learningRate(options, 15, 10)).toBeCloseTo(0.002, 12);
  });
});
