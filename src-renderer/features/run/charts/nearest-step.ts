/** The last of rising steps at or before `step`; without one, the newest. */
import { bisectRight } from "d3-array";

export function nearestStep(
  steps: readonly number[],
  step: number | undefined,
): number | undefined {
  if (step === undefined) return steps.at(-1);
  return steps[Math.max(0, bisectRight(steps, step) - 1)];
}
