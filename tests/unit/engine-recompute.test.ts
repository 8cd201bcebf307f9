/** Layers computed again in the backward pass: the same gradients, less memory. */
import { expect, test } from "vitest";
import { initLanguageModel } from "#main/engine/model/language-model.ts";
import { LoraModel } from "#main/engine/model/lora.ts";
import { nextTokenObjective } from "#main/engine/objectives/next-token.ts";
import { openRuntime } from "#main/engine/runtime/open-runtime.ts";
import { tf } from "#main/engine/runtime/tf.ts";
import { idMatrix, randomRows } from "../helpers/engine-forward.ts";
import { gradientOf } from "../helpers/engine-gradients.ts";
import { ARCHITECTURES, largestDifference, tinyConfig } from "../helpers/engine-model.ts";

const runtime = await openRuntime({ choice: "tensorflow" });

test.each([
  ...ARCHITECTURES.map((architecture) => [architecture, false] as const),
  ["qwen2", true] as const,
])("%s has the same gradients with it and without (adapters: %s)", (architecture, adapters) => {
  const config = tinyConfig(architecture);
  const base = initLanguageModel(runtime, config, 4);
  const lora = { r: 4, alpha: 8, dropout: 0.2, targets: ["q_proj", "down_proj"], rslora: false };
  const model = adapters ? LoraModel.onto(runtime, base, lora, 5) : base;
  const inputs = [idMatrix(randomRows(config, 3, 9, 9, 6)), tf.ones([3, 8]), tf.scalar(24)];
  const plain = gradientOf(runtime, model, nextTokenObjective(config), inputs);
  const again = gradientOf(runtime, model, nextTokenObjective(config, { recompute: true }), inputs);
  expect(again.size).toBe(model.trainable.size);
  for (const [name, gradient] of plain)
    expect(largestDifference(gradient, again.get(name) ?? []), name).toBeLessThan(1e-5);
  tf.dispose(inputs);
  model.dispose();
});

test("packed documents stay apart when layers are computed again", () => {
  const config = tinyConfig("llama");
  const model = initLanguageModel(runtime, config, 4);
  const inputs = [
    idMatrix(randomRows(config, 2, 9, 9, 6)),
    tf.ones([2, 8]),
    tf.scalar(16),
    idMatrix([
      [0, 1, 2, 0, 1, 2, 3, 0, 1],
      [0, 1, 2, 3, 4, 5, 6, 7, 8],
    ]),
  ];
  const plain = gradientOf(runtime, model, nextTokenObjective(config), inputs);
  const again = gradientOf(runtime, model, nextTokenObjective(config, { recompute: true }), inputs);
  for (const [name, gradient] of plain)
    expect(largestDifference(gradient, again.get(name) ?? []), name).toBeLessThan(1e-5);
  tf.dispose(inputs);
  model.dispose();
});

// Attention goes in pieces beyond 256 tokens, and its masks have no gradient there.
test.each([false, true])(
  "rows of several pieces of attention have the same gradients (adapters: %s)",
  (adapters) => {
    const config = tinyConfig("llama", { maxPositionEmbeddings: 512 });
    const base = initLanguageModel(runtime, config, 4);
    const lora = { r: 4, alpha: 8, dropout: 0, targets: ["q_proj", "down_proj"], rslora: false };
    const model = adapters ? LoraModel.onto(runtime, base, lora, 5) : base;
    const inputs = [
      idMatrix(randomRows(config, 2, 301, 301, 6)),
      tf.ones([2, 300]),
      tf.scalar(600),
    ];
    const plain = gradientOf(runtime, model, nextTokenObjective(config), inputs);
    const again = gradientOf(
      runtime,
      model,
      nextTokenObjective(config, { recompute: true }),
      inputs,
    );
    for (const [name, gradient] of plain)
      expect(largestDifference(gradient, again.get(name) ?? []), name).toBeLessThan(1e-5);
    tf.dispose(inputs);
    model.dispose();
  },
);
