/** How one damaged file was taken. */
import { z } from "zod";

export const FuzzOutcome = z.object({
  kind: z.enum(["read", "refused", "bug"]),
  said: z.string(),
  ms: z.number(),
  bytes: z.number(),
});
export type FuzzOutcome = z.infer<typeof FuzzOutcome>;
