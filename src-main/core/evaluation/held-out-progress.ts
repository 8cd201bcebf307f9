/** What measurements during training say so far: when the next one is due, which was the best, whether to go on. */
import { z } from "zod";

export const HeldOutProgress = z.object({
  /** Optimizer steps at the last measurement; -1 before the first. */
  measuredAt: z.int(),
  /** `value`: pass@1 of a policy, the loss of what learns from examples. */
  best: z.object({ step: z.int(), value: z.number() }).nullable(),
  /** Measurements since the best one. */
  since: z.int(),
});
export type HeldOutProgress = z.infer<typeof HeldOutProgress>;

type Options = {
  readonly eval_steps?: number | undefined;
  readonly eval_on_start: boolean;
  /** Of the stage. */
  readonly max_steps: number;
  readonly early_stopping_patience?: number | undefined;
};

/** What is measured: whether more of it is better, and how it is said. */
export type Yardstick = {
  readonly better: "higher" | "lower";
  readonly say: (value: number) => string;
};

export const ACCURACY: Yardstick = {
  better: "higher",
  say: (value) => `${(100 * value).toFixed(1)}%`,
};
export const LOSS: Yardstick = {
  better: "lower",
  say: (value) => `eval_loss ${value.toFixed(4)}`,
};

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

/** An equal value is no better one, and one that is not finite never is. */
export function afterMeasurement(
  { best, since }: HeldOutProgress,
  step: number,
  value: number,
  { better }: Yardstick,
): HeldOutProgress {
  const isBest =
    Number.isFinite(value) &&
    (best === null || (better === "higher" ? value > best.value : value < best.value));
  return isBest
    ? { measuredAt: step, best: { step, value }, since: 0 }
    : { measuredAt: step, best, since: since + 1 };
}

/** Why the stage should end, in words; null where it should go on. */
export function whyEnded(
  { best, since }: HeldOutProgress,
  { early_stopping_patience: patience }: Pick<Options, "early_stopping_patience">,
  { better, say }: Yardstick,
): string | null {
  if (patience === undefined || best === null || since < patience) return null;
  const side = better === "higher" ? "above" : "below";
  return `Ended early: ${since} measurements in a row were not ${side} the ${say(best.value)} of step ${best.step}.`;
}
