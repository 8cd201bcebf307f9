/**
 * What GRPO's policy learns by: the options of its objective and of its relatives'. Names and defaults are TRL 1.16's
 * GRPOConfig; without TRL's `vllm_` where an option is of any sampler. Options that only one objective reads are grey
 * in the form for the others (inert-options.ts); sets that make no sense are refused (objective-faults.ts).
 */
import { z } from "zod";

export const PolicyObjective = z.strictObject({
  /**
   * What a token loses by its ratio, and how token losses are averaged: see engine/objectives. All are of TRL's
   * GRPOTrainer but `rloo`, the loss of its RLOOTrainer: the ratio of whole completions, clipped.
   */
  loss_type: z
    .enum(["grpo", "bnpo", "dr_grpo", "dapo", "cispo", "sapo", "luspo", "vespo", "rloo"])
    .default("dapo"),
  /** The ratio of new to old policy: of each token, or its geometric mean over the completion (GSPO). */
  importance_sampling_level: z.enum(["token", "sequence"]).default("token"),
  epsilon: z.number().min(0).default(0.2),
  /** With cispo the bound of the ratio itself, of which ScaleRL advises 5. */
  epsilon_high: z.number().min(0).optional(),
  delta: z.number().positive().optional(),
  sapo_temperature_pos: z.number().positive().default(1),
  sapo_temperature_neg: z.number().positive().default(1.05),
  vespo_k_pos: z.number().min(0).default(2),
  vespo_lambda_pos: z.number().min(0).default(3),
  vespo_k_neg: z.number().min(0).default(3),
  vespo_lambda_neg: z.number().min(0).default(2),
  beta: z.number().min(0).default(0),
  /** Schulman's estimate of KL at a token; TRL's GRPO has k3, its RLOO k1. */
  kl_estimator: z.enum(["k1", "k2", "k3"]).default("k3"),
  /** beta × KL, summed over the completion, is taken off its reward, as RLOO and REINFORCE++ do, and is no term of the loss. */
  use_kl_in_reward: z.boolean().default(false),
  /** The KL term is multiplied by the ratio π / π_old, so that its gradient is the reverse KL's without bias. */
  use_bias_correction_kl: z.boolean().default(true),
  mask_truncated_completions: z.boolean().default(false),
  /** In nats a token: completions with A < 0 that drifted further from the sampler teach nothing (DeepSeek-V3.2, eq. 9). */
  off_policy_mask_threshold: z.number().positive().optional(),
  /** Share of tokens, by entropy, that the policy's loss is of: 0.2 learns from the fifth at which it wavers most. */
  top_entropy_quantile: z.number().min(0).max(1).default(1),
  /** What the mean entropy of the step's tokens, in nats, is taken off the loss by. */
  entropy_coef: z.number().min(0).default(0),
  /** The coefficient moves after each step: up where entropy is at or under the target, else down, and then it is not applied. */
  use_adaptive_entropy: z.boolean().default(false),
  entropy_coef_min: z.number().min(0).default(0),
  entropy_coef_max: z.number().min(0).default(1),
  entropy_coef_delta: z.number().min(0).default(0.005),
  /** In nats a token. */
  entropy_target: z.number().min(0).default(0.2),
  /**
   * Where completions are sampled by another than the policy that is trained (bf16 rounds what the sampler computes),
   * what they teach is weighed by π_old / π_sampler: of tokens or of whole completions, bounded or left out beyond the bounds.
   * TRL's vllm_importance_sampling_*. A float32 sampler is the policy, and needs no weight.
   */
  importance_sampling_correction: z.boolean().default(true),
  importance_sampling_mode: z
    .enum(["token_truncate", "token_mask", "sequence_truncate", "sequence_mask"])
    .default("sequence_mask"),
  /** null: no upper bound. */
  importance_sampling_clip_max: z.number().positive().nullable().default(3),
  importance_sampling_clip_min: z.number().positive().optional(),
});
export type PolicyObjective = z.infer<typeof PolicyObjective>;

/**
 * How rewards become advantages. TRL's GRPOTrainer has the first estimator, its RLOOTrainer the second; names are verl's,
 * but for pass_at_k (PKPO). gae is PPO: a critic says what was to be expected, instead of the group (critic-options.ts).
 */
export const AdvantageOptions = z.strictObject({
  adv_estimator: z
    .enum([
      "grpo",
      "rloo",
      "reinforce_plus_plus",
      "reinforce_plus_plus_baseline",
      "pass_at_k",
      "gae",
    ])
    .default("grpo"),
  /** Of pass_at_k: completions that are tried together, of which the best counts; at most num_generations. */
  adv_k: z.int().min(2).default(4),
  scale_rewards: z.enum(["group", "batch", "none"]).default("group"),
  /** Several rewards: their weighted sum is compared in the group, or each is by itself and then they are added (GDPO). */
  multi_objective_aggregation: z
    .enum(["sum_then_normalize", "normalize_then_sum"])
    .default("sum_then_normalize"),
  /** RLOO's: divided by the batch's spread, their mean taken off. */
  normalize_advantages: z.boolean().default(false),
});
export type AdvantageOptions = z.infer<typeof AdvantageOptions>;

/** A reference that follows the policy: π_ref ← α π + (1 − α) π_ref, of weights (TR-DPO, arXiv 2404.09656). */
export const ReferenceOptions = z.strictObject({
  sync_ref_model: z.boolean().default(false),
  /** α; 1 replaces the reference, as DeepSeek-R1 does. */
  ref_model_mixup_alpha: z.number().min(0).max(1).default(0.6),
  /** Optimizer steps between; DeepSeek-R1 has 400. */
  ref_model_sync_steps: z.int().min(1).default(512),
});
export type ReferenceOptions = z.infer<typeof ReferenceOptions>;
