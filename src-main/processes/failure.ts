/** An error on its way from a child to the host. */
import { z } from "zod";
import { CONTRACT_ERRORS } from "#shared/contract/errors.ts";
import { AppError } from "#shared/errors.ts";
import type { ErrorCode } from "#shared/errors.ts";

const failure = {
  code: z.custom<ErrorCode>((code) => typeof code === "string" && code in CONTRACT_ERRORS),
  message: z.string(),
  advice: z.string().nullable(),
};
export const Failure = z.strictObject(failure);
export type Failure = z.infer<typeof Failure>;

/** A bug has the code ENGINE_ERROR and its message. */
export function failureOf(error: unknown): Failure {
  if (!(error instanceof AppError)) {
    const message = error instanceof Error ? error.message : String(error);
    return { code: "ENGINE_ERROR", message, advice: null };
  }
  const { code, message, advice = null } = error;
  return { code, message, advice };
}

export function errorOf({ code, message, advice }: Failure): AppError {
  return new AppError(code, message, advice ?? undefined);
}
