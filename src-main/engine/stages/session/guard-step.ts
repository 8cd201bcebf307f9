/**
 * One optimizer step under watch. A loss or gradient that is not finite changes nothing: the step is dropped and made
 * once more with half as many rows at a time, since what overflows in one order of sums may not in another. Where that
 * is no better, the stage ends with its state as it was before the step.
 */
import { AppError } from "#shared/errors.ts";
import type { AlarmChange, AlarmEvidence } from "#shared/schema/alarm.ts";
import type { TrainingOptions } from "#shared/schema/stages/stage-options.ts";
import { NON_FINITE_ADVICE } from "../../training/alarms.ts";
import { NonFiniteError } from "../../training/trainer.ts";
import type { CheckpointParts, StageSession } from "./stage-session.ts";

export type GuardedStep<T> = {
  /** From 0. */
  readonly step: number;
  readonly training: Pick<TrainingOptions, "bf16" | "learning_rate">;
  /** It is the step of a critic with an optimizer of its own. */
  readonly critic?: boolean;
  /** @param halvings how often the rows computed together are halved, beside what memory asks for */
  readonly run: (halvings: number) => T;
  /** What a checkpoint before the step has; undefined where there can be none. */
  readonly keep?: (() => CheckpointParts) | undefined;
  /** Of the completions that it learns from. */
  readonly evidence?: readonly AlarmEvidence[];
};

type Guard = Pick<StageSession, "alarm" | "keepState">;

/** @throws AppError ENGINE_ERROR where the step is not finite twice. */
export function guardStep<T>(session: Guard, guarded: GuardedStep<T>): T {
  const { step, run, keep, critic = false, evidence = [] } = guarded;
  const change = steadier(guarded.training, critic ? "critic_learning_rate" : "learning_rate");
  const first = unlessNonFinite(() => run(0));
  if ("made" in first) return first.made;
  const again = unlessNonFinite(() => run(1));
  const of = critic ? "in the critic's update, " : "";
  const at = `At step ${step + 1} ${of}${first.failed.message}`;
  if ("made" in again) {
    session.alarm(step + 1, {
      code: "non-finite-once",
      level: "warning",
      message: `${at}. The step was dropped and made again with half as many rows at a time, and then it was.`,
      advice: "If it comes again, turn bf16 off or lower learning_rate in a branch of the run.",
      change,
      evidence: [...evidence],
    });
    return again.made;
  }
  session.alarm(step + 1, {
    code: "non-finite",
    level: "error",
    message: `${at}, nor was it with half as many rows at a time.`,
    advice: NON_FINITE_ADVICE,
    change,
    evidence: [...evidence],
  });
  if (keep !== undefined) session.keepState(keep);
  throw new AppError(
    "ENGINE_ERROR",
    `Training stopped at step ${step + 1}: ${of}${first.failed.message}.`,
    NON_FINITE_ADVICE,
    { cause: first.failed },
  );
}

function unlessNonFinite<T>(
  run: () => T,
): { readonly made: T } | { readonly failed: NonFiniteError } {
  try {
    return { made: run() };
  } catch (error) {
    if (error instanceof NonFiniteError) return { failed: error };
    throw error;
  }
}

function steadier(
  { bf16, learning_rate: rate }: GuardedStep<unknown>["training"],
  option: "learning_rate" | "critic_learning_rate",
): AlarmChange {
  return bf16 ? { option: "bf16", value: false } : { option, value: rate / 2 };
}
