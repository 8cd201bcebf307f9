/**
 * The errors a user can cause or meet. Anything else is a bug and travels to the crash handler;
 * a cancellation is an AbortSignal and no error at all.
 */
export type ErrorCode =
  | "BAD_INPUT"
  | "NOT_FOUND"
  | "CONFLICT"
  | "WORKSPACE_LOCKED"
  | "WORKSPACE_READ_ONLY"
  | "DISK_FULL"
  | "RUNTIME_MISSING"
  | "RUNTIME_BAD_VERSION"
  | "RUNTIME_BAD_HASH"
  | "NO_GPU"
  | "UNKNOWN_ARCHITECTURE"
  | "BAD_CHECKPOINT"
  | "BAD_TOKENIZER"
  | "BAD_RECIPE"
  | "PROMPT_TOO_LONG"
  | "OUT_OF_MEMORY"
  | "ENGINE_CRASHED"
  | "ENGINE_ERROR"
  | "DOWNLOAD_FAILED"
  | "NOT_ALLOWED"
  | "SPENDING_CAP";

/** An expected failure: what happened, and what to do about it. */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly advice: string | undefined;
  constructor(
    code: ErrorCode,
    message: string,
    advice?: string,
    options?: { readonly cause?: unknown },
  ) {
    super(message, options);
    this.name = "AppError";
    this.code = code;
    this.advice = advice;
  }
}

export function assertNever(value: never): never {
  throw new Error(`unexpected value: ${JSON.stringify(value)}`);
}
