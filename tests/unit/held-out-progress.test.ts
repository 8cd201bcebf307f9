/** Measurements during training: when they come, which is the best, when there is no more to come. */
import { expect, test } from "vitest";
import { GrpoStage } from "#shared/schema/stages/grpo-stage.ts";
import {
  ACCURACY,
  afterMeasurement,
  isDue,
  LOSS,
  NOT_MEASURED,
  whyEnded,
} from "#main/core/evaluation/held-out-progress.ts";
import type { HeldOutProgress } from "#main/core/evaluation/held-out-progress.ts";
import { evaluationDataOf } from "#main/core/problems/evaluation-data.ts";

function stageWith(options: object): GrpoStage {
  return GrpoStage.parse({
    kind: "grpo",
    name: "grpo",
    model: "base",
    data: { task: "addition", difficulties: [2] },
    generation_batch_size: 8,
    max_steps: 10,
    ...options,
  });
}

/** Where measurements come when the boundaries are at these steps. */
function measuredAt(boundaries: readonly number[], options: object): number[] {
  const stage = stageWith(options);
  let progress = NOT_MEASURED;
  return boundaries.filter((step) => {
    if (!isDue(progress, step, stage)) return false;
    progress = afterMeasurement(progress, step, 0, ACCURACY);
    return true;
  });
}

const EVERY_STEP = Array.from({ length: 11 }, (_, step) => step);

test("they come every eval_steps and after the last step, before the first where asked", () => {
  expect(measuredAt(EVERY_STEP, { eval_steps: 4 })).toEqual([4, 8, 10]);
  expect(measuredAt(EVERY_STEP, { eval_steps: 4, eval_on_start: true })).toEqual([0, 4, 8, 10]);
  expect(measuredAt(EVERY_STEP, { eval_steps: 5 })).toEqual([5, 10]);
  expect(measuredAt(EVERY_STEP, {})).toEqual([]);
});

test("where steps come several at a time, the first boundary after a multiple counts", () => {
  // Three optimizer steps a batch: 3, 6, 9; multiples of 4 are passed at 6 and 9.
  expect(measuredAt([0, 3, 6, 9, 10], { eval_steps: 4 })).toEqual([6, 9, 10]);
  expect(measuredAt([0, 5, 10], { eval_steps: 2 })).toEqual([5, 10]);
});

test("a boundary that is met again after a resume is not measured again", () => {
  const stage = stageWith({ eval_steps: 2 });
  const progress = afterMeasurement(NOT_MEASURED, 4, 0.5, ACCURACY);
  expect(isDue(progress, 4, stage)).toBe(false);
  expect(isDue(progress, 5, stage)).toBe(false);
  expect(isDue(progress, 6, stage)).toBe(true);
});

test("the first of equal accuracies is the best, and patience counts those that are not above it", () => {
  const stage = stageWith({ eval_steps: 1, early_stopping_patience: 2 });
  const after = (accuracies: readonly number[]): HeldOutProgress =>
    accuracies.reduce(
      (at, accuracy, i) => afterMeasurement(at, i + 1, accuracy, ACCURACY),
      NOT_MEASURED,
    );
  expect(after([0.1, 0.4, 0.4]).best).toEqual({ step: 2, value: 0.4 });
  expect(whyEnded(after([0.1, 0.4, 0.4]), stage, ACCURACY)).toBeNull();
  expect(whyEnded(after([0.1, 0.4, 0.4, 0.3]), stage, ACCURACY)).toBe(
    "Ended early: 2 measurements in a row were not above the 40.0% of step 2.",
  );
  expect(whyEnded(after([0.1, 0.4, 0.3, 0.5]), stage, ACCURACY)).toBeNull();
  expect(whyEnded(after([0.4, 0.1, 0.1, 0.1]), stageWith({ eval_steps: 1 }), ACCURACY)).toBeNull();
});

test("of a loss the lowest is the best, and one that is not finite never is", () => {
  const after = (losses: readonly number[]): HeldOutProgress =>
    losses.reduce((at, loss, i) => afterMeasurement(at, i + 1, loss, LOSS), NOT_MEASURED);
  expect(after([Number.NaN, 2, 1.5, 1.5]).best).toEqual({ step: 3, value: 1.5 });
  expect(whyEnded(after([2, 1.5, 1.6, Number.NaN]), { early_stopping_patience: 2 }, LOSS)).toBe(
    "Ended early: 2 measurements in a row were not below the eval_loss 1.5000 of step 2.",
  );
  expect(whyEnded(after([2, 1.5, 1.6, 1.4]), { early_stopping_patience: 2 }, LOSS)).toBeNull();
});

test("without eval_data the held-out side of the stage's own data is asked", () => {
  const data = [
    { task: "addition", difficulties: [2] },
    { problems: "mine", split: "train", weight: 2 },
  ];
  expect(evaluationDataOf(stageWith({ data }))).toBeUndefined();
  expect(evaluationDataOf(stageWith({ data, eval_steps: 5 }))).toEqual([
    { task: "addition", difficulties: [2] },
    { problems: "mine", split: "test", weight: 2 },
  ]);
  const other = { problems: "other", split: "test" };
  expect(evaluationDataOf(stageWith({ data, eval_steps: 5, eval_data: other }))).toEqual(other);
});
