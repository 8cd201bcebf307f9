/** What holds on every backend without tracing, as tests of the file that calls. */
import { describe, expect, test } from "vitest";
import { initLanguageModel } from "#main/engine/model/language-model.ts";
import { nextTokenObjective } from "#main/engine/objectives/next-token.ts";
import type { Runtime } from "#main/engine/runtime/runtime.ts";
import { tf } from "#main/engine/runtime/tf.ts";
import { Sampler } from "#main/engine/sampling/sampler.ts";
import { Trainer } from "#main/engine/training/trainer.ts";
import { idMatrix, logprobsOf, randomRows } from "./engine-forward.ts";
import { checkDirections, PLAIN_ADAMW } from "./engine-gradients.ts";
import { itemAt, largestDifference, tinyConfig } from "./engine-model.ts";

/** Kernels that one backend or another lacks or has wrong. */
export function checkKernels(): void {
  describe("kernels that TensorFlow.js' packages lack or get wrong", () => {
    test("gather with batch dimensions takes each row's own entries", () => {
      const x = tf.tensor2d([0, 1, 2, 10, 11, 12], [2, 3]);
      const indices = tf.tensor2d([2, 0, 1, 1], [2, 2], "int32");
      const picked = tf.gather(x, indices, 1, 1);
      expect(picked.shape).toEqual([2, 2]);
      expect(Array.from(picked.dataSync())).toEqual([2, 0, 11, 11]);
      tf.dispose([x, indices, picked]);
    });

    test("a segment sum adds the rows of equal indices", () => {
      const x = tf.tensor2d([1, 2, 3, 4, 5, 6], [3, 2]);
      const ids = tf.tensor1d([2, 0, 2], "int32");
      const sums = tf.unsortedSegmentSum(x, ids, 3);
      expect(Array.from(sums.dataSync())).toEqual([3, 4, 0, 0, 6, 8]);
      tf.dispose([x, ids, sums]);
    });
  });
}

/** Gradients, sampling and training of small models. @param prompts of the sampling test: fewer on a slow backend */
export function checkInvariants(backend: string, runtime: Runtime, prompts = 6): void {
  test(`the gradient of the next-token objective is right on ${backend}`, () => {
    const config = tinyConfig("qwen3", { numLayers: 1 });
    const model = initLanguageModel(runtime, config, 81);
    const inputs = [idMatrix(randomRows(config, 2, 8, 8, 82)), tf.ones([2, 7]), tf.scalar(14)];
    const checks = checkDirections(runtime, model, nextTokenObjective(config), inputs, 4e-3);
    const largest = Math.max(...checks.map(({ analytic }) => Math.abs(analytic)));
    expect(largest).toBeGreaterThan(0.01);
    for (const { name, analytic, numeric } of checks) {
      expect
        .soft(Math.abs(analytic - numeric), name)
        .toBeLessThan(2e-3 * largest + 0.01 * Math.abs(analytic));
    }
    tf.dispose(inputs);
    model.dispose();
  });

  test(`sampling on ${backend} gives the log-probabilities of full forward passes, and leaves no tensor behind`, async () => {
    const model = initLanguageModel(runtime, tinyConfig("qwen2", { numLayers: 1 }), 83);
    const untouched = runtime.tensorCount();
    const sampler = new Sampler(runtime, model, { maxRows: 4, tokensPerCall: 4 });
    const options = {
      temperature: 0.8,
      top_p: 0.95,
      top_k: 40,
      min_p: 0,
      repetition_penalty: 1.1,
      max_completion_length: 12,
      stopIds: [7, 8],
    };
    const requests = randomRows(model.config, prompts, 1, 12, 84).map((promptIds, i) => ({
      promptIds,
      seeds: [i, i + 50],
    }));
    const plain = { ...options, repetition_penalty: 1 };
    const results = await sampler.generate(requests, plain);
    const before = runtime.tensorCount();
    const again = await sampler.generate(requests, plain);
    expect(runtime.tensorCount()).toBe(before);
    expect(again).toEqual(results);
    requests.forEach(({ promptIds }, i) => {
      for (const { ids, logprobs } of itemAt(results, i)) {
        const [full = []] = logprobsOf(runtime, model, [[...promptIds, ...ids]], 0.8);
        expect(largestDifference(logprobs, full.slice(promptIds.length - 1))).toBeLessThan(1e-4);
      }
    });
    await sampler.generate(requests, options);
    sampler.dispose();
    expect(runtime.tensorCount()).toBe(untouched);
    model.dispose();
  });

  test(`training on ${backend} learns and leaves no tensor behind`, () => {
    const untouched = runtime.tensorCount();
    const config = tinyConfig("llama", { numLayers: 1 });
    const model = initLanguageModel(runtime, config, 85);
    const trainer = new Trainer(runtime, model, nextTokenObjective(config), {
      ...PLAIN_ADAMW,
      maxGradNorm: 1,
    });
    const inputs = [idMatrix(randomRows(config, 2, 8, 8, 86)), tf.ones([2, 7]), tf.scalar(14)];
    const losses: number[] = [];
    const step = (index: number): void => {
      losses.push(itemAt(trainer.accumulate(inputs), 0));
      trainer.apply(1e-2, index);
    };
    step(0);
    const before = runtime.tensorCount();
    for (let index = 1; index <= 50; index++) step(index);
    expect(runtime.tensorCount()).toBe(before);
    expect(itemAt(losses, 50)).toBeLessThan(0.1 * itemAt(losses, 0));
    tf.dispose(inputs);
    trainer.dispose();
    model.dispose();
    expect(runtime.tensorCount()).toBe(untouched);
  });
}
