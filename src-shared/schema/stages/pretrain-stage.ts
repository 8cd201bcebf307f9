/** The stage that trains a small base model from nothing. */
import { z } from "zod";
import { EndlessTrainingOptions, stageBase } from "./stage-options.ts";

export const PretrainStage = z.strictObject({
  ...stageBase,
  kind: z.literal("pretrain"),
  corpus: z.enum(["base"]).default("base"),
  sequence_length: z.int().min(8).default(128),
  ...EndlessTrainingOptions.shape,
});

export type PretrainStage = z.infer<typeof PretrainStage>;
