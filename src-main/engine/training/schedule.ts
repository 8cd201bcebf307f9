/** Learning-rate schedules, with transformers' names and shapes (get_scheduler). */
import { assertNever } from "#shared/errors.ts";
import type { TrainingOptions } from "#shared/schema/recipe.ts";

type ScheduleOptions = Pick<
  TrainingOptions,
  "learning_rate" | "lr_scheduler_type" | "warmup_steps" | "min_lr_ratio"
>;

/**
 * The learning rate of optimizer step `step` (from 0) of `totalSteps`.
 * Warm-up is linear from 0, so with warm-up the very first step has rate 0, as in transformers.
 */
export function learningRate(options: ScheduleOptions, step: number, totalSteps: number): number {
  const { learning_rate: peak, warmup_steps: warmup, min_lr_ratio: floor } = options;
  if (step < warmup) return (peak * step) / Math.max(1, warmup);
  const progress = Math.min(1, (step - warmup) / Math.max(1, totalSteps - warmup));
  const decayed = (share: number): number => peak * (floor + (1 - floor) * share);
  switch (options.lr_scheduler_type) {
    case "constant":
      return peak;
    case "linear":
      return decayed(1 - progress);
    case "cosine":
      return decayed(0.5 * (1 + Math.cos(Math.PI * progress)));
    default:
      return assertNever(options.lr_scheduler_type);
  }
}
