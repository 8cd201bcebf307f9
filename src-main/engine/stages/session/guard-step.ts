/** One optimizer step under watch: a loss or gradient that is not finite raises its alarm and ends the stage. */
import { AppError } from "#shared/errors.ts";
import { NON_FINITE_ADVICE } from "../../training/alarms.ts";
import { NonFiniteError } from "../../training/trainer.ts";
import type { StageSession } from "./stage-session.ts";

/** Runs step number `step` (from 0). @throws AppError ENGINE_ERROR in place of NonFiniteError. */
export function guardStep<T>(session: Pick<StageSession, "alarm">, step: number, run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof NonFiniteError)) throw error;
    session.alarm(step + 1, {
      code: "non-finite",
      level: "error",
      message: `At step ${step + 1} ${error.message}.`,
      advice: NON_FINITE_ADVICE,
    });
    throw new AppError(
      "ENGINE_ERROR",
      `Training stopped at step ${step + 1}: ${error.message}.`,
      NON_FINITE_ADVICE,
      { cause: error },
    );
  }
}
