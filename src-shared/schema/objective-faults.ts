/** Options of GRPO's objective that make no sense together. Checked before a start, and again where the stage runs. */
import type { GrpoStage } from "./stages/grpo-stage.ts";

export interface ObjectiveFault {
  readonly name: keyof GrpoStage;
  readonly message: string;
  readonly advice: string;
  /** What mends it: an option and its value. */
  readonly fix: readonly [keyof GrpoStage, string | number | boolean] | null;
}

type Options = Pick<
  GrpoStage,
  | "loss_type"
  | "beta"
  | "kl_estimator"
  | "use_kl_in_reward"
  | "use_bias_correction_kl"
  | "bf16"
  | "importance_sampling_correction"
  | "importance_sampling_mode"
  | "importance_sampling_clip_max"
  | "importance_sampling_clip_min"
  | "use_adaptive_entropy"
  | "entropy_coef_min"
  | "entropy_coef_max"
  | "adv_estimator"
  | "adv_k"
  | "num_generations"
  | "multi_objective_aggregation"
  | "sync_ref_model"
  | "use_peft"
  | "generation_batch_size"
  | "steps_per_generation"
  | "replay_groups"
>;

export function objectiveFaults(options: Options): ObjectiveFault[] {
  const faults: ObjectiveFault[] = [];
  const fault = (when: boolean, one: ObjectiveFault): void => {
    if (when) faults.push(one);
  };
  fault(
    options.beta > 0 &&
      options.kl_estimator === "k1" &&
      !options.use_kl_in_reward &&
      !options.use_bias_correction_kl,
    {
      name: "kl_estimator",
      message:
        "k1 in the loss pulls nowhere: its gradient is that of the tokens' log-probabilities, which is 0 in the mean",
      advice: "Use k3, turn use_bias_correction_kl on, or put it in the reward (use_kl_in_reward).",
      fix: ["kl_estimator", "k3"],
    },
  );
  fault(options.use_kl_in_reward && options.beta === 0, {
    name: "use_kl_in_reward",
    message: "beta is 0: there is no KL to take off the reward",
    advice: "Set beta, e.g. to 0.05, or leave use_kl_in_reward out.",
    fix: ["use_kl_in_reward", false],
  });
  fault(options.loss_type === "rloo" && options.beta > 0 && !options.use_kl_in_reward, {
    name: "use_kl_in_reward",
    message:
      "RLOO takes KL off the reward; as a term of its loss it would be of tokens beside a ratio of whole completions",
    advice: "Set use_kl_in_reward: true and kl_estimator: k1, or beta: 0.",
    fix: ["use_kl_in_reward", true],
  });
  fault(
    options.adv_estimator !== "grpo" &&
      options.multi_objective_aggregation !== "sum_then_normalize",
    {
      name: "multi_objective_aggregation",
      message: `normalize_then_sum compares each reward in its group by itself, which ${options.adv_estimator} does not`,
      advice: "Use sum_then_normalize, or adv_estimator: grpo.",
      fix: ["multi_objective_aggregation", "sum_then_normalize"],
    },
  );
  const ofTokens = lossOfTokens(options);
  if (ofTokens !== null) faults.push(ofTokens);
  fault(options.adv_estimator === "gae" && options.replay_groups > 0, {
    name: "replay_groups",
    message: "a critic's advantages are of the values that it had when the group was sampled",
    advice: "Leave replay_groups out.",
    fix: ["replay_groups", 0],
  });
  fault(options.use_kl_in_reward && options.multi_objective_aggregation !== "sum_then_normalize", {
    name: "multi_objective_aggregation",
    message: "KL is taken off the sum of the rewards, and normalize_then_sum has no such sum",
    advice: "Use sum_then_normalize, or leave use_kl_in_reward out.",
    fix: ["multi_objective_aggregation", "sum_then_normalize"],
  });
  fault(options.adv_estimator === "pass_at_k" && options.adv_k > options.num_generations, {
    name: "adv_k",
    message: `the best of ${options.adv_k} cannot be estimated from ${options.num_generations} completions a prompt`,
    advice: "Lower adv_k, or raise num_generations.",
    fix: ["adv_k", options.num_generations],
  });
  fault(options.sync_ref_model && options.beta === 0, {
    name: "sync_ref_model",
    message: "beta is 0: there is no reference to move",
    advice: "Set beta, e.g. to 0.001 as DeepSeek-R1, or leave sync_ref_model out.",
    fix: ["sync_ref_model", false],
  });
  fault(options.sync_ref_model && options.use_peft, {
    name: "sync_ref_model",
    message:
      "the reference of an adapter is its base, which holds the trained weights too and cannot move",
    advice: "Train all weights (use_peft: false), or leave sync_ref_model out.",
    fix: ["sync_ref_model", false],
  });
  const { generation_batch_size: size, steps_per_generation: steps } = options;
  fault(size !== undefined && steps !== undefined, {
    name: "steps_per_generation",
    message: "it says what generation_batch_size says already, in another unit",
    advice: "Leave one of them out.",
    fix: null,
  });
  const corrected = options.bf16 && options.importance_sampling_correction;
  fault(
    corrected &&
      options.loss_type === "vespo" &&
      options.importance_sampling_mode.startsWith("sequence"),
    {
      name: "importance_sampling_mode",
      message: `vespo weighs whole completions by itself and takes the sampler's weight token by token: it cannot be ${options.importance_sampling_mode}`,
      advice: "Use token_truncate or token_mask, as TRL asks.",
      fix: ["importance_sampling_mode", "token_truncate"],
    },
  );
  const { importance_sampling_clip_min: min, importance_sampling_clip_max: max } = options;
  fault(min !== undefined && max !== null && min >= max, {
    name: "importance_sampling_clip_min",
    message: `importance_sampling_clip_min (${min}) must be under importance_sampling_clip_max (${max})`,
    advice: "Leave it out, or use the inverse of the upper bound.",
    fix: ["importance_sampling_clip_min", (max ?? 1) / 10],
  });
  fault(options.use_adaptive_entropy && options.entropy_coef_min > options.entropy_coef_max, {
    name: "entropy_coef_min",
    message: `entropy_coef_min (${options.entropy_coef_min}) is above entropy_coef_max (${options.entropy_coef_max})`,
    advice: "Leave both out, or exchange them.",
    fix: ["entropy_coef_min", 0],
  });
  return faults;
}

/** A loss of whole completions with advantages that differ from token to token; null where there is none. */
function lossOfTokens(options: Options): ObjectiveFault | null {
  const { loss_type: type, adv_estimator: estimator } = options;
  if (type !== "rloo" && type !== "vespo") return null;
  if (estimator === "gae")
    return {
      name: "loss_type",
      message: `${type} weighs whole completions, and a critic's advantages are of single tokens`,
      advice: "Use dapo, or bnpo as TRL's PPO has it.",
      fix: ["loss_type", "dapo"],
    };
  if (estimator !== "reinforce_plus_plus" || !options.use_kl_in_reward || options.beta === 0)
    return null;
  return {
    name: "loss_type",
    message: `${type} weighs whole completions, and with KL in the reward REINFORCE++'s advantages are of single tokens`,
    advice: "Use dapo, or reinforce_plus_plus_baseline, which has one advantage a completion.",
    fix: ["loss_type", "dapo"],
  };
}
