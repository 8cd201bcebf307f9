/** The stage that samples solutions and keeps the best of those that it accepts. */
import { z } from "zod";
import { EndpointTeacher } from "./endpoint-teacher.ts";
import { ProblemData } from "./problem-data.ts";
import { PromptOptions, SamplingOptions, SamplingPrecision, stageBase } from "./stage-options.ts";
import { TraceSelection } from "./trace-options.ts";

export const RejectionSamplingStage = z.strictObject({
  ...stageBase,
  kind: z.literal("rejection-sampling"),
  /** Who samples instead of `model`, which then is who will learn from it: prompts are counted by its tokenizer. */
  teacher: EndpointTeacher.optional(),
  data: ProblemData,
  ...PromptOptions.shape,
  num_prompts: z.int().min(1),
  num_generations: z.int().min(1).default(4),
  ...TraceSelection.shape,
  ...SamplingOptions.shape,
  ...SamplingPrecision.shape,
});

export type RejectionSamplingStage = z.infer<typeof RejectionSamplingStage>;
