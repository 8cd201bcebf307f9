/** What a process that reads a foreign file may take, and how it speaks with the host. */
import { z } from "zod";
import { memoryLimitBytes } from "#main/platform/machine.ts";
import { Failure } from "../failure.ts";

export const ReadingLimits = z.object({
  /** Of computing between two items. */
  cpuMs: z.number().positive(),
  /** Of the whole process. */
  memoryBytes: z.number().positive(),
});
export type ReadingLimits = z.infer<typeof ReadingLimits>;

/** What is to be read, first; then "next" for each further item. */
export const ReadingRequest = z.union([
  z.literal("next"),
  z.object({ request: z.unknown(), limits: ReadingLimits }),
]);
export type ReadingRequest = z.infer<typeof ReadingRequest>;

export const ReadingMessage = z.discriminatedUnion("type", [
  z.object({ type: z.literal("item"), item: z.unknown() }),
  z.object({ type: z.literal("end") }),
  z.object({ type: z.literal("failed"), ...Failure.shape }),
  z.object({ type: z.literal("bug"), stack: z.string() }),
]);
export type ReadingMessage = z.infer<typeof ReadingMessage>;

/** What the thread that watches a reading is given. */
export interface ReadingWatch {
  /** Changes begin the count of computing anew. */
  readonly progress: Int32Array;
  readonly limits: ReadingLimits;
}

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
