/** WebGPU as people meet it: stages in engine processes, and what is said where there is no GPU. */
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { webgpuState } from "#main/processes/engine/webgpu-state.ts";
import { Application } from "#main/services/application.ts";
import type { RuntimeChoice } from "#shared/schema/engine-protocol.ts";
import { RunId } from "#shared/schema/run.ts";
import { itemAt, largestDifference } from "../helpers/engine-model.ts";
import { NO_DRIVER, useSoftwareGpu } from "../helpers/software-gpu.ts";
import { temporaryFolder } from "../helpers/temporary-folder.ts";
import { settled } from "../helpers/test-application.ts";
import { writeTinyModel } from "../helpers/tiny-model.ts";
import { LINUX, lacking } from "../helpers/need.ts";

const gpu = useSoftwareGpu();

const recipe = (model: string): string => `
name: Small
seed: 7
models: { tiny: ${JSON.stringify(model)} }
stages:
  - name: cold-start
    kind: sft
    model: tiny
    data: { source: { task: arithmetic, difficulties: [3] }, examples: 16 }
    per_device_train_batch_size: 8
    num_train_epochs: 2
    learning_rate: 1.0e-3
    max_length: 128
  - name: grpo
    kind: grpo
    model: cold-start
    data: { task: arithmetic, difficulties: [3] }
    rewards: [{ name: language, weight: 1 }, { name: soft-overlong, weight: 1, cache_length: 6 }]
    num_generations: 4
    generation_batch_size: 4
    per_device_train_batch_size: 4
    gradient_accumulation_steps: 1
    num_iterations: 2
    beta: 0.02
    max_steps: 2
    learning_rate: 1.0e-3
    max_completion_length: 8
`;

const folder = temporaryFolder();
const model = writeTinyModel(join(folder, "tiny"), 3);

/** The whole recipe in a workspace of its own: what it ran on, and the losses of both stages. */
async function runThrough(runtime: RuntimeChoice) {
  const app = new Application({ workspace: join(folder, runtime), shell: "cli" });
  onTestFinished(() => app.close());
  const id = app.startPipeline({ yaml: recipe(model), runtime });
  const { status, statusReason } = await settled(app, id);
  expect(status, statusReason?.message).toBe("finished");
  const losses = (stage: string): number[] =>
    [...app.store.metrics.points(RunId.parse(`${id}-${stage}`))].flatMap(({ name, value }) =>
      name === "loss" ? [value ?? Number.NaN] : [],
    );
  return {
    environment: app.store.runs.get(RunId.parse(`${id}-grpo`)).environment,
    sft: losses("cold-start"),
    grpo: losses("grpo"),
  };
}

describe.skipIf(!gpu.met)(`WebGPU in engine processes${lacking(gpu)}`, () => {
  test("SFT takes TensorFlow's steps, and GRPO samples and trains", async () => {
    const ours = await runThrough("webgpu");
    const tensorflow = await runThrough("tensorflow");
    expect(ours.environment).toMatchObject({ runtime: "webgpu" });
    expect(ours.sft.length).toBeGreaterThan(2);
    expect(largestDifference(ours.sft, tensorflow.sft)).toBeLessThan(1e-3);
    expect(itemAt(ours.sft, ours.sft.length - 1)).toBeLessThan(itemAt(ours.sft, 0));
    expect(ours.grpo).toHaveLength(2);
    expect(ours.grpo.every(Number.isFinite)).toBe(true);
  });

  test("the doctor names the adapter, and says that a software driver is slow", async () => {
    expect(await webgpuState()).toMatchObject({
      state: "fallback",
      detail: expect.stringMatching(/^Found swiftshader.*SwiftShader driver.*software.*slowly/),
      advice: expect.stringMatching(/driver/),
    });
  });
});

test.runIf(LINUX.met)(
  `without a driver the doctor says what was tried, what the system said, and what to do${lacking(LINUX)}`,
  async () => {
    const kept = { ...process.env };
    onTestFinished(() => {
      Object.assign(process.env, kept);
    });
    Object.assign(process.env, NO_DRIVER);
    expect(await webgpuState()).toMatchObject({
      state: "missing",
      detail: expect.stringMatching(/finds no GPU.*tried Vulkan.*The driver said: .*[Vv](k|ulkan)/),
      advice: expect.stringMatching(/Install the Vulkan loader/),
    });
  },
);
