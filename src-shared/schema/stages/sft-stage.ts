/** The stage that learns from worked examples: the cold start, or supervised fine-tuning of any other data. */
import { z } from "zod";
import { ExampleData, HeldOutSource } from "./example-data.ts";
import {
  ExampleOptions,
  PeftOptions,
  PromptOptions,
  TrainingOptions,
  stageBase,
} from "./stage-options.ts";

/** Measuring on held-out examples while it trains; names are transformers', and `test_size` that of datasets' train_test_split. */
const HeldOutExamples = z.strictObject({
  /** Optimizer steps between two measurements; without it nothing is measured. */
  eval_steps: z.int().min(1).optional(),
  /** Once before the first step too. */
  eval_on_start: z.boolean().default(false),
  /** What is measured on: examples of another source, TRL's eval_dataset. By default a share of the stage's own. */
  eval_data: HeldOutSource.optional(),
  /** Without eval_data: the share of the examples that is held out and never learned from; those of one prompt stay together. */
  test_size: z.number().positive().max(0.5).default(0.1),
  /** The model of the measurement with the lowest eval_loss is what the stage gives. */
  load_best_model_at_end: z.boolean().default(false),
  /** The stage ends after so many measurements without a lower eval_loss. */
  early_stopping_patience: z.int().min(1).optional(),
});

export const SftStage = z.strictObject({
  ...stageBase,
  kind: z.literal("sft"),
  /** Cold-start examples with worked reasoning, what an earlier stage kept, datasets; alone or mixed by weights. */
  data: ExampleData,
  /** Learn from the last answer of a conversation alone, for templates that rewrite earlier turns (Qwen3's). */
  mask_history: z.boolean().default(false),
  /** Learn from what the assistant wrote; off: from every token, as TRL does of conversations. */
  assistant_only_loss: z.boolean().default(true),
  /** Learn from the last answer, and what the template writes after it; what comes before is its prompt. */
  completion_only_loss: z.boolean().optional(),
  /** nll: cross-entropy. dft: each token weighted by its own probability (Dynamic Fine-Tuning, arXiv 2508.05629). */
  loss_type: z.enum(["nll", "dft"]).default("nll"),
  /** NEFTune (arXiv 2310.05914): uniform noise of up to alpha / √(tokens · width) on embeddings while it trains. */
  neftune_noise_alpha: z.number().positive().optional(),
  /** The token that ends an answer, where it is not the model's own: the model that comes out stops there too. */
  eos_token: z.string().min(1).optional(),
  /** Of worked examples: how the problem is put, as in the stages that sample. */
  ...PromptOptions.omit({ answer_format: true }).shape,
  /** Several examples in one row, with attention kept apart; otherwise rows are grouped by length. */
  packing: z.boolean().default(false),
  ...TrainingOptions.shape,
  ...ExampleOptions.shape,
  ...HeldOutExamples.shape,
  ...PeftOptions.shape,
});

export type SftStage = z.infer<typeof SftStage>;
