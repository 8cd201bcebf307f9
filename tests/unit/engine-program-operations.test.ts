/** The estimate's counts of operations are those of real traces. */
import { expect, test, vi } from "vitest";
import { programOperations } from "#main/core/resources/program-operations.ts";
import type { ProgramKind } from "#main/core/resources/program-operations.ts";
import { initLanguageModel } from "#main/engine/model/language-model.ts";
import { openRuntime } from "#main/engine/runtime/open-runtime.ts";
import { GraphTrace } from "#main/engine/runtime/tensorflow/graph-trace.ts";
import { PolicyTrainer } from "#main/engine/training/policy-trainer.ts";
import { CriticOptions } from "#shared/schema/critic-options.ts";
import { PolicyObjective, ReferenceOptions } from "#shared/schema/policy-objective.ts";
import { tinyConfig } from "../helpers/engine-model.ts";

const runtime = await openRuntime({ choice: "tensorflow" });
const KINDS: readonly ProgramKind[] = ["train", "train_on", "score"];

// Rows of 64 tokens are one piece of attention, rows of 640 three.
test.each([
  ["llama", 64, {}],
  ["llama", 640, {}],
  ["llama", 64, { bf16: true }],
  ["llama", 640, { gradient_checkpointing: true }],
  ["qwen2", 64, {}],
  ["qwen3", 64, {}],
] as const)("%s, rows of %i tokens, %o", (architecture, columns, options) => {
  const traced = new Map<string, number>();
  const toFunction = GraphTrace.prototype.toFunction;
  const spy = vi.spyOn(GraphTrace.prototype, "toFunction").mockImplementation(function (
    this: GraphTrace,
    ...args
  ) {
    traced.set(args[0].replace(/_\d+$/, ""), this.nodeCount);
    return toFunction.apply(this, args);
  });
  const config = tinyConfig(architecture, { numLayers: 3, maxPositionEmbeddings: 1024 });
  const model = initLanguageModel(runtime, config, 1);
  const trainer = new PolicyTrainer(runtime, model, null, {
    ...PolicyObjective.parse({}),
    ...ReferenceOptions.parse({}),
    ...CriticOptions.parse({}),
    temperature: 1,
    max_completion_length: 8,
    per_device_train_batch_size: 1,
    adam_beta1: 0.9,
    adam_beta2: 0.999,
    adam_epsilon: 1e-8,
    weight_decay: 0,
    max_grad_norm: 1,
    bf16: false,
    gradient_checkpointing: false,
    usesOldLogprobs: false,
    samplerDiffers: false,
    ...options,
  });
  // Two rows to learn from, one after the other, and one without advantage, which is scored.
  const rows = [1, -1, 0].map((advantage) => ({
    promptIds: Array.from({ length: columns - 7 }, (_, i) => 3 + (i % 90)),
    completionIds: Array.from({ length: 8 }, (_, i) => 3 + i),
    finished: true,
    advantage,
  }));
  trainer.step(
    rows,
    rows.map(() => ({ old: null, reference: null })),
    1e-6,
    0,
  );
  spy.mockRestore();
  const counted = {
    recompute: "gradient_checkpointing" in options,
    bf16: "bf16" in options,
  };
  for (const kind of KINDS) {
    const ratio = programOperations(config, kind, columns, counted) / (traced.get(kind) ?? 0);
    expect(ratio, `${kind}: ${String(traced.get(kind))}`).toBeGreaterThan(0.85);
    expect(ratio, `${kind}: ${String(traced.get(kind))}`).toBeLessThan(1.15);
  }
  trainer.dispose();
  model.dispose();
});
