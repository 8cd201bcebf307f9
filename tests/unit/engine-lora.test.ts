/** Low-rank adapters: what they are before, during and after training. */
import { describe, expect, test } from "vitest";
import { openAdapter, saveAdapterFolder } from "#main/core/formats/peft-adapter.ts";
import { initLanguageModel, LanguageModel } from "#main/engine/model/language-model.ts";
import { flip } from "#main/engine/model/language-model.ts";
import { loraScale, LoraModel } from "#main/engine/model/lora.ts";
import type { LoraOptions } from "#main/engine/model/lora.ts";
import { nextTokenObjective } from "#main/engine/objectives/next-token.ts";
import { openRuntime } from "#main/engine/runtime/open-runtime.ts";
import type { Variable } from "#main/engine/runtime/runtime.ts";
import { tf } from "#main/engine/runtime/tf.ts";
import { PolicyTrainer } from "#main/engine/training/policy-trainer.ts";
import { Trainer } from "#main/engine/training/trainer.ts";
import { Random } from "#main/platform/random.ts";
import { idMatrix, lastLogitsOf, randomRows } from "../helpers/engine-forward.ts";
import { checkDirections, PLAIN_ADAMW, PLAIN_POLICY } from "../helpers/engine-gradients.ts";
import { itemAt, largestDifference, tinyConfig } from "../helpers/engine-model.ts";
import { withFolder } from "../helpers/engine-parity.ts";
import { dataOf } from "../helpers/tensor-data.ts";
import { adapterContent } from "#main/engine/model/lora.ts";

const runtime = await openRuntime({ choice: "tensorflow" });
const config = tinyConfig("qwen3");
const sequences = randomRows(config, 3, 4, 11, 5);
const OPTIONS: LoraOptions = {
  r: 4,
  alpha: 6,
  dropout: 0,
  targets: ["q_proj", "v_proj", "o_proj", "gate_proj", "down_proj"],
  rslora: false,
};

function adapted(changes: Partial<LoraOptions> = {}, seed = 9): LoraModel {
  const base = initLanguageModel(runtime, config, 4);
  return LoraModel.onto(runtime, base, { ...OPTIONS, ...changes }, seed);
}

/** Gives every adapter values as training might. */
function disturb(model: LoraModel): void {
  const random = new Random(8);
  for (const variable of model.trainable.values()) {
    const size = variable.shape.reduce((a, b) => a * b, 1);
    const values = Float32Array.from({ length: size }, () => 0.2 * random.normal());
    const tensor = tf.tensor(values, [...variable.shape]);
    variable.assign(tensor);
    tensor.dispose();
  }
}

/** Inputs of nextTokenObjective: 4 rows of 9 tokens. */
const batch = () => [idMatrix(randomRows(config, 4, 9, 9, 6)), tf.ones([4, 8]), tf.scalar(32)];

describe("an adapter", () => {
  test("changes nothing before it is trained", () => {
    const model = adapted();
    const before = lastLogitsOf(runtime, model.base, sequences);
    for (const [i, logits] of lastLogitsOf(runtime, model, sequences).entries())
      expect(largestDifference(logits, itemAt(before, i))).toBeLessThan(1e-6);
    model.dispose();
  });

  test("sits on the matrices that were named, in rank r, A drawn within ±1/√in and B zero", () => {
    const model = adapted({ targets: ["k_proj", "up_proj"] });
    const names = [...model.trainable.keys()];
    // Two matrices in each of two layers, A and B of each.
    expect(names).toHaveLength(8);
    expect(names).toContain("model.layers.1.self_attn.k_proj.lora_A.weight");
    const a = model.trainable.get("model.layers.0.mlp.up_proj.lora_A.weight");
    const b = model.trainable.get("model.layers.0.mlp.up_proj.lora_B.weight");
    expect([a?.shape, b?.shape]).toEqual([
      [24, 4],
      [4, 40],
    ]);
    const sizes = Array.from(a?.data() ?? [], Math.abs);
    expect(Math.max(...sizes)).toBeLessThan(1 / Math.sqrt(24));
    expect(Math.max(...sizes)).toBeGreaterThan(0.9 / Math.sqrt(24));
    expect(Array.from(b?.data() ?? [1]).every((value) => value === 0)).toBe(true);
    model.dispose();
  });

  test("needs a matrix of the wanted name", () => {
    const base = initLanguageModel(runtime, config, 4);
    expect(() => LoraModel.onto(runtime, base, { ...OPTIONS, targets: ["x_proj"] }, 0)).toThrow(
      "none of the matrices x_proj",
    );
    base.dispose();
  });

  test("is scaled by alpha / r, rank-stabilised by alpha / √r", () => {
    expect(loraScale({ ...OPTIONS, alpha: 32, r: 16 })).toBe(2);
    expect(loraScale({ ...OPTIONS, alpha: 32, r: 16, rslora: true })).toBe(8);
  });

  test("merged into the weights gives the same logits as beside them", () => {
    const model = adapted();
    disturb(model);
    const beside = lastLogitsOf(runtime, model, sequences);
    const merged = new LanguageModel(
      config,
      new Map(
        [...model.hostTensors()].map(([name, tensor]): [string, Variable] => {
          const { shape, data } = flip(name, { shape: tensor.shape, data: dataOf(tensor) });
          return [name, runtime.variable(name, shape, data)];
        }),
      ),
    );
    const off = lastLogitsOf(runtime, model.base, sequences);
    for (const [i, logits] of lastLogitsOf(runtime, merged, sequences).entries()) {
      expect(largestDifference(logits, itemAt(beside, i))).toBeLessThan(2e-4);
      expect(largestDifference(logits, itemAt(off, i))).toBeGreaterThan(0.1);
    }
    merged.dispose();
    model.dispose();
  });

  test("has the gradients that finite differences have", () => {
    const model = adapted();
    disturb(model);
    const inputs = batch();
    const checks = checkDirections(runtime, model, nextTokenObjective(config), inputs, 4e-3);
    expect(checks).toHaveLength(20);
    for (const { name, analytic, numeric } of checks)
      expect(Math.abs(analytic - numeric), name).toBeLessThan(0.01 + 0.03 * Math.abs(analytic));
    tf.dispose(inputs);
    model.dispose();
  });

  test("is all that training changes; the loss falls, and the same seed gives the same run", () => {
    const run = (): { losses: number[]; base: Float32Array[] } => {
      const model = adapted({ dropout: 0.1 });
      const trainer = new Trainer(runtime, model, nextTokenObjective(config), PLAIN_ADAMW);
      const inputs = batch();
      const losses: number[] = [];
      for (let step = 0; step < 15; step += 1) {
        losses.push(itemAt(trainer.accumulate(inputs, [step, 0]), 0));
        trainer.apply(2e-2, step);
      }
      const base = [...model.base.variables.values()].map((variable) => variable.data());
      tf.dispose(inputs);
      trainer.dispose();
      model.dispose();
      return { losses, base };
    };
    const [once, again] = [run(), run()];
    expect(once.losses).toEqual(again.losses);
    expect(once.losses.at(-1)).toBeLessThan(0.8 * itemAt(once.losses, 0));
    const fresh = initLanguageModel(runtime, config, 4);
    for (const [i, variable] of [...fresh.variables.values()].entries())
      expect(largestDifference(itemAt(once.base, i), variable.data())).toBe(0);
    fresh.dispose();
  });

  test("drops its input by other random numbers for another noise, and not at all without dropout", () => {
    const losses = (dropout: number): number[] => {
      const model = adapted({ dropout });
      disturb(model);
      const trainer = new Trainer(runtime, model, nextTokenObjective(config), PLAIN_ADAMW);
      const inputs = batch();
      const found = [
        [0, 0],
        [0, 0],
        [1, 0],
        [0, 1],
      ].map(([step = 0, part = 0]) => itemAt(trainer.accumulate(inputs, [step, part]), 0));
      tf.dispose(inputs);
      trainer.dispose();
      model.dispose();
      return found;
    };
    const [first, same, ...others] = losses(0.5);
    expect(same).toBe(first);
    for (const other of others) expect(Math.abs(other - (first ?? 0))).toBeGreaterThan(1e-3);
    expect(new Set(losses(0)).size).toBe(1);
  });

  test("drops its input by the run's seed too, so that a run with another seed is another run", () => {
    const lossOf = (seed: number, dropout: number): number => {
      const model = adapted({ dropout }, seed);
      // The same adapters whatever the seed: only the noise is left to differ.
      disturb(model);
      const trainer = new Trainer(runtime, model, nextTokenObjective(config), PLAIN_ADAMW);
      const inputs = batch();
      const loss = itemAt(trainer.accumulate(inputs, [3, 1]), 0);
      tf.dispose(inputs);
      trainer.dispose();
      model.dispose();
      return loss;
    };
    expect(lossOf(9, 0.5)).toBe(lossOf(9, 0.5));
    expect(Math.abs(lossOf(9, 0.5) - lossOf(10, 0.5))).toBeGreaterThan(1e-3);
    expect(lossOf(9, 0)).toBe(lossOf(10, 0));
  });

  test("turned off is GRPO's reference: the divergence starts at 0 and grows as the policy moves", () => {
    const model = adapted();
    const trainer = new PolicyTrainer(runtime, model, model.base, {
      ...PLAIN_POLICY,
      beta: 0.1,
      per_device_train_batch_size: 4,
    });
    const prompts = randomRows(config, 4, 3, 5, 21);
    const rows = randomRows(config, 4, 4, 8, 22).map((completionIds, i) => ({
      promptIds: itemAt(prompts, i),
      completionIds,
      finished: true,
      advantage: i % 2 === 0 ? 1 : -1,
    }));
    const kl = [0, 1, 2].map((step) => trainer.step(rows, trainer.score(rows), 3, step).kl ?? -1);
    expect(Math.abs(kl[0] ?? 1)).toBeLessThan(1e-6);
    expect(kl[2]).toBeGreaterThan(1e-5);
    trainer.dispose();
    model.dispose();
  });

  test("is written as PEFT has it and read back", async () => {
    await withFolder((folder) => {
      const model = adapted();
      disturb(model);
      const before = lastLogitsOf(runtime, model, sequences);
      saveAdapterFolder(`${folder}/adapter`, adapterContent(model, "some/base"));
      const file = openAdapter(`${folder}/adapter`);
      if (file === undefined) throw new Error("no adapter was written");
      expect(file.r).toBe(4);
      expect(file.shapeOf("model.layers.0.mlp.down_proj.lora_A.weight")).toEqual([4, 40]);
      const again = adapted();
      again.restoreAdapters((name) => file.readTensor(name));
      expect(() => file.readTensor("model.layers.0.mlp.up_proj.lora_A.weight")).toThrow(
        "holds no tensor",
      );
      file.close();
      for (const [i, logits] of lastLogitsOf(runtime, again, sequences).entries())
        expect(largestDifference(logits, itemAt(before, i))).toBe(0);
      expect(openAdapter(folder)).toBeUndefined();
      again.dispose();
      model.dispose();
    });
  });
});
