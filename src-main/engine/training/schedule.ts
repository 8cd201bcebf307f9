/** Learning-rate schedules, with transformers' names and shapes (get_scheduler). */
import { assertNever } from "#shared/errors.ts";
import type { CriticOptions } from "#shared/schema/critic-options.ts";
import type { TrainingOptions } from "#shared/schema/stages/stage-options.ts";
import { warmupSteps } from "#main/core/examples/warmup-steps.ts";

type ScheduleOptions = Pick<
  TrainingOptions,
  "learning_rate" | "lr_scheduler_type" | "lr_scheduler_kwargs" | "warmup_steps" | "min_lr_ratio"
>;

/** Of warmup_stable_decay where num_decay_steps is not said (MiniCPM, arXiv 2404.06395, decays for a tenth). */
const DECAY_SHARE = 0.1;

/**
 * The learning rate of optimizer step `step` (from 0) of `totalSteps`.
 * Warm-up is linear from 0, so with warm-up the very first step has rate 0, as in transformers.
 */
export function learningRate(options: ScheduleOptions, step: number, totalSteps: number): number {
  const { learning_rate: peak, min_lr_ratio: floor, lr_scheduler_kwargs: kwargs = {} } = options;
  const warmup = warmupSteps(options, totalSteps);
  if (step < warmup) return (peak * step) / Math.max(1, warmup);
  const progress = Math.min(1, (step - warmup) / Math.max(1, totalSteps - warmup));
  const decayed = (share: number): number => peak * (floor + (1 - floor) * share);
  switch (options.lr_scheduler_type) {
    case "constant":
      return peak;
    case "linear":
      return decayed(1 - progress);
    case "cosine":
      return decayed(cosine(progress));
    case "cosine_with_restarts":
      return decayed(progress >= 1 ? 0 : cosine(((kwargs.num_cycles ?? 1) * progress) % 1));
    case "warmup_stable_decay": {
      const decay = kwargs.num_decay_steps ?? Math.ceil(DECAY_SHARE * totalSteps);
      const begins = Math.max(warmup, totalSteps - decay);
      return step < begins ? peak : decayed(cosine((step - begins) / (totalSteps - begins)));
    }
    default:
      return assertNever(options.lr_scheduler_type);
  }
}

/** Of a critic with an optimizer of its own, in the same steps: the policy's schedule, at a peak of its own where it has one. */
export function criticLearningRate(
  options: ScheduleOptions & Pick<CriticOptions, "critic_learning_rate">,
  step: number,
  totalSteps: number,
): number {
  const { critic_learning_rate: peak = options.learning_rate } = options;
  return learningRate({ ...options, learning_rate: peak }, step, totalSteps);
}

/** From 1 at the beginning to 0 at the end. */
function cosine(progress: number): number {
  return 0.5 * (1 + Math.cos(Math.PI * progress));
}
