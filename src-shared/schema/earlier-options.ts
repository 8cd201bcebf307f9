/**
 * Options that came after 0.1.0: what a stage did before it had them. A stage that was frozen then is read with these
 * values, not with today's defaults, and a checkpoint of it still fits.
 */
import type { StageKind } from "./recipe.ts";

const ALL_RIGHT_TRACES = {
  require_correct: true,
  require_format: true,
  min_language: 0,
  min_readability: 0,
  drop_near_duplicates: false,
};

export const BEFORE_THE_OPTION: Readonly<
  Partial<Record<StageKind, Readonly<Record<string, string | boolean | number>>>>
> = {
  sft: {
    truncation_mode: "drop",
    mask_history: false,
    assistant_only_loss: true,
    loss_type: "nll",
    eval_on_start: false,
    test_size: 0.1,
    load_best_model_at_end: false,
  },
  grpo: {
    use_bias_correction_kl: false,
    eval_on_start: false,
    eval_problems: 64,
    num_generations_eval: 1,
    load_best_model_at_end: false,
    shuffle_minibatches: false,
    filter_groups: false,
    max_num_gen_batches: 10,
    adv_estimator: "grpo",
    multi_objective_aggregation: "sum_then_normalize",
    normalize_advantages: false,
    adv_k: 4,
    curriculum: "none",
    replay_groups: 0,
    max_staleness: 8,
    value_model: "shared",
    gamma: 1,
    lam: 0.95,
    vf_coef: 0.1,
    cliprange_value: 0.2,
    whiten_rewards: false,
    whiten_advantages: true,
    sync_ref_model: false,
    ref_model_mixup_alpha: 0.6,
    ref_model_sync_steps: 512,
    importance_sampling_level: "token",
    sapo_temperature_pos: 1,
    sapo_temperature_neg: 1.05,
    vespo_k_pos: 2,
    vespo_lambda_pos: 3,
    vespo_k_neg: 3,
    vespo_lambda_neg: 2,
    kl_estimator: "k3",
    use_kl_in_reward: false,
    top_entropy_quantile: 1,
    entropy_coef: 0,
    use_adaptive_entropy: false,
    entropy_coef_min: 0,
    entropy_coef_max: 1,
    entropy_coef_delta: 0.005,
    entropy_target: 0.2,
    importance_sampling_correction: true,
    importance_sampling_mode: "token_truncate",
  },
  "rejection-sampling": ALL_RIGHT_TRACES,
  distill: {
    ...ALL_RIGHT_TRACES,
    truncation_mode: "drop",
    method: "sft",
    lmbda: 0.5,
    beta: 0.5,
    seq_kd: false,
    loss_top_k: 0,
    loss_add_tail: true,
    disable_dropout: true,
  },
};
