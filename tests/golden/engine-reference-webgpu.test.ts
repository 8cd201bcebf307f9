/** The same comparisons on the WebAssembly backend: forward, sampling and training with nothing but npm packages. */
import { describe, expect, test } from "vitest";
import { openRuntime } from "#main/engine/runtime/open-runtime.ts";
import { largestDifference } from "../helpers/engine-model.ts";
import { logitsParity, replay } from "../helpers/engine-parity.ts";
import { hasReference, LOGITS_MODELS } from "../helpers/engine-reference.ts";

const runtime = await openRuntime({ choice: "webgpu" });

describe.runIf(hasReference)("the webgpu backend", () => {
  test.each(LOGITS_MODELS)("%s gives transformers' logits and greedy tokens", async (name) => {
    const { logits, logprobs, greedy, expectedGreedy } = await logitsParity(runtime, name);
    expect(logits).toBeLessThanOrEqual(1e-3);
    expect(logprobs).toBeLessThanOrEqual(1e-3);
    expect(greedy).toEqual(expectedGreedy);
  });

  test("takes TRL's optimizer steps, with old log-probabilities and with a reference model", async () => {
    for (const name of ["grpo-two-iterations-qwen2", "dapo-kl-llama"]) {
      const { ours, trl } = await replay(runtime, name);
      const gaps = (key: string): number =>
        largestDifference(
          ours.steps.map((step) => step[key] ?? Number.NaN),
          trl.expected.map((step) => step[key] ?? Number.NaN),
        );
      expect(gaps("loss")).toBeLessThanOrEqual(1e-3);
      const norms = trl.expected.map((step) => step["grad_norm"] ?? Number.NaN);
      const ratios = ours.steps.map(
        (step, i) => (step["grad_norm"] ?? Number.NaN) / (norms[i] ?? Number.NaN),
      );
      expect(
        largestDifference(
          ratios,
          ratios.map(() => 1),
        ),
      ).toBeLessThanOrEqual(0.01);
      expect(
        largestDifference(ours.probe_logits_after, trl.probe_logits_after),
      ).toBeLessThanOrEqual(5e-3);
    }
  });
});
