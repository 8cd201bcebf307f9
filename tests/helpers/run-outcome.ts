/** What a pipeline's stages left, to compare an interrupted one with one that went through. */
import { expect } from "vitest";
import { loadHubFolder } from "#main/core/formats/hub-layout.ts";
import type { Application } from "#main/services/application.ts";
import type { PipelineId } from "#shared/schema/run.ts";
import { RunId } from "#shared/schema/run.ts";

/** Measured anew at every attempt; everything else must be equal. */
const MEASURED = new Set([
  "step_time",
  "eval_runtime",
  "training_tokens_per_second",
  "sampling_tokens_per_second",
  "memory_bytes",
]);

/** What must be the same after an interruption, by stage: points, rollouts, weights. */
export function outcomeOf(app: Application, id: PipelineId, stages: readonly string[]) {
  return stages.map((stage) => {
    const runId = RunId.parse(`${id}-${stage}`);
    const { outputModel } = app.store.runs.get(runId);
    if (outputModel === null) throw new Error(`${stage} left no model`);
    const hub = loadHubFolder(outputModel);
    const weights = hub.names.map((name) => hub.readTensor(name));
    hub.close();
    const points = [...app.store.metrics.points(runId)];
    return {
      stage,
      points: points.map(({ name, step }) => `${name}@${step}`).sort(),
      values: points.flatMap(({ name, step, value }) =>
        MEASURED.has(name) ? [] : [{ name, step, value }],
      ),
      rollouts: [...app.store.rollouts.all(runId)],
      weights,
    };
  });
}

export type StageOutcome = ReturnType<typeof outcomeOf>[number];

/** Points, completions and weights: nothing twice, nothing left out. */
export function expectSame(stage: StageOutcome, other: StageOutcome): void {
  expect(stage.points).toEqual(other.points);
  expect(new Set(stage.points).size).toBe(stage.points.length);
  expect(stage.rollouts).toEqual(other.rollouts);
  expectClose(stage, other);
}

/** The same points with the same values, and weights within 1e-5. */
export function expectClose(stage: StageOutcome, other: StageOutcome): void {
  stage.values.forEach(({ name, step, value }, j) => {
    const reference = other.values[j];
    expect([name, step]).toEqual([reference?.name, reference?.step]);
    expect(Math.abs((value ?? 0) - (reference?.value ?? 0))).toBeLessThanOrEqual(
      1e-4 * Math.max(1, Math.abs(value ?? 0)),
    );
  });
  let largest = 0;
  stage.weights.forEach((tensor, j) => {
    tensor.forEach((value, k) => {
      largest = Math.max(largest, Math.abs(value - (other.weights[j]?.[k] ?? Number.NaN)));
    });
  });
  expect(largest).toBeLessThanOrEqual(1e-5);
}
