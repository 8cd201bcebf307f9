/**
 * What each option means, in one plain line, and where it stands in the form. Which options there are, of which type and
 * with which default, is the schema's to say: see stage-fields.ts. Names are TRL's.
 */
export const GROUPS = [
  "Sampling",
  "Objective",
  "Size",
  "Optimisation",
  "Precision and memory",
  "LoRA",
  "Checkpoints",
  "Other",
] as const;
export type Group = (typeof GROUPS)[number];

export interface OptionText {
  readonly group: Group;
  readonly line: string;
}

export const OPTIONS: Readonly<Record<string, OptionText>> = {
  num_generations: { group: "Sampling", line: "completions per prompt, the group" },
  generation_batch_size: { group: "Sampling", line: "completions sampled at a time" },
  max_completion_length: { group: "Sampling", line: "tokens; longer ones are cut" },
  temperature: { group: "Sampling", line: "how freely it samples; 0 is greedy" },
  top_p: { group: "Sampling", line: "share of probability kept" },
  top_k: { group: "Sampling", line: "tokens kept; 0 keeps all" },
  min_p: { group: "Sampling", line: "least share of the likeliest token's probability" },
  repetition_penalty: { group: "Sampling", line: "above 1 discourages repeating" },
  num_iterations: { group: "Objective", line: "times a batch of completions is trained on" },
  loss_type: { group: "Objective", line: "how token losses are averaged" },
  scale_rewards: { group: "Objective", line: "divide advantages by this spread" },
  epsilon: { group: "Objective", line: "clip range of the ratio, below" },
  epsilon_high: { group: "Objective", line: "clip range above; as epsilon where empty" },
  delta: { group: "Objective", line: "upper bound of the ratio where the advantage is negative" },
  beta: { group: "Objective", line: "weight of KL to the reference; 0 keeps no reference" },
  use_bias_correction_kl: {
    group: "Objective",
    line: "KL times the ratio, so that its gradient is the reverse KL's",
  },
  mask_truncated_completions: { group: "Objective", line: "learn nothing from cut completions" },
  importance_sampling_clip_max: {
    group: "Objective",
    line: "limit of a token's weight where bf16 rounds the sampler",
  },
  num_prompts: { group: "Size", line: "problems that are sampled" },
  max_per_prompt: { group: "Size", line: "different right solutions kept of one problem" },
  num_problems: { group: "Size", line: "held-out problems, n" },
  num_samples: { group: "Size", line: "completions per problem, k" },
  scoring: { group: "Size", line: "strict: inside the answer tags; lenient: else the last number" },
  max_length: {
    group: "Size",
    line: "tokens of an example; truncation_mode says what becomes of longer ones",
  },
  truncation_mode: {
    group: "Size",
    line: "longer examples: keep_start cuts their end off, drop leaves them out",
  },
  mask_history: {
    group: "Size",
    line: "learn from the last answer alone, where the template rewrites earlier turns (Qwen3's)",
  },
  sequence_length: { group: "Size", line: "tokens of a row" },
  packing: { group: "Size", line: "several examples in one row, kept apart" },
  corpus: { group: "Size", line: "text that is learned" },
  max_steps: { group: "Optimisation", line: "optimizer steps; −1: as the epochs ask" },
  num_train_epochs: { group: "Optimisation", line: "passes over the examples" },
  learning_rate: { group: "Optimisation", line: "AdamW's peak rate" },
  lr_scheduler_type: { group: "Optimisation", line: "how the rate falls" },
  warmup_steps: { group: "Optimisation", line: "steps in which the rate rises from 0" },
  min_lr_ratio: { group: "Optimisation", line: "where the rate ends, as a share of its peak" },
  per_device_train_batch_size: { group: "Optimisation", line: "rows that go through at once" },
  gradient_accumulation_steps: { group: "Optimisation", line: "times that, for one step" },
  weight_decay: { group: "Optimisation", line: "pull of the weights to 0" },
  adam_beta1: { group: "Optimisation", line: "memory of the gradient" },
  adam_beta2: { group: "Optimisation", line: "memory of its square" },
  adam_epsilon: { group: "Optimisation", line: "keeps the division from 0" },
  max_grad_norm: { group: "Optimisation", line: "longer gradients are shortened to this" },
  save_steps: { group: "Checkpoints", line: "a checkpoint every so many steps" },
  save_total_limit: { group: "Checkpoints", line: "checkpoints kept" },
  seed: { group: "Checkpoints", line: "of this stage; from the recipe's seed where empty" },
  bf16: { group: "Precision and memory", line: "matrix products in bfloat16, weights in float32" },
  gradient_checkpointing: {
    group: "Precision and memory",
    line: "compute activations again instead of keeping them",
  },
  use_peft: { group: "LoRA", line: "train a small adapter, not the weights" },
  lora_r: { group: "LoRA", line: "rank of the adapter" },
  lora_alpha: { group: "LoRA", line: "its scale, divided by the rank" },
  lora_dropout: { group: "LoRA", line: "share of its inputs left out while training" },
  lora_target_modules: { group: "LoRA", line: "layers that get one" },
  use_rslora: { group: "LoRA", line: "divide the scale by the rank's root" },
};

export function optionText(name: string): OptionText {
  return OPTIONS[name] ?? { group: "Other", line: "" };
}
