/** The options of GRPO's objective as TRL 1.16's GRPOConfig and RLOOConfig name them, and what neither has. */
import type { GrpoStage } from "#shared/schema/stages/grpo-stage.ts";
import type { ExportPart } from "./export-part.ts";

type Arguments = Record<string, unknown>;
export type TrlPolicyTrainer = "grpo" | "rloo";

/** RLOO's loss with RLOO's advantages is what TRL's RLOOTrainer does. */
export function trlPolicyTrainer(stage: GrpoStage): TrlPolicyTrainer {
  return stage.loss_type === "rloo" && stage.adv_estimator === "rloo" ? "rloo" : "grpo";
}

/** Without the options that are not set. */
export function objectiveArguments(stage: GrpoStage, trainer: TrlPolicyTrainer): Arguments {
  const shared: Arguments = {
    epsilon: stage.epsilon,
    epsilon_high: stage.epsilon_high,
    beta: stage.beta,
    mask_truncated_completions: stage.mask_truncated_completions,
    sync_ref_model: stage.sync_ref_model,
    ref_model_mixup_alpha: stage.ref_model_mixup_alpha,
    ref_model_sync_steps: stage.ref_model_sync_steps,
  };
  const own: Arguments =
    trainer === "rloo"
      ? { normalize_advantages: stage.normalize_advantages }
      : {
          ...(stage.loss_type === "rloo" ? {} : { loss_type: stage.loss_type }),
          importance_sampling_level: stage.importance_sampling_level,
          scale_rewards: stage.scale_rewards,
          multi_objective_aggregation: stage.multi_objective_aggregation,
          delta: stage.delta,
          sapo_temperature_pos: stage.sapo_temperature_pos,
          sapo_temperature_neg: stage.sapo_temperature_neg,
          vespo_k_pos: stage.vespo_k_pos,
          vespo_lambda_pos: stage.vespo_lambda_pos,
          vespo_k_neg: stage.vespo_k_neg,
          vespo_lambda_neg: stage.vespo_lambda_neg,
          use_bias_correction_kl: stage.use_bias_correction_kl,
          off_policy_mask_threshold: stage.off_policy_mask_threshold,
          top_entropy_quantile: stage.top_entropy_quantile,
          entropy_coef: stage.entropy_coef,
          use_adaptive_entropy: stage.use_adaptive_entropy,
          entropy_coef_min: stage.entropy_coef_min,
          entropy_coef_max: stage.entropy_coef_max,
          entropy_coef_delta: stage.entropy_coef_delta,
          entropy_target: stage.entropy_target,
          vllm_importance_sampling_correction: stage.importance_sampling_correction,
          vllm_importance_sampling_mode: stage.importance_sampling_mode,
          vllm_importance_sampling_clip_max: stage.importance_sampling_clip_max,
          vllm_importance_sampling_clip_min: stage.importance_sampling_clip_min,
        };
  const all = Object.entries({ ...shared, ...own });
  return Object.fromEntries(all.filter(([, value]) => value !== undefined));
}

/** Lists what the trainer does otherwise than the stage. */
export function listMissingInTrl(
  part: ExportPart,
  stage: GrpoStage,
  trainer: TrlPolicyTrainer,
): void {
  const missing = (when: boolean, name: keyof GrpoStage, why: string): void => {
    const value = stage[name];
    if (when && (typeof value === "string" || typeof value === "number" || value === true))
      part.missing(stage, name, value, why);
  };
  if (!stage.shuffle_minibatches)
    part.missing(stage, "shuffle_minibatches", false, "TRL always shuffles a batch's completions");
  missing(stage.filter_groups, "filter_groups", "TRL samples each batch once");
  missing(
    stage.curriculum !== "none",
    "curriculum",
    "the prompts' file is in this order; set shuffle_dataset to false so that TRL keeps it",
  );
  missing(
    stage.replay_groups > 0,
    "replay_groups",
    "TRL's GRPOTrainer learns from each batch alone; GRPOWithReplayBufferTrainer of trl.experimental has a buffer without an age",
  );
  const hasKl = stage.beta > 0;
  if (trainer === "rloo") {
    missing(
      hasKl && stage.kl_estimator !== "k1",
      "kl_estimator",
      "TRL's RLOOTrainer takes k1 off the reward",
    );
    for (const name of ["entropy_coef", "off_policy_mask_threshold"] as const)
      missing((stage[name] ?? 0) !== 0, name, "TRL's RLOOTrainer has none");
    missing(stage.use_adaptive_entropy, "use_adaptive_entropy", "TRL's RLOOTrainer has none");
    missing(stage.top_entropy_quantile < 1, "top_entropy_quantile", "TRL's RLOOTrainer has none");
    missing(stage.delta !== undefined, "delta", "TRL's RLOOTrainer has none");
    missing(
      stage.bf16 && stage.importance_sampling_correction,
      "importance_sampling_mode",
      "TRL's RLOOTrainer does not weigh what another sampler made",
    );
    return;
  }
  missing(
    stage.loss_type === "rloo",
    "loss_type",
    "TRL has RLOO's loss in its RLOOTrainer alone, with RLOO's advantages",
  );
  missing(
    stage.adv_estimator !== "grpo",
    "adv_estimator",
    stage.adv_estimator === "gae"
      ? "TRL has no critic: its PPOTrainer went with 1.13"
      : "TRL's GRPOTrainer compares in the group by mean and spread",
  );
  missing(
    stage.adv_estimator === "pass_at_k",
    "adv_k",
    "TRL's GRPOTrainer compares completions one by one",
  );
  missing(
    stage.adv_estimator === "rloo" && stage.normalize_advantages,
    "normalize_advantages",
    "TRL has it in its RLOOTrainer alone",
  );
  missing(
    hasKl && stage.use_kl_in_reward,
    "use_kl_in_reward",
    "TRL's GRPOTrainer has KL in the loss",
  );
  missing(
    hasKl && stage.kl_estimator !== "k3",
    "kl_estimator",
    "TRL's GRPOTrainer estimates KL by k3",
  );
}
