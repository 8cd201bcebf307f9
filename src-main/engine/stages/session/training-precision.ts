/** The precision a stage trains at: what its options ask, where this machine can do it. */
import { AppError } from "#shared/errors.ts";
import type { TrainingOptions } from "#shared/schema/stages/stage-options.ts";
import { hasBfloat16Instructions } from "#main/platform/machine.ts";
import type { StageSession } from "./stage-session.ts";
import type { Precision } from "#main/core/resources/precision.ts";

/** @throws AppError BAD_RECIPE where the backend has no bfloat16 products. */
export function trainingPrecision(
  session: StageSession,
  { bf16 }: Pick<TrainingOptions, "bf16">,
): Precision {
  if (!bf16) return "float32";
  const { kind, device } = session.runtime;
  if (kind !== "tensorflow") {
    throw new AppError(
      "BAD_RECIPE",
      `bf16 needs the TensorFlow runtime, and this stage runs on ${kind}.`,
      "Set bf16 to false, or run `gradus doctor` to see how TensorFlow is had.",
    );
  }
  if (device === "CPU" && hasBfloat16Instructions() === false) {
    session.log(
      "bf16 is on, but this processor has no instructions for it (AVX512_BF16, AMX): training may be slower than without.",
    );
  }
  return "bfloat16";
}
