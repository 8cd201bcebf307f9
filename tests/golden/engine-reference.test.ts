/** The engine beside transformers (logits, greedy tokens) and TRL (whole GRPO trajectories), on TensorFlow. */
import { describe, expect, test } from "vitest";
import { openRuntime } from "#main/engine/runtime/open-runtime.ts";
import { itemAt, largestDifference } from "../helpers/engine-model.ts";
import { logitsParity, replay, replayFamily } from "../helpers/engine-parity.ts";
import type { Replay } from "../helpers/engine-parity.ts";
import { FAMILY, LOGITS_MODELS, TRAJECTORIES } from "../helpers/engine-reference.ts";
import type { Trajectory } from "../helpers/engine-reference.ts";

const runtime = await openRuntime({ choice: "tensorflow" });

describe("transformers 5.23 on the same weights", () => {
  test.each(LOGITS_MODELS)("%s gives the same logits and the same greedy tokens", async (name) => {
    const { logits, logprobs, greedy, expectedGreedy } = await logitsParity(runtime, name);
    expect(logits).toBeLessThanOrEqual(1e-3);
    expect(logprobs).toBeLessThanOrEqual(1e-3);
    expect(greedy).toEqual(expectedGreedy);
  });
});

/** Metrics that mean another thing here: compared by hand in the unit tests. */
function metricsOfOurOwn({ config }: Trajectory): readonly string[] {
  // Of a step's completions, in TRL of a whole generation's.
  const own = ["sampling/importance_sampling_ratio/mean"];
  if (config["gradient_accumulation_steps"] === 1) return own;
  // TRL averages them over micro-batches; here every token counts alike.
  return [
    ...own,
    "entropy",
    "kl",
    ...["low", "high", "region"].map((end) => `clip_ratio/${end}_mean`),
  ];
}

/** What of every step of a replay is not what TRL logged of it, and of the trained models' logits: empty where all is. */
function differences({ ours, trl }: Replay, leftOut: readonly string[] = []): string[] {
  const found: string[] = [];
  if (ours.steps.length !== trl.expected.length) found.push(`${ours.steps.length} steps`);
  trl.expected.forEach((want, i) => {
    const step = itemAt(ours.steps, i);
    for (const [metric, value] of Object.entries(want)) {
      if (leftOut.includes(metric)) continue;
      const own = step[metric] ?? Number.NaN;
      const most = metric === "grad_norm" ? 0.01 * value : 1e-3;
      if (!(Math.abs(own - value) <= most))
        found.push(`${metric} of step ${i}: ${own} instead of ${value}`);
    }
  });
  const probe = largestDifference(ours.probe_logits_after, trl.probe_logits_after);
  if (!(probe <= 5e-3)) found.push(`logits differ by ${probe}`);
  return found;
}

describe("TRL 1.16 on the same rollouts", () => {
  test.each(TRAJECTORIES)("%s takes the same optimizer steps", async (name) => {
    expect(differences(await replay(runtime, name))).toEqual([]);
  });

  test.each(FAMILY)("%s takes the same optimizer steps", async (name) => {
    const both = await replayFamily(runtime, name);
    expect(differences(both, metricsOfOurOwn(both.trl))).toEqual([]);
  });
});
