/** reasoning-gym: whether it is installed in the workspace, and how far its install is. */
import { z } from "zod";

export const GymState = z.strictObject({
  /** Null: it is not installed. */
  installed: z
    .strictObject({ version: z.string(), python: z.string(), datasets: z.int() })
    .nullable(),
  /** Where it is, or would be. */
  folder: z.string(),
});
export type GymState = z.infer<typeof GymState>;

export const GymProgress = z.strictObject({ phase: z.string(), share: z.number().min(0).max(1) });
export type GymProgress = z.infer<typeof GymProgress>;

/** The last event is `done` or `failed`. */
export const GymInstallEvent = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("progress"), ...GymProgress.shape }),
  z.strictObject({ type: z.literal("done"), state: GymState }),
  z.strictObject({ type: z.literal("failed"), message: z.string(), advice: z.string().nullable() }),
]);
export type GymInstallEvent = z.infer<typeof GymInstallEvent>;
