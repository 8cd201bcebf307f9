/** The engine beside transformers (logits, greedy tokens) and TRL (whole GRPO trajectories), on TensorFlow. */
import { describe, expect, test } from "vitest";
import { openRuntime } from "#main/engine/runtime/open-runtime.ts";
import { itemAt, largestDifference } from "../helpers/engine-model.ts";
import { logitsParity, replay } from "../helpers/engine-parity.ts";
import { LOGITS_MODELS, TRAJECTORIES } from "../helpers/engine-reference.ts";

const runtime = await openRuntime({ choice: "tensorflow" });

describe("transformers 5.23 on the same weights", () => {
  test.each(LOGITS_MODELS)("%s gives the same logits and the same greedy tokens", async (name) => {
    const { logits, logprobs, greedy, expectedGreedy } = await logitsParity(runtime, name);
    expect(logits).toBeLessThanOrEqual(1e-3);
    expect(logprobs).toBeLessThanOrEqual(1e-3);
    expect(greedy).toEqual(expectedGreedy);
  });
});

describe("TRL 1.16 on the same rollouts", () => {
  test.each(TRAJECTORIES)("%s takes the same optimizer steps", async (name) => {
    const { ours, trl } = await replay(runtime, name);
    expect(ours.steps).toHaveLength(trl.expected.length);
    trl.expected.forEach((want, i) => {
      const { loss, grad_norm: norm, ...logged } = want;
      const step = itemAt(ours.steps, i);
      expect
        .soft(Math.abs((step["loss"] ?? Number.NaN) - (loss ?? 0)), `loss ${i}`)
        .toBeLessThanOrEqual(1e-3);
      const normGap = Math.abs((step["grad_norm"] ?? Number.NaN) / (norm ?? 0) - 1);
      expect.soft(normGap, `grad_norm ${i}`).toBeLessThanOrEqual(0.01);
      for (const [metric, value] of Object.entries(logged)) {
        const gap = Math.abs((step[metric] ?? Number.NaN) - value);
        expect.soft(gap, `${metric} of step ${i}`).toBeLessThanOrEqual(1e-3);
      }
    });
    const probe = largestDifference(ours.probe_logits_after, trl.probe_logits_after);
    expect(probe).toBeLessThanOrEqual(5e-3);
  });
});
