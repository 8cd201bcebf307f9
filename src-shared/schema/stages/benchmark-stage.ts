/** The stage that measures a model. */
import { z } from "zod";
import { ProblemData } from "./problem-data.ts";
import { PromptOptions, SamplingOptions, SamplingPrecision, stageBase } from "./stage-options.ts";

export const BenchmarkStage = z.strictObject({
  ...stageBase,
  kind: z.literal("benchmark"),
  /** Problems of a task's held-out side or of a problem set, or an imported benchmark by its id. */
  data: z.union([ProblemData, z.strictObject({ benchmark: z.string() })]),
  ...PromptOptions.shape,
  /** Held-out problems, or the first ones of the set; of a problem set at the most. */
  num_problems: z.int().min(1),
  /** Completions a problem (k). */
  num_samples: z.int().min(1).default(4),
  /** strict: the answer inside <answer>…</answer>; lenient: else the last number or list of the text. */
  scoring: z.enum(["strict", "lenient"]).default("strict"),
  ...SamplingOptions.shape,
  ...SamplingPrecision.shape,
});

export type BenchmarkStage = z.infer<typeof BenchmarkStage>;
