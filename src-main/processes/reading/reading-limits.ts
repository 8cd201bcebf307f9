/** What a process that reads a foreign file may take, and how it speaks with the host. */
import { z } from "zod";
import { CONTRACT_ERRORS } from "#shared/contract/errors.ts";
import type { ErrorCode } from "#shared/errors.ts";
import { memoryLimitBytes } from "#main/platform/machine.ts";

export const ReadingLimits = z.object({
  /** Of computing between two items. */
  cpuMs: z.number().positive(),
  /** Of the whole process. */
  memoryBytes: z.number().positive(),
});
export type ReadingLimits = z.infer<typeof ReadingLimits>;

export const ReadingMessage = z.discriminatedUnion("type", [
  z.object({ type: z.literal("item"), item: z.unknown() }),
  z.object({ type: z.literal("end") }),
  z.object({
    type: z.literal("failed"),
    code: z.custom<ErrorCode>((code) => typeof code === "string" && code in CONTRACT_ERRORS),
    message: z.string(),
    advice: z.string().nullable(),
  }),
  z.object({ type: z.literal("bug"), stack: z.string() }),
]);
export type ReadingMessage = z.infer<typeof ReadingMessage>;

/** The pipe on which the child says which limit it met. */
export const LIMIT_PIPE = 4;
const BASE_CPU_MS = 800;
const BASE_MEMORY_BYTES = 280e6;
/** The slowest reading of an honest file, and the most memory a byte of it takes. */
const BYTES_A_SECOND = 5e6;
const MEMORY_A_BYTE = 8;
/** What reading a file of this size may take. */
export function readingLimits(bytes: number): ReadingLimits {
  const most = Math.max(1e9, memoryLimitBytes() / 2);
  return {
    cpuMs: BASE_CPU_MS + (bytes / BYTES_A_SECOND) * 1000,
    memoryBytes: Math.min(most, BASE_MEMORY_BYTES + MEMORY_A_BYTE * bytes),
  };
}
