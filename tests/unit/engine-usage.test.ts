import { expect, test } from "vitest";
import { forwardFlops, trainingFlops } from "#main/core/resources/model-flops.ts";
import { UsageMeter } from "#main/engine/stages/session/usage-meter.ts";

/** 2 layers of 3 heads of 4 channels: 24 channels attend. */
const MODEL = { parameters: 1000, config: { numLayers: 2, numHeads: 3, headDim: 4 } };

test("a pass over a sequence counts its weights and its attention", () => {
  // 3 tokens: 2 × 1000 × 3, and 1 + 2 + 3 = 6 pairs of positions × 4 × 24
  expect(forwardFlops(MODEL, 0, 3)).toBe(6000 + 576);
  // Going on from two tokens, the third alone: 2000, and its 3 pairs
  expect(forwardFlops(MODEL, 2, 3)).toBe(2000 + 288);
  expect(forwardFlops(MODEL, 0, 2) + forwardFlops(MODEL, 2, 3)).toBe(forwardFlops(MODEL, 0, 3));
});

test("training is three forward passes, four where layers are worked out again", () => {
  expect(trainingFlops(MODEL, [3, 3], false)).toBe(6 * 6576);
  expect(trainingFlops(MODEL, [3, 3], true)).toBe(8 * 6576);
});

test("a prompt is passed once for its completions, and scoring passes count", () => {
  const meter = new UsageMeter(null, false);
  meter.addSampling(MODEL, 2, [1, 1]);
  const sampled = forwardFlops(MODEL, 0, 2) + 2 * forwardFlops(MODEL, 2, 3);
  expect(meter.total()).toMatchObject({ tokensSampled: 4, tokensTrained: 0, flops: sampled });
  // log-probabilities of the old policy and of the reference
  meter.addScoring(MODEL, [3, 3], 2);
  expect(meter.total()).toMatchObject({ tokensSampled: 4, flops: sampled + 4 * 6576 });
  meter.addTraining(MODEL, [3], true);
  expect(meter.total()).toMatchObject({ tokensTrained: 3, flops: sampled + 8 * 6576 });
});
