/** The stage that teaches a student what a teacher knows. */
import { z } from "zod";
import { EndpointTeacher } from "./endpoint-teacher.ts";
import { ProblemData } from "./problem-data.ts";
import {
  ExampleOptions,
  PeftOptions,
  PromptOptions,
  SamplingOptions,
  TrainingOptions,
  stageBase,
} from "./stage-options.ts";
import { TraceSelection } from "./trace-options.ts";

/** On-policy distillation: TRL's GKDConfig; `loss_top_k` and `loss_add_tail` are of its ServerDistillationConfig. */
const DivergenceOptions = z.strictObject({
  /**
   * sft: the student learns the teacher's right solutions, token by token. gkd: it learns the teacher's distribution over
   * next tokens, on solutions of its own too (generalized knowledge distillation, arXiv 2306.13649).
   */
  method: z.enum(["sft", "gkd"]).default("sft"),
  /** Share of batches that the student samples; the others have the teacher's solutions. */
  lmbda: z.number().min(0).max(1).default(0.5),
  /** Of the generalized Jensen-Shannon divergence: 0 is the forward KL, 1 the reverse KL. */
  beta: z.number().min(0).max(1).default(0.5),
  /** Batches that are not the student's are sampled by the teacher as they come, instead of verified solutions. */
  seq_kd: z.boolean().default(false),
  /** The divergence is of so many of the teacher's likeliest tokens; 0: of all. */
  loss_top_k: z.int().min(0).default(0),
  /** With loss_top_k: what is left of both distributions counts as one token more. */
  loss_add_tail: z.boolean().default(true),
  /** The student's adapters learn without dropout. */
  disable_dropout: z.boolean().default(true),
});

export const DistillStage = z.strictObject({
  ...stageBase,
  kind: z.literal("distill"),
  /** The teacher: a key of `models`, an earlier stage, or a model behind an endpoint. `model` is the fresh student. */
  teacher: z.union([z.string(), EndpointTeacher]),
  data: ProblemData,
  ...PromptOptions.shape,
  num_prompts: z.int().min(1),
  num_generations: z.int().min(1).default(2),
  ...TraceSelection.shape,
  ...DivergenceOptions.shape,
  ...SamplingOptions.shape,
  ...TrainingOptions.shape,
  ...ExampleOptions.shape,
  ...PeftOptions.shape,
});

export type DistillStage = z.infer<typeof DistillStage>;
