/** The order in which a batch's completions are divided among optimizer steps. */
import { expect, test } from "vitest";
import { generationBatchSize } from "#shared/schema/generation-batch.ts";
import { shuffledGeneration } from "#main/engine/stages/rollouts/shuffled-generation.ts";
import type { Generation } from "#main/engine/stages/rollouts/generation.ts";

const rollout = {
  ...{ step: 1, group: 0, problemId: "p", difficulty: 1, prompt: "p", completion: "c" },
  ...{ completionIds: [1], logprobs: [0], rewards: {}, reward: 0, advantage: 0, correct: true },
  finishReason: "stop",
} as const;
const PLACES = Array.from({ length: 12 }, (_, i) => i);
const generation: Generation = {
  rows: PLACES.map((i) => ({ promptIds: [1], completionIds: [i], finished: true, advantage: i })),
  logprobs: PLACES.map((i) => ({ old: Float32Array.of(i), reference: null })),
  rollouts: PLACES.map((i) => ({
    ...rollout,
    rewards: {},
    completionIds: [i],
    logprobs: [0],
    index: i,
  })),
  ...{ kl: null, critic: null, unusable: new Map(), batchStd: 1, fracZeroStd: 0 },
  ...{
    tokens: 12,
    seconds: 1,
    gradingSeconds: 0,
    sampledBatches: null,
    tags: new Map(),
    unjudged: new Set(),
    sources: new Map(),
  },
};

test("a shuffled batch keeps every completion with what belongs to it, in an order of the seed", () => {
  const { rows, logprobs, rollouts, ...rest } = shuffledGeneration(generation, 7);
  const order = rows.map(({ advantage }) => advantage);
  expect(order).not.toEqual(PLACES);
  expect(order.toSorted((a, b) => a - b)).toEqual(PLACES);
  expect(logprobs.map(({ old }) => old?.[0])).toEqual(order);
  expect(rollouts.map(({ index }) => index)).toEqual(order);
  expect(rest).toMatchObject({ batchStd: 1, tokens: 12 });
  const orderOf = (seed: number): number[] =>
    shuffledGeneration(generation, seed).rows.map(({ advantage }) => advantage);
  expect(orderOf(7)).toEqual(order);
  expect(orderOf(8)).not.toEqual(order);
});

test("a batch of completions is said in completions, in steps or not at all", () => {
  const sizes = { per_device_train_batch_size: 4, gradient_accumulation_steps: 2 };
  expect(generationBatchSize({ ...sizes, generation_batch_size: 24 })).toBe(24);
  expect(generationBatchSize({ ...sizes, steps_per_generation: 3 })).toBe(12);
  // As TRL: what one optimizer step takes.
  expect(generationBatchSize(sizes)).toBe(8);
});
