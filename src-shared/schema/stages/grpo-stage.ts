/** The stage that learns by reinforcement: GRPO and its family. */
import { z } from "zod";
import { CriticOptions } from "../critic-options.ts";
import { AdvantageOptions, PolicyObjective, ReferenceOptions } from "../policy-objective.ts";
import { DEFAULT_REWARDS, RewardSpec } from "../reward.ts";
import { ProblemData } from "./problem-data.ts";
import {
  EndlessTrainingOptions,
  PeftOptions,
  PromptOptions,
  SamplingOptions,
  stageBase,
} from "./stage-options.ts";

/** Measuring on held-out problems while it trains; names are transformers' where it has them. */
const HeldOutOptions = z.strictObject({
  /** Optimizer steps between two measurements; without it nothing is measured. */
  eval_steps: z.int().min(1).optional(),
  /** Once before the first step too. */
  eval_on_start: z.boolean().default(false),
  /** What is asked; by default the held-out side of `data`. */
  eval_data: ProblemData.optional(),
  /** Problems that are asked, always the same; of a problem set at the most. */
  eval_problems: z.int().min(2).default(64),
  /** Completions of each. */
  num_generations_eval: z.int().min(1).default(1),
  /** The model of the measurement with the highest accuracy is what the stage gives. */
  load_best_model_at_end: z.boolean().default(false),
  /** The stage ends after so many measurements without a higher accuracy. */
  early_stopping_patience: z.int().min(1).optional(),
});

export const GrpoStage = z.strictObject({
  ...stageBase,
  kind: z.literal("grpo"),
  data: ProblemData,
  ...PromptOptions.shape,
  rewards: z
    .array(RewardSpec)
    .min(1)
    .default([...DEFAULT_REWARDS]),
  num_generations: z.int().min(2).default(8),
  /** Completions per generation batch: whole groups and whole optimizer steps. By default those of one optimizer step. */
  generation_batch_size: z.int().min(2).optional(),
  /** The same in micro-batches of per_device_train_batch_size, instead of generation_batch_size. */
  steps_per_generation: z.int().min(1).optional(),
  /** A batch's completions are shuffled before they are divided among its steps, as TRL always does. */
  shuffle_minibatches: z.boolean().default(true),
  /** DAPO's dynamic sampling: others are sampled for prompts that are all right or wrong by the verifier. verl's names. */
  filter_groups: z.boolean().default(false),
  /** So often at the most a batch is sampled; then it is filled up with prompts that were left out. */
  max_num_gen_batches: z.int().min(1).default(10),
  /** easy-to-hard: the stage's problems by pass rate where they were measured, else by difficulty. */
  curriculum: z.enum(["none", "easy-to-hard"]).default("none"),
  /**
   * Groups of a batch, at most, that take the place of groups whose advantages are all 0: earlier ones that were right in
   * part, each once, with the log-probabilities and advantages of when they were sampled.
   */
  replay_groups: z.int().min(0).default(0),
  /** Optimizer steps after which a group is too old to be learnt from again. */
  max_staleness: z.int().min(1).default(8),
  num_iterations: z.int().min(1).default(1),
  ...AdvantageOptions.shape,
  ...CriticOptions.shape,
  /**
   * ppo: a stage NAME-ppo runs beside this one, the same but for a critic, and with it each benchmark of its model. Results
   * say what going without a critic saved.
   */
  twin: z.enum(["ppo"]).optional(),
  ...PolicyObjective.shape,
  ...ReferenceOptions.shape,
  ...SamplingOptions.shape,
  ...EndlessTrainingOptions.shape,
  learning_rate: z.number().positive().default(1e-6),
  ...HeldOutOptions.shape,
  ...PeftOptions.shape,
});

export type GrpoStage = z.infer<typeof GrpoStage>;
