/**
 * The declared errors of every procedure: AppError's codes with the HTTP status they travel under.
 * `data.advice` says what to do.
 */
import { z } from "zod";
import type { ErrorCode } from "../errors.ts";

const data = z.strictObject({ advice: z.string().optional() });

export const CONTRACT_ERRORS = {
  BAD_INPUT: { status: 400, data },
  NOT_FOUND: { status: 404, data },
  CONFLICT: { status: 409, data },
  WORKSPACE_LOCKED: { status: 423, data },
  WORKSPACE_READ_ONLY: { status: 507, data },
  DISK_FULL: { status: 507, data },
  RUNTIME_MISSING: { status: 503, data },
  RUNTIME_BAD_VERSION: { status: 503, data },
  RUNTIME_BAD_HASH: { status: 503, data },
  NO_GPU: { status: 503, data },
  UNKNOWN_ARCHITECTURE: { status: 422, data },
  BAD_CHECKPOINT: { status: 422, data },
  BAD_TOKENIZER: { status: 422, data },
  BAD_RECIPE: { status: 422, data },
  PROMPT_TOO_LONG: { status: 422, data },
  OUT_OF_MEMORY: { status: 507, data },
  ENGINE_CRASHED: { status: 502, data },
  ENGINE_ERROR: { status: 502, data },
  DOWNLOAD_FAILED: { status: 502, data },
  NOT_ALLOWED: { status: 403, data },
  /** More would be spent on somebody else's servers than was allowed. */
  SPENDING_CAP: { status: 402, data },
} as const satisfies Record<ErrorCode, { status: number; data: typeof data }>;
