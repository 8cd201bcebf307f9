/** What the host asks the process that reads and writes models' files for. */
import { z } from "zod";

export const ModelFileWork = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("import"), file: z.string(), folder: z.string() }),
  z.object({
    kind: z.literal("export"),
    folder: z.string(),
    file: z.string(),
    type: z.enum(["F16", "Q8_0"]),
    name: z.string(),
  }),
  /** Whether every tensor of the architecture is there with its shape. */
  z.object({ kind: z.literal("check"), folder: z.string() }),
  /** Whether every file of a training checkpoint is what was written. */
  z.object({ kind: z.literal("verify-checkpoint"), folder: z.string() }),
]);
export type ModelFileWork = z.infer<typeof ModelFileWork>;

/** Tensors. */
export const ModelFileProgress = z.object({ done: z.int(), total: z.int() });
export type ModelFileProgress = z.infer<typeof ModelFileProgress>;
