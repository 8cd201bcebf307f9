/** Where a stage's schedule has no room in its steps: said by the check, and where the stage runs if epochs say how many there are. */
import type { TrainingOptions } from "#shared/schema/stages/stage-options.ts";
import { warmupSteps } from "./warmup-steps.ts";

export interface ScheduleFault {
  readonly name: "warmup_steps" | "lr_scheduler_kwargs";
  readonly message: string;
  /** The most that leaves the schedule its shape. */
  readonly most: number;
}

type Schedule = Pick<TrainingOptions, "warmup_steps" | "lr_scheduler_type" | "lr_scheduler_kwargs">;

/** @param totalSteps of the optimizer, at least 1 */
export function scheduleFaults(options: Schedule, totalSteps: number): ScheduleFault[] {
  const warmup = warmupSteps(options, totalSteps);
  if (warmup >= totalSteps && options.warmup_steps > 0)
    return [
      {
        name: "warmup_steps",
        message: `the warm-up is as long as the stage (${totalSteps} steps): the rate is never reached`,
        most: Math.floor(totalSteps / 10),
      },
    ];
  const decay = options.lr_scheduler_kwargs?.num_decay_steps;
  const room = totalSteps - warmup;
  if (options.lr_scheduler_type !== "warmup_stable_decay" || decay === undefined || decay <= room)
    return [];
  return [
    {
      name: "lr_scheduler_kwargs",
      message: `num_decay_steps (${decay}) is more than the ${room} steps after the warm-up: the rate falls in these, and is never stable`,
      most: room,
    },
  ];
}

/** What only epochs say, in sentences: where `max_steps` is set, the check has said it. */
export function scheduleNotes(
  options: Schedule & Pick<TrainingOptions, "max_steps">,
  totalSteps: number,
): string[] {
  if (options.max_steps > 0) return [];
  return scheduleFaults(options, totalSteps).map(({ name, message }) => `${name}: ${message}.`);
}
