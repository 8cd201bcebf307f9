/** The last step of `steps` at or before `step`; without one, the newest. */
export function nearestStep(
  steps: readonly number[],
  step: number | undefined,
): number | undefined {
  if (step === undefined) return steps.at(-1);
  return steps.findLast((one) => one <= step) ?? steps[0];
}
