/** Options that stages of several kinds share. Names and defaults are TRL's where it has the option. */
import { z } from "zod";

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

export const stageBase = {
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
export const EndlessTrainingOptions = TrainingOptions.omit({ num_train_epochs: true }).extend({
  max_steps: z.int().min(1),
});

/** Options of stages that learn from examples: TRL's SFTConfig. */
export const ExampleOptions = z.strictObject({
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
export const SamplingPrecision = z.strictObject({
  /** Matrix products, and the keys and values kept for them, in bfloat16. */
  bf16: z.boolean().default(false),
});
