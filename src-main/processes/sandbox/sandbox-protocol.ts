/** What the pool and a worker of the sandbox say to each other. */
import { z } from "zod";
import { SandboxLimit, SandboxLimits } from "#main/core/sandbox-port.ts";

export const WorkerRequest = z.strictObject({
  harness: z.string(),
  files: z.record(z.string(), z.string()),
  /** JSON. */
  input: z.string(),
  limits: SandboxLimits,
});
export type WorkerRequest = z.infer<typeof WorkerRequest>;

const printed = z.string();
const Outcome = z.discriminatedUnion("ended", [
  z.strictObject({ ended: z.literal("returned"), value: z.string(), printed }),
  z.strictObject({ ended: z.literal("threw"), message: z.string(), printed }),
  z.strictObject({ ended: z.literal("limit"), limit: SandboxLimit, printed }),
  z.strictObject({ ended: z.literal("died"), message: z.string(), printed }),
]);

export const WorkerMessage = z.discriminatedUnion("type", [
  /** The interpreter has started. */
  z.strictObject({ type: z.literal("ready") }),
  /** `spent`: it must not run another program. */
  z.strictObject({ type: z.literal("outcome"), outcome: Outcome, spent: z.boolean() }),
  /** A fault of ours. */
  z.strictObject({ type: z.literal("bug"), stack: z.string() }),
]);
export type WorkerMessage = z.infer<typeof WorkerMessage>;

/** What the watch writes to the host before it ends the process. */
export const WatchWord = z.enum(["time", "memory"]);
export type WatchWord = z.infer<typeof WatchWord>;

/** Beyond a program's own limit: what the interpreter's own end may take before the watch ends it. */
export const GRACE_MS = 300;
/** Of the process beyond a program's memory: Node, the interpreter, and the copy of its fresh memory. */
export const PROCESS_BYTES = 400 * 2 ** 20;
