/** The stage that learns from worked examples: the cold start, or supervised fine-tuning of any other data. */
import { z } from "zod";
import { ExampleData } from "./example-data.ts";
import {
  ExampleOptions,
  PeftOptions,
  PromptOptions,
  TrainingOptions,
  stageBase,
} from "./stage-options.ts";

export const SftStage = z.strictObject({
  ...stageBase,
  kind: z.literal("sft"),
  /** Cold-start examples with worked reasoning, what an earlier stage kept, datasets; alone or mixed by weights. */
  data: ExampleData,
  /** Learn from the last answer of a conversation alone, for templates that rewrite earlier turns (Qwen3's). */
  mask_history: z.boolean().default(false),
  /** Of worked examples: how the problem is put, as in the stages that sample. */
  ...PromptOptions.omit({ answer_format: true }).shape,
  /** Several examples in one row, with attention kept apart; otherwise rows are grouped by length. */
  packing: z.boolean().default(false),
  ...TrainingOptions.shape,
  ...ExampleOptions.shape,
  ...PeftOptions.shape,
});

export type SftStage = z.infer<typeof SftStage>;
