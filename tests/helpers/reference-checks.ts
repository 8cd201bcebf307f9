/** The comparisons with transformers and TRL that a backend without tracing takes, as tests of the file that calls. */
import { describe, expect, test } from "vitest";
import type { Runtime } from "#main/engine/runtime/runtime.ts";
import { largestDifference } from "./engine-model.ts";
import { logitsParity, replay } from "./engine-parity.ts";
import { LOGITS_MODELS } from "./engine-reference.ts";
import { lacking } from "./need.ts";
import type { Need } from "./need.ts";

export function checkAgainstReference(
  backend: string,
  open: () => Promise<Runtime>,
  need: Need = { met: true, how: "" },
): void {
  describe.runIf(need.met)(`the ${backend} backend${lacking(need)}`, () => {
    test.each(LOGITS_MODELS)("%s gives transformers' logits and greedy tokens", async (name) => {
      const { logits, logprobs, greedy, expectedGreedy } = await logitsParity(await open(), name);
      expect(logits).toBeLessThanOrEqual(1e-3);
      expect(logprobs).toBeLessThanOrEqual(1e-3);
      expect(greedy).toEqual(expectedGreedy);
    });

    test("takes TRL's optimizer steps, with old log-probabilities and with a reference model", async () => {
      for (const name of ["grpo-two-iterations-qwen2", "dapo-kl-llama"]) {
        const { ours, trl } = await replay(await open(), name);
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
}
