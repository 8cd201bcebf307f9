import type { TrainingOptions } from "#shared/schema/stages/stage-options.ts";

/** Steps in which the rate rises. A share of the steps is rounded up, as transformers does. */
export function warmupSteps(
  { warmup_steps: steps }: Pick<TrainingOptions, "warmup_steps">,
  totalSteps: number,
): number {
  return steps < 1 ? Math.ceil(steps * totalSteps) : steps;
}
