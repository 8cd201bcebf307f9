/**
 * What each option means, in one plain line, and where it stands in the form. Which options there are, of which type and
 * with which default, is the schema's to say: see stage-fields.ts. Names are TRL's.
 */
export const GROUPS = [
  "Prompt",
  "Sampling",
  "Objective",
  "Advantages",
  "Critic",
  "KL and reference",
  "Entropy",
  "Sampler and policy",
  "Size",
  "What is kept",
  "Optimisation",
  "Precision and memory",
  "LoRA",
  "Evaluation",
  "Checkpoints",
  "Other",
] as const;
export type Group = (typeof GROUPS)[number];

export interface OptionText {
  readonly group: Group;
  readonly line: string;
}

const LINES: Readonly<Record<Group, Readonly<Record<string, string>>>> = {
  Prompt: {
    system_prompt: "comes before each problem, in the chat template's form",
    prompt_template: "r1-zero, or Jinja over the problem's columns and prompt; empty: as it is",
    answer_format: "where the answer stands: tags, boxed, or on the last line",
  },
  Sampling: {
    num_generations: "completions per prompt, the group",
    generation_batch_size: "completions sampled at a time; one step's where empty",
    steps_per_generation: "the same, in rows that go through at once; empty where the other is set",
    max_completion_length: "tokens; longer ones are cut",
    temperature: "how freely it samples; 0 is greedy",
    top_p: "share of probability kept",
    top_k: "tokens kept; 0 keeps all",
    min_p: "least share of the likeliest token's probability",
    repetition_penalty: "above 1 discourages repeating",
  },
  Objective: {
    method: "sft: the teacher's right texts; gkd: its distribution over tokens, on-policy too",
    lmbda: "share of batches that the student samples, 0 to 1; the rest are the teacher's",
    seq_kd: "batches that are not the student's: sampled by the teacher as they come, unverified",
    loss_top_k: "the teacher's likeliest tokens that are compared; 0: all, exactly",
    loss_add_tail: "what loss_top_k leaves out counts as one token more",
    disable_dropout: "adapters learn without dropout",
    filter_groups: "sample others for prompts that are all right or all wrong (DAPO)",
    max_num_gen_batches: "times a batch is sampled at the most, with filter_groups",
    curriculum: "easy-to-hard: by measured pass rate, else by difficulty",
    replay_groups: "groups a batch that replace those that teach nothing by earlier ones; 0: none",
    max_staleness: "optimizer steps after which an earlier group is too old for that",
    shuffle_minibatches: "mix a batch's completions before they are divided among steps",
    num_iterations: "times a batch of completions is trained on",
    loss_type: "what a token loses by its ratio, and how token losses are averaged",
    importance_sampling_level: "ratio of each token, or of the whole completion (GSPO)",
    epsilon: "clip range of the ratio, below",
    epsilon_high: "clip range above; as epsilon where empty; cispo: the bound itself",
    delta: "upper bound of the ratio where the advantage is negative",
    sapo_temperature_pos: "sapo: how sharply its gate closes, advantage above 0",
    sapo_temperature_neg: "sapo: the same, advantage at or under 0",
    vespo_k_pos: "vespo: power of the ratio, advantage at or above 0",
    vespo_lambda_pos: "vespo: decay by the ratio, advantage at or above 0",
    vespo_k_neg: "vespo: power of the ratio, advantage under 0",
    vespo_lambda_neg: "vespo: decay by the ratio, advantage under 0",
    assistant_only_loss:
      "learn from the assistant's tokens; off: from every token, the questions too",
    completion_only_loss: "learn from the last answer and what ends it; the rest is its prompt",
    neftune_noise_alpha: "noise on embeddings, alpha / √(tokens · width); 5 is usual; empty: none",
    mask_truncated_completions: "learn nothing from cut completions",
  },
  Advantages: {
    adv_estimator:
      "in the group, leave one out, in the batch, best of k, or by a critic (gae: PPO)",
    adv_k: "pass_at_k: completions tried together, of which the best counts",
    scale_rewards: "divide advantages by this spread",
    multi_objective_aggregation: "compare the sum of rewards, or each reward by itself (GDPO)",
    normalize_advantages: "RLOO: bring the batch's advantages to mean 0 and spread 1",
  },
  Critic: {
    twin: "run PPO with a critic beside it: same prompts, seed and sizes; Results compare them",
    value_model: "the critic: a head on the policy's layers, or a second model of its size",
    gamma: "what a reward a token later is worth now, 0 to 1",
    lam: "how far an advantage looks ahead: 0 to the critic's next value, 1 to the reward",
    vf_coef: "weight of the critic's loss beside the policy's",
    critic_learning_rate: "peak rate of a critic of its own; empty: the policy's",
    missing_eos_penalty: "taken off the reward of what does not end in time; empty: nothing",
    cliprange_value: "how far a value may move in a batch, in the reward's unit",
    whiten_rewards: "divide token rewards by their spread",
    whiten_advantages: "bring token advantages to mean 0 and spread 1, as TRL's PPO does",
  },
  "KL and reference": {
    beta: "weight of KL to the reference; 0 keeps no reference",
    kl_estimator: "Schulman's estimate of KL at a token",
    use_kl_in_reward: "take KL off the reward instead of adding it to the loss",
    use_bias_correction_kl: "KL times the ratio, so that its gradient is the reverse KL's",
    sync_ref_model: "move the reference towards the policy now and then",
    ref_model_mixup_alpha: "how far it moves; 1 replaces it, as R1 does",
    ref_model_sync_steps: "steps between two moves; R1 has 400",
  },
  Entropy: {
    top_entropy_quantile: "share of tokens learnt from, those of highest entropy; 80/20: 0.2",
    entropy_coef: "weight of the entropy bonus in the loss",
    use_adaptive_entropy: "move that weight so that entropy stays at its target",
    entropy_coef_min: "lowest weight of the bonus",
    entropy_coef_max: "highest weight of the bonus",
    entropy_coef_delta: "how far the weight moves after a step",
    entropy_target: "nats a token; above it the bonus is off",
  },
  "Sampler and policy": {
    off_policy_mask_threshold: "nats a token; bad completions that drifted further teach nothing",
    importance_sampling_correction: "weigh by π / π_sampler where bf16 rounds the sampler",
    importance_sampling_mode:
      "of tokens or completions; bound the weight, or drop beyond the bounds",
    importance_sampling_clip_max: "upper bound of that weight; null in the text: none",
    importance_sampling_clip_min: "lower bound of that weight; none where empty",
  },
  Size: {
    num_prompts: "problems that are sampled",
    num_problems: "held-out problems, n",
    num_samples: "completions per problem, k",
    scoring: "strict: inside the answer tags; lenient: else the last number",
    max_length: "tokens of an example; truncation_mode says what becomes of longer ones",
    truncation_mode: "longer examples: keep_start cuts their end off, drop leaves them out",
    mask_history:
      "learn from the last answer alone, where the template rewrites earlier turns (Qwen3's)",
    sequence_length: "tokens of a row",
    packing: "several examples in one row, kept apart",
    eos_token: "the token at which the model that comes out stops too; empty: its own",
    corpus: "text that is learned",
  },
  "What is kept": {
    max_per_prompt: "different solutions kept of one problem: the best, else the first",
    min_reward: "least weighted sum of the rewards; none where empty",
    require_correct: "only what the verifier accepts; off where rewards judge alone",
    require_format: "only what has its thinking and its answer in the form asked for",
    min_trace_tokens: "shorter solutions are left out; none where empty",
    max_trace_tokens: "longer solutions are left out; none where empty",
    min_language: "least share of words in the prompt's language, 0 to 1; R1 drops mixed ones",
    min_readability: "least readability, 0 to 100: sentences, paragraphs, order; 0: any",
    drop_near_duplicates: "leave out what nearly repeats a solution that was kept",
  },
  Optimisation: {
    max_steps: "optimizer steps; −1: as the epochs ask",
    num_train_epochs: "passes over the examples",
    learning_rate: "AdamW's peak rate",
    lr_scheduler_type: "how the rate falls",
    warmup_steps: "steps in which the rate rises from 0; below 1, a share of all steps",
    lr_scheduler_kwargs: "num_cycles of the restarts, num_decay_steps of the stable schedule",
    min_lr_ratio: "where the rate ends, as a share of its peak",
    per_device_train_batch_size: "rows that go through at once",
    gradient_accumulation_steps: "times that, for one step",
    weight_decay: "pull of the weights to 0",
    adam_beta1: "memory of the gradient",
    adam_beta2: "memory of its square",
    adam_epsilon: "keeps the division from 0",
    max_grad_norm: "longer gradients are shortened to this",
  },
  "Precision and memory": {
    bf16: "matrix products in bfloat16, weights in float32",
    gradient_checkpointing: "compute activations again instead of keeping them",
  },
  LoRA: {
    use_peft: "train a small adapter, not the weights",
    lora_r: "rank of the adapter",
    lora_alpha: "its scale, divided by the rank",
    lora_dropout: "share of its inputs left out while training",
    lora_target_modules: "layers that get one",
    use_rslora: "divide the scale by the rank's root",
  },
  Evaluation: {
    eval_steps: "optimizer steps between two measurements on held-out problems; empty: none",
    eval_on_start: "measure once before the first step",
    test_size: "share of the data held out, 0 to 0.5; examples of one prompt stay together",
    eval_data: "what is asked; empty: the held-out side of the stage's data",
    eval_problems: "problems asked, the same each time",
    num_generations_eval: "completions of each of them",
    load_best_model_at_end: "the stage gives the model that measured highest, not the last",
    early_stopping_patience: "measurements without a higher accuracy after which the stage ends",
  },
  Checkpoints: {
    save_steps: "a checkpoint every so many steps",
    save_total_limit: "checkpoints kept",
    seed: "of this stage; from the recipe's seed where empty",
  },
  Other: {},
};

export const OPTIONS: Readonly<Record<string, OptionText>> = Object.fromEntries(
  GROUPS.flatMap((group) =>
    Object.entries(LINES[group]).map(([name, line]) => [name, { group, line }] as const),
  ),
);

/** Where an option means something else in a stage of that kind. */
const OF_KIND: Readonly<Record<string, OptionText>> = {
  "sft.loss_type": {
    group: "Objective",
    line: "nll: cross-entropy; dft: weighted by each token's own probability",
  },
  "sft.eval_steps": {
    group: "Evaluation",
    line: "optimizer steps between two measurements of the held-out loss, in nats a token; empty: none",
  },
  "sft.eval_data": {
    group: "Evaluation",
    line: "examples of another source that are measured on: a dataset, a stage, or source and examples; empty: a share of the data",
  },
  "sft.load_best_model_at_end": {
    group: "Evaluation",
    line: "the stage gives the model of the lowest held-out loss, not the last",
  },
  "sft.early_stopping_patience": {
    group: "Evaluation",
    line: "measurements without a lower held-out loss after which the stage ends",
  },
  "distill.beta": {
    group: "Objective",
    line: "divergence to the teacher: 0 forward KL, 1 reverse KL, between them Jensen-Shannon's",
  },
};

export function optionText(name: string, kind?: string): OptionText {
  return OF_KIND[`${kind}.${name}`] ?? OPTIONS[name] ?? { group: "Other", line: "" };
}
