/** What measurements during training say so far: when the next one is due, which was the best, whether to go on. */
import { z } from "zod";
import type { GrpoStage } from "#shared/schema/stages/grpo-stage.ts";

export const HeldOutProgress = z.object({
  /** Optimizer steps at the last measurement; -1 before the first. */
  measuredAt: z.int(),
  best: z.object({ step: z.int(), accuracy: z.number() }).nullable(),
  /** Measurements since the best one. */
  since: z.int(),
});
export type HeldOutProgress = z.infer<typeof HeldOutProgress>;

type Options = Pick<
  GrpoStage,
  "eval_steps" | "eval_on_start" | "max_steps" | "early_stopping_patience"
>;

export const NOT_MEASURED: HeldOutProgress = { measuredAt: -1, best: null, since: 0 };

/**
 * Every `eval_steps`, before the first step where asked, and after the last one. Steps come several at a time, since a
 * generation batch is used up before anything is measured: the first step at or after a multiple counts.
 */
export function isDue({ measuredAt }: HeldOutProgress, step: number, options: Options): boolean {
  const { eval_steps: every } = options;
  if (every === undefined || step <= measuredAt) return false;
  if (step === 0) return options.eval_on_start;
  const before = Math.max(measuredAt, 0);
  return Math.floor(step / every) > Math.floor(before / every) || step >= options.max_steps;
}

/** An equal accuracy is no better one. */
export function afterMeasurement(
  { best, since }: HeldOutProgress,
  step: number,
  accuracy: number,
): HeldOutProgress {
  return best === null || accuracy > best.accuracy
    ? { measuredAt: step, best: { step, accuracy }, since: 0 }
    : { measuredAt: step, best, since: since + 1 };
}

/** Why the stage should end, in words; null where it should go on. */
export function whyEnded(
  { best, since }: HeldOutProgress,
  { early_stopping_patience: patience }: Options,
): string | null {
  if (patience === undefined || best === null || since < patience) return null;
  const share = (100 * best.accuracy).toFixed(1);
  return `Ended early: ${since} measurements in a row were not above the ${share}% of step ${best.step}.`;
}
