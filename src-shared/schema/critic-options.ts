/**
 * A critic beside the policy: what GRPO does without. Names and defaults are PPOConfig's of TRL 1.12, the last with a
 * PPOTrainer, where it has the option; what GRPO has too keeps GRPO's name (epsilon is its cliprange, beta its kl_coef,
 * num_iterations its num_ppo_epochs). TRL has one optimizer for both, and so no critic_learning_rate: the name is
 * OpenRLHF's, verl has it as critic.optim.lr.
 */
import { z } from "zod";

export const CriticOptions = z.strictObject({
  /**
   * Where adv_estimator is gae: shared puts a value head on the policy's own layers, which then learn from both losses;
   * separate trains a second model of the same size, as TRL does.
   */
  value_model: z.enum(["shared", "separate"]).default("shared"),
  /** What a reward one token later is worth now. */
  gamma: z.number().min(0).max(1).default(1),
  /** How far an advantage looks ahead: 0, to the critic's next value; 1, to the reward itself. */
  lam: z.number().min(0).max(1).default(0.95),
  /** What the critic's loss weighs beside the policy's. */
  vf_coef: z.number().min(0).default(0.1),
  /** Of a critic that is a model of its own: its peak rate, on the policy's schedule. By default the policy's. */
  critic_learning_rate: z.number().positive().optional(),
  /** Taken off the reward of a completion that does not end before its limit. */
  missing_eos_penalty: z.number().positive().optional(),
  /** How far a value may move from the one that the advantages were worked out with. */
  cliprange_value: z.number().positive().default(0.2),
  /** Rewards of all tokens are divided by their spread before the advantages are worked out; their mean stays. */
  whiten_rewards: z.boolean().default(false),
  /** Advantages of all tokens are brought to mean 0 and spread 1, as TRL's PPO always does. */
  whiten_advantages: z.boolean().default(true),
});
export type CriticOptions = z.infer<typeof CriticOptions>;

/** Whether a second model is trained beside the policy. */
export function hasOwnCritic({
  adv_estimator: estimator,
  value_model: model,
}: Pick<CriticOptions, "value_model"> & { readonly adv_estimator: string }): boolean {
  return estimator === "gae" && model === "separate";
}
