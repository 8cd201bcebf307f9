/**
 * A recipe: models, tasks and the graph of stages. One schema for the wizard, the command line,
 * the contract and the engine. Option names and defaults are TRL 1.16's where TRL has the option; the few that are not
 * are listed, with why, in trl-defaults.ts.
 * Every object is strict: an unknown key is an error, never ignored.
 */
import { z } from "zod";
import { JsonValue } from "./json-value.ts";
import { AdvantageOptions, PolicyObjective, ReferenceOptions } from "./policy-objective.ts";
import { ProblemSplit } from "./problem.ts";
import { DEFAULT_REWARDS, RewardSpec } from "./reward.ts";

/** A task's name: built in, of the workspace's plug-ins, or `reasoning-gym/NAME`. */
export const TaskName = z.string().min(1).max(200);
export type TaskName = z.infer<typeof TaskName>;

/** Of several sources: how many problems it gives for each one of a source with weight 1. */
const weight = z.number().positive().optional();

const GYM_PREFIX = "reasoning-gym/";

/** Where prompts come from: a seeded task generator, with weights by difficulty. */
export const TaskSource = z.strictObject({
  task: TaskName.refine((name) => !name.startsWith(GYM_PREFIX), {
    message: "a task of reasoning-gym has a config, and no difficulties",
  }),
  /** Difficulties drawn in turn; repeat one to ask for more of it, e.g. [3, 4, 5, 5, 5]. */
  difficulties: z.array(z.int().min(1)).min(1),
  /** Of a plug-in: the SHA-256 of its file's text. A run keeps the text that it began with. */
  sha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/, "a SHA-256")
    .optional(),
  weight,
});
export type TaskSource = z.infer<typeof TaskSource>;

/** Where prompts come from: a dataset of reasoning-gym, which runs in a Python of its own. */
export const GymSource = z.strictObject({
  task: z.string().regex(/^reasoning-gym\/[a-z0-9_]{1,100}$/, "reasoning-gym/NAME"),
  /** Options of the dataset's own config class; seed and size are the recipe's. */
  config: z.record(z.string(), JsonValue).default({}),
  /** The package's; a run keeps the one that it began with. */
  version: z.string().min(1).max(100).optional(),
  weight,
});
export type GymSource = z.infer<typeof GymSource>;

/** A task that is not built in, as a source names it. */
export type OutsideSource = TaskSource | GymSource;

/** Where prompts come from: a problem set of the workspace. */
export const ProblemSource = z.strictObject({
  /** `NAME`, or `NAME@VERSION`; a run keeps the version that its name had when it began. */
  problems: z
    .string()
    .regex(/^[a-z0-9][a-z0-9._-]{0,63}(?:@[1-9]\d*)?$/, "a problem set's NAME or NAME@VERSION"),
  split: ProblemSplit.default("train"),
  /** A filter, e.g. "pass_rate:0.1..0.9 tag:algebra". */
  where: z.string().min(1).optional(),
  weight,
});
export type ProblemSource = z.infer<typeof ProblemSource>;

export const DataSource = z.union([TaskSource, GymSource, ProblemSource]);
export type DataSource = z.infer<typeof DataSource>;

/** What a stage asks: one source of problems, or several with weights. */
export const ProblemData = z.union([
  TaskSource,
  GymSource,
  ProblemSource,
  z.array(DataSource).min(1),
]);
export type ProblemData = z.infer<typeof ProblemData>;

/** How problems are put to the model, and where its answer is looked for. */
export const PromptOptions = z.strictObject({
  /** Comes before the problem's own messages, in the chat template's form. */
  system_prompt: z.string().min(1).optional(),
  /**
   * `r1-zero`: the plain text of DeepSeek-R1-Zero (table 1), without the chat template. Else a Jinja template of the
   * user's message over the problem's columns and `prompt`.
   */
  prompt_template: z.string().min(1).optional(),
  /** tags: inside `<answer>…</answer>`; boxed: the last `\boxed{…}`; last-line: the last line that is not blank. */
  answer_format: z.enum(["tags", "boxed", "last-line"]).default("tags"),
});
export type PromptOptions = z.infer<typeof PromptOptions>;
export type AnswerFormat = PromptOptions["answer_format"];

const stageBase = {
  /** Unique in the recipe; later stages name it as an input. */
  name: z.string().regex(/^[a-z0-9][a-z0-9-]*$/, "lower-case letters, digits and dashes"),
  /** The model this stage starts from: a key of `models`, or the name of an earlier stage. */
  model: z.string(),
  /** Seed of this stage; by default derived from the recipe's seed and the stage's name. */
  seed: z.int().min(0).optional(),
};

/** Optimisation options shared by every training stage. Names and meaning as in TRL / transformers. */
export const TrainingOptions = z.strictObject({
  /** transformers' own default; TRL's trainers have theirs, see the stages. */
  learning_rate: z.number().positive().default(5e-5),
  lr_scheduler_type: z
    .enum(["constant", "linear", "cosine", "cosine_with_restarts", "warmup_stable_decay"])
    .default("linear"),
  lr_scheduler_kwargs: z
    .strictObject({
      /** Of cosine_with_restarts: how often the rate falls; 1 by default. */
      num_cycles: z.int().min(1).optional(),
      /** Of warmup_stable_decay: the steps at the end in which the rate falls; a tenth of all by default. */
      num_decay_steps: z.int().min(1).optional(),
    })
    .optional(),
  /** Steps of linear warm-up from 0; below 1, a share of all steps. */
  warmup_steps: z
    .number()
    .min(0)
    .refine((steps) => steps < 1 || Number.isInteger(steps), "whole steps, or a share below 1")
    .default(0),
  /** Where a decaying schedule ends, as a share of `learning_rate`. */
  min_lr_ratio: z.number().min(0).max(1).default(0),
  per_device_train_batch_size: z.int().min(1).default(8),
  gradient_accumulation_steps: z.int().min(1).default(1),
  /** Steps of the optimizer; -1 means: as many as `num_train_epochs` asks. */
  max_steps: z.int().min(-1).default(-1),
  num_train_epochs: z.number().positive().default(3),
  weight_decay: z.number().min(0).default(0),
  adam_beta1: z.number().min(0).max(1).default(0.9),
  adam_beta2: z.number().min(0).max(1).default(0.999),
  adam_epsilon: z.number().positive().default(1e-8),
  max_grad_norm: z.number().positive().default(1),
  /**
   * Matrix products in bfloat16, forward, backward and in sampling; weights and optimizer stay float32. Needs the
   * TensorFlow runtime.
   */
  bf16: z.boolean().default(false),
  /** Layers keep only their inputs for the backward pass and are computed again there: less memory, a third more work. */
  gradient_checkpointing: z.boolean().default(false),
  /** A checkpoint every so many steps. */
  save_steps: z.int().min(1).default(50),
  /** Checkpoints kept; the last good one is never deleted. */
  save_total_limit: z.int().min(1).default(2),
});
export type TrainingOptions = z.infer<typeof TrainingOptions>;

/** The matrices of a layer that can get an adapter, by the last part of their names. */
export const LoraTarget = z.enum([
  "q_proj",
  "k_proj",
  "v_proj",
  "o_proj",
  "gate_proj",
  "up_proj",
  "down_proj",
]);

/** Low-rank adapters instead of all weights. TRL's ModelConfig names and defaults; the targets' default is every linear matrix ("all-linear"). */
export const PeftOptions = z.strictObject({
  use_peft: z.boolean().default(false),
  lora_r: z.int().min(1).default(16),
  lora_alpha: z.number().positive().default(32),
  lora_dropout: z.number().min(0).lt(1).default(0.05),
  lora_target_modules: z
    .array(LoraTarget)
    .min(1)
    .default([...LoraTarget.options]),
  use_rslora: z.boolean().default(false),
});
export type PeftOptions = z.infer<typeof PeftOptions>;

/** Options of stages whose data never run out: they end after `max_steps`, so epochs mean nothing. */
const EndlessTrainingOptions = TrainingOptions.omit({ num_train_epochs: true }).extend({
  max_steps: z.int().min(1),
});

/** Options of stages that learn from examples: TRL's SFTConfig. */
const ExampleOptions = z.strictObject({
  learning_rate: z.number().positive().default(2e-5),
  max_length: z.int().min(8).default(1024),
  /** What becomes of examples longer than `max_length`: their first tokens are kept (TRL), or they are left out. */
  truncation_mode: z.enum(["keep_start", "drop"]).default("keep_start"),
});

export const SamplingOptions = z.strictObject({
  temperature: z.number().min(0).default(1),
  top_p: z.number().gt(0).max(1).default(1),
  /** 0 turns it off. */
  top_k: z.int().min(0).default(0),
  min_p: z.number().min(0).max(1).default(0),
  repetition_penalty: z.number().positive().default(1),
  max_completion_length: z.int().min(1).default(512),
});
export type SamplingOptions = z.infer<typeof SamplingOptions>;

/** Of stages that sample and do not train. */
const SamplingPrecision = z.strictObject({
  /** Matrix products, and the keys and values kept for them, in bfloat16. */
  bf16: z.boolean().default(false),
});

export const PretrainStage = z.strictObject({
  ...stageBase,
  kind: z.literal("pretrain"),
  corpus: z.enum(["base"]).default("base"),
  sequence_length: z.int().min(8).default(128),
  ...EndlessTrainingOptions.shape,
});

export const SftStage = z.strictObject({
  ...stageBase,
  kind: z.literal("sft"),
  /** Cold-start examples with worked reasoning, or the dataset an earlier stage made, or a dataset of the store. */
  data: z.union([
    z.strictObject({ source: ProblemData, examples: z.int().min(1) }),
    z.strictObject({ stage: z.string() }),
    z.strictObject({ dataset: z.string() }),
  ]),
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
  num_iterations: z.int().min(1).default(1),
  ...AdvantageOptions.shape,
  ...PolicyObjective.shape,
  ...ReferenceOptions.shape,
  ...SamplingOptions.shape,
  ...EndlessTrainingOptions.shape,
  learning_rate: z.number().positive().default(1e-6),
  ...HeldOutOptions.shape,
  ...PeftOptions.shape,
});

/** A teacher behind an endpoint of the workspace: its texts are learnt from, their log-probabilities are not to be had. */
export const EndpointTeacher = z.strictObject({
  /** The endpoint's name. */
  endpoint: z.string().trim().min(1).max(100),
  /** As the server calls it; by default the endpoint's own. A run keeps the one it began with. */
  model: z.string().trim().min(1).max(300).optional(),
  /** Dollars that a run may spend on it: no request is made that might pass them. */
  cap: z.number().positive().optional(),
  /** Seconds for a completion. */
  timeout: z.number().positive().max(86_400).default(600),
});
export type EndpointTeacher = z.infer<typeof EndpointTeacher>;

export const RejectionSamplingStage = z.strictObject({
  ...stageBase,
  kind: z.literal("rejection-sampling"),
  /** Who samples instead of `model`, which then is who will learn from it: prompts are counted by its tokenizer. */
  teacher: EndpointTeacher.optional(),
  data: ProblemData,
  ...PromptOptions.shape,
  num_prompts: z.int().min(1),
  num_generations: z.int().min(1).default(4),
  /** At most so many different right completions kept of one prompt. */
  max_per_prompt: z.int().min(1).default(2),
  ...SamplingOptions.shape,
  ...SamplingPrecision.shape,
});

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
  max_per_prompt: z.int().min(1).default(2),
  ...DivergenceOptions.shape,
  ...SamplingOptions.shape,
  ...TrainingOptions.shape,
  ...ExampleOptions.shape,
  ...PeftOptions.shape,
});

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

export const Stage = z.discriminatedUnion("kind", [
  PretrainStage,
  SftStage,
  GrpoStage,
  RejectionSamplingStage,
  DistillStage,
  BenchmarkStage,
]);
export type Stage = z.infer<typeof Stage>;
export type StageKind = Stage["kind"];
export type PretrainStage = z.infer<typeof PretrainStage>;
export type SftStage = z.infer<typeof SftStage>;
export type GrpoStage = z.infer<typeof GrpoStage>;
export type RejectionSamplingStage = z.infer<typeof RejectionSamplingStage>;
export type DistillStage = z.infer<typeof DistillStage>;
export type BenchmarkStage = z.infer<typeof BenchmarkStage>;

/** The stage's teacher, where it is behind an endpoint. */
export function endpointTeacher(stage: Stage): EndpointTeacher | undefined {
  if (stage.kind !== "distill" && stage.kind !== "rejection-sampling") return undefined;
  return typeof stage.teacher === "object" ? stage.teacher : undefined;
}

/** The stage's teacher, where it is a model of the recipe. */
export function modelTeacher(stage: Stage): string | undefined {
  return stage.kind === "distill" && typeof stage.teacher === "string" ? stage.teacher : undefined;
}

export const Recipe = z.strictObject({
  name: z.string().min(1),
  description: z.string().optional(),
  seed: z.int().min(0).default(0),
  /** Names used by the stages → a model id of the workspace, a built-in name, or a folder in hub layout. */
  models: z.record(z.string(), z.string()),
  stages: z.array(Stage).min(1),
});
export type Recipe = z.infer<typeof Recipe>;
