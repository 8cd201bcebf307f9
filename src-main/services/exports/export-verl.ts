/**
 * For verl 0.9: for each grpo stage a script with the overrides of its PPO trainer's configuration, its data and its
 * rewards. What has no counterpart is listed. verl counts prompts where TRL counts completions.
 */
import { generationBatchSize } from "#shared/schema/generation-batch.ts";
import type { ProblemSources } from "#main/core/problems/problem-supply.ts";
import { grpoBatches } from "#main/core/problems/grpo-batches.ts";
import { warmupSteps } from "#main/core/examples/warmup-steps.ts";
import type { OwnParts, RecipeExport } from "./export-part.ts";
import type { GrpoStage } from "#shared/schema/stages/grpo-stage.ts";
import type { Recipe } from "#shared/schema/recipe.ts";
import { rewardName } from "#shared/schema/reward.ts";
import type { RewardSpec } from "#shared/schema/reward.ts";
import type { PromptRow } from "#main/core/problems/task-data.ts";
import { ExportPart } from "./export-part.ts";
import { listByAccuracy, sidesOf } from "./list-evaluation.ts";
import { REWARDS_PYTHON, verifiersPython } from "./rewards-python.ts";
import { shellQuoted } from "./shell-quoted.ts";
import { missingOfCritic, verlCritic } from "./verl-critic.ts";
import { verlEvaluation } from "./verl-evaluation.ts";
import { VERL_COLUMNS, verlRow } from "./verl-rows.ts";

/** Tokens of a prompt that verl makes room for; longer ones are an error there. */
const PROMPT_TOKENS = 512;

const AGGREGATION = {
  grpo: "seq-mean-token-mean",
  sapo: "seq-mean-token-mean",
  rloo: "seq-mean-token-mean",
  bnpo: "token-mean",
  dapo: "token-mean",
  cispo: "token-mean",
  vespo: "token-mean",
  dr_grpo: "seq-mean-token-sum-norm",
  luspo: "seq-mean-token-sum",
} as const;

const KL_NAMES = { k1: "kl", k2: "mse", k3: "low_var_kl" } as const;

/** The clipped ratio of whole completions, of which verl has a loss by that name. */
function isGspo(stage: GrpoStage): boolean {
  const clips = ["grpo", "bnpo", "dapo", "dr_grpo", "luspo"].includes(stage.loss_type);
  return clips && stage.importance_sampling_level === "sequence";
}

export async function exportVerl(
  recipe: Recipe,
  from: ProblemSources,
  own: OwnParts,
): Promise<RecipeExport> {
  const part = new ExportPart(recipe, from, own);
  for (const stage of recipe.stages) {
    if (stage.kind === "grpo") await grpoFiles(part, stage);
    else
      part.missing(
        stage,
        "kind",
        stage.kind,
        "only grpo stages are written for verl; give it the model that this stage makes",
      );
  }
  if (part.files.length > 0) {
    part.file("rewards.py", REWARDS_PYTHON);
    part.file("verifiers.py", verifiersPython());
  }
  return part.whole();
}

async function grpoFiles(part: ExportPart, stage: GrpoStage): Promise<void> {
  const data = `data/${stage.name}.parquet`;
  if (stage.prompt_template === "r1-zero")
    part.missing(
      stage,
      "prompt_template",
      stage.prompt_template,
      "the prompts are conversations there: write them as the plain text of R1-Zero and train on that column",
    );
  const rows = await part.promptsOf(stage);
  const tested = await part.heldOutOf(stage, rows);
  const heldOut = { name: `data/${stage.name}-test.parquet`, rows: tested.length };
  const fileOf = (name: string, side: "train" | "test", its: readonly PromptRow[]): void => {
    part.parquet(
      name,
      VERL_COLUMNS,
      its.map((row, index) => verlRow(row, index, side)),
    );
  };
  fileOf(data, "train", rows);
  if (tested.length > 0) fileOf(heldOut.name, "test", tested);
  const hasTest = tested.length > 0;
  const overrides = {
    ...grpoOverrides(part, stage, data),
    ...verlEvaluation(stage, hasTest ? heldOut.name : null, data),
  };
  const lines = Object.entries(overrides).map(([key, value]) => `  ${key}=${value}`);
  const sides = sidesOf({ name: data, rows: rows.length }, hasTest ? heldOut : null);
  part.file(
    `${stage.name}.sh`,
    `#!/usr/bin/env bash\n${sides.map((line) => `# ${line}\n`).join("")}set -eu\npython -m verl.trainer.main_ppo \\\n${lines.join(" \\\n")}\n`,
  );
  part.file(`reward_${stage.name.replaceAll("-", "_")}.py`, scoreScript(part, stage));
}

function grpoOverrides(
  part: ExportPart,
  stage: GrpoStage,
  data: string,
): Record<string, string | number> {
  const { stepSize: step, stepsPerBatch } = grpoBatches(stage);
  const inReward = stage.beta > 0 && stage.use_kl_in_reward;
  const inPrompts = (completions: number): number => completions / stage.num_generations;
  const mini = inPrompts(step);
  if (!Number.isInteger(mini))
    part.missing(
      stage,
      "per_device_train_batch_size",
      step,
      `verl's steps are whole groups: ${step} completions are not whole groups of ${stage.num_generations}`,
    );
  listMissing(part, stage, stepsPerBatch);
  listMissingObjective(part, stage);
  part.languageCountsAsZero(stage);
  return {
    "algorithm.adv_estimator":
      stage.adv_estimator === "pass_at_k" ? "grpo_passk" : stage.adv_estimator,
    "algorithm.norm_adv_by_std_in_grpo": stage.scale_rewards === "none" ? "False" : "True",
    "algorithm.use_kl_in_reward": inReward ? "True" : "False",
    ...(inReward
      ? {
          "algorithm.kl_penalty": KL_NAMES[stage.kl_estimator],
          "algorithm.kl_ctrl.kl_coef": stage.beta,
        }
      : {}),
    ...verlCritic(stage, part.modelPath(stage.model, stage)),
    "data.train_files": shellQuoted(data),
    "data.train_batch_size": inPrompts(generationBatchSize(stage)),
    "data.max_prompt_length": PROMPT_TOKENS,
    "data.max_response_length": stage.max_completion_length,
    "data.shuffle": "False",
    "data.seed": part.seedOf(stage) % 2 ** 32,
    "actor_rollout_ref.model.path": shellQuoted(part.modelPath(stage.model, stage)),
    ...(stage.use_peft
      ? {
          "actor_rollout_ref.model.lora_rank": stage.lora_r,
          "actor_rollout_ref.model.lora_alpha": stage.lora_alpha,
          "actor_rollout_ref.model.target_modules": `'[${stage.lora_target_modules.join(",")}]'`,
        }
      : {}),
    "actor_rollout_ref.model.enable_gradient_checkpointing": stage.gradient_checkpointing
      ? "True"
      : "False",
    "actor_rollout_ref.actor.optim.lr": stage.learning_rate,
    "actor_rollout_ref.actor.optim.lr_warmup_steps": warmupSteps(stage, stage.max_steps),
    "actor_rollout_ref.actor.optim.lr_scheduler_type":
      stage.lr_scheduler_type === "constant" ? "constant" : "cosine",
    "actor_rollout_ref.actor.optim.min_lr_ratio": stage.min_lr_ratio,
    "actor_rollout_ref.actor.optim.weight_decay": stage.weight_decay,
    "actor_rollout_ref.actor.optim.betas": `'[${stage.adam_beta1},${stage.adam_beta2}]'`,
    "actor_rollout_ref.actor.optim.clip_grad": stage.max_grad_norm,
    "actor_rollout_ref.actor.grad_clip": stage.max_grad_norm,
    "actor_rollout_ref.actor.ppo_mini_batch_size": Math.max(1, Math.round(mini)),
    "actor_rollout_ref.actor.ppo_micro_batch_size_per_gpu": stage.per_device_train_batch_size,
    "actor_rollout_ref.actor.shuffle": stage.shuffle_minibatches ? "True" : "False",
    "actor_rollout_ref.actor.ppo_epochs": stage.num_iterations,
    ...(stage.filter_groups
      ? {
          "algorithm.filter_groups.enable": "True",
          "algorithm.filter_groups.metric": "acc",
          "algorithm.filter_groups.max_num_gen_batches": stage.max_num_gen_batches,
        }
      : {}),
    "actor_rollout_ref.actor.clip_ratio_low": stage.epsilon,
    "actor_rollout_ref.actor.clip_ratio_high": stage.epsilon_high ?? stage.epsilon,
    "actor_rollout_ref.actor.loss_agg_mode": AGGREGATION[stage.loss_type],
    ...(isGspo(stage) ? { "actor_rollout_ref.actor.policy_loss.loss_mode": "gspo" } : {}),
    "actor_rollout_ref.actor.entropy_coeff": stage.entropy_coef,
    "actor_rollout_ref.actor.use_kl_loss": stage.beta > 0 && !inReward ? "True" : "False",
    "actor_rollout_ref.actor.kl_loss_coef": stage.beta,
    "actor_rollout_ref.actor.kl_loss_type": KL_NAMES[stage.kl_estimator],
    "actor_rollout_ref.rollout.name": "vllm",
    "actor_rollout_ref.rollout.n": stage.num_generations,
    "actor_rollout_ref.rollout.temperature": stage.temperature,
    "actor_rollout_ref.rollout.top_p": stage.top_p,
    "actor_rollout_ref.rollout.top_k": stage.top_k === 0 ? -1 : stage.top_k,
    "actor_rollout_ref.rollout.log_prob_micro_batch_size_per_gpu":
      stage.per_device_train_batch_size,
    "reward.custom_reward_function.path": `reward_${stage.name.replaceAll("-", "_")}.py`,
    "reward.custom_reward_function.name": "compute_score",
    "trainer.total_training_steps": Math.ceil(stage.max_steps / stepsPerBatch),
    "trainer.save_freq": Math.max(1, Math.round(stage.save_steps / stepsPerBatch)),
    "trainer.max_actor_ckpt_to_keep": stage.save_total_limit,
    "trainer.nnodes": 1,
    "trainer.n_gpus_per_node": 1,
    "trainer.project_name": shellQuoted(part.recipe.name),
    "trainer.experiment_name": shellQuoted(stage.name),
  };
}

/** Of the objective: what verl has no counterpart for. */
function listMissingObjective(part: ExportPart, stage: GrpoStage): void {
  const missing = (when: boolean, name: keyof GrpoStage, why: string): void => {
    const value = stage[name];
    if (when && (typeof value === "string" || typeof value === "number" || value === true))
      part.missing(stage, name, value, why);
  };
  for (const [name, why] of missingOfCritic(stage))
    part.missing(stage, name, stage[name] ?? null, why);
  const { loss_type: type } = stage;
  missing(
    ["cispo", "sapo", "vespo", "rloo"].includes(type),
    "loss_type",
    "written as the clipped ratio; set actor.policy_loss.loss_mode where your verl has this loss",
  );
  missing(
    stage.importance_sampling_level === "sequence" && !isGspo(stage) && type !== "rloo",
    "importance_sampling_level",
    "verl's ratio of whole completions is its loss gspo, which clips",
  );
  missing(stage.delta !== undefined, "delta", "verl's clip_ratio_c bounds losses, not ratios");
  missing(
    stage.beta > 0 && !stage.use_kl_in_reward && stage.use_bias_correction_kl,
    "use_bias_correction_kl",
    "verl's low_var_kl is not multiplied by the ratio; its low_var_kl+ comes closest",
  );
  missing(
    stage.multi_objective_aggregation === "normalize_then_sum",
    "multi_objective_aggregation",
    "verl has one reward",
  );
  missing(
    stage.curriculum !== "none",
    "curriculum",
    "the prompts' file is in this order; set data.shuffle=False so that verl keeps it",
  );
  missing(stage.replay_groups > 0, "replay_groups", "verl learns from each batch alone");
  missing(
    stage.adv_estimator === "pass_at_k",
    "adv_k",
    "verl's grpo_passk is that of the whole group: adv_k as num_generations",
  );
  missing(
    stage.adv_estimator === "rloo" && stage.normalize_advantages,
    "normalize_advantages",
    "verl's rloo is not normalised",
  );
  missing(stage.sync_ref_model, "sync_ref_model", "verl's reference does not move");
  missing(
    stage.off_policy_mask_threshold !== undefined,
    "off_policy_mask_threshold",
    "see algorithm.rollout_correction.rollout_rs for verl's own rejection",
  );
  missing(stage.top_entropy_quantile < 1, "top_entropy_quantile", "verl trains on every token");
  missing(stage.use_adaptive_entropy, "use_adaptive_entropy", "verl's entropy_coeff does not move");
  missing(
    stage.bf16 && stage.importance_sampling_correction,
    "importance_sampling_mode",
    "set it with algorithm.rollout_correction.rollout_is (truncates) or rollout_rs (masks)",
  );
  missing(
    stage.bf16 && stage.importance_sampling_correction,
    "importance_sampling_clip_max",
    "set it with algorithm.rollout_correction.rollout_is_threshold",
  );
  missing(
    stage.bf16 && stage.importance_sampling_correction,
    "importance_sampling_clip_min",
    "see algorithm.rollout_correction for verl's own bounds",
  );
}

/** Options that are not as the recipe has them. */
function listMissing(part: ExportPart, stage: GrpoStage, batches: number): void {
  for (const reward of stage.rewards) {
    const { weight } = reward;
    const name = nameOf(reward);
    if (name === "length")
      part.missing(stage, "rewards", name, "verl's rewards see one completion, not its group");
    if (isOverlong(reward))
      part.missing(
        stage,
        "rewards",
        name,
        `use verl's reward manager "dapo" with its overlong_buffer and a penalty_factor of ${weight}`,
      );
  }
  listByAccuracy(part, stage, "verl measures, and keeps its last models");
  if (stage.use_peft && stage.lora_dropout > 0)
    part.missing(stage, "lora_dropout", stage.lora_dropout, "verl's adapters have no dropout");
  if (stage.use_peft && stage.use_rslora)
    part.missing(stage, "use_rslora", true, "verl divides the scale by the rank");
  if (stage.scale_rewards === "batch")
    part.missing(stage, "scale_rewards", "batch", "verl divides by the group's spread or by none");
  const { lr_scheduler_type: schedule } = stage;
  if (schedule !== "constant" && schedule !== "cosine")
    part.missing(stage, "lr_scheduler_type", schedule, "verl decays by cosine or not at all");
  if (stage.min_p > 0) part.missing(stage, "min_p", stage.min_p, "verl's rollout has none");
  if (stage.repetition_penalty !== 1)
    part.missing(stage, "repetition_penalty", stage.repetition_penalty, "verl's rollout has none");
  if (stage.mask_truncated_completions)
    part.missing(stage, "mask_truncated_completions", true, "verl trains on truncated completions");
  if (stage.adam_epsilon !== 1e-8)
    part.missing(
      stage,
      "adam_epsilon",
      stage.adam_epsilon,
      "set it with optim.override_optimizer_config",
    );
  if (stage.max_steps % batches !== 0)
    part.missing(
      stage,
      "max_steps",
      stage.max_steps,
      `verl counts generation batches of ${batches} steps: it makes ${Math.ceil(stage.max_steps / batches) * batches}`,
    );
}

function nameOf(reward: RewardSpec): string {
  return "file" in reward ? reward.file : rewardName(reward);
}

function isOverlong(reward: RewardSpec): boolean {
  return nameOf(reward) === "soft-overlong" || nameOf(reward) === "soft_overlong";
}

function scoreScript(part: ExportPart, stage: GrpoStage): string {
  const terms = stage.rewards.flatMap((reward) => {
    // Listed as missing: the length in tokens, and the group, are not known where verl calls this.
    if (isOverlong(reward) || nameOf(reward) === "length") return [];
    const exported = part.reward(stage, reward);
    if (exported === undefined) return [];
    const { name, weight, options, file } = exported;
    if (file !== undefined) return [`    add(${weight}, rewards.own("${file}", "${name}"))`];
    const given = Object.entries(options).map(([key, value]) => `, ${key}=${value}`);
    return [`    add(${weight}, rewards.${name}${given.join("")})`];
  });
  return `"""The recipe's rewards and weights, as verl calls them."""

import rewards


def compute_score(data_source, solution_str, ground_truth, extra_info=None, **kwargs):
    facts = {
        "completions": [solution_str],
        "task": [data_source],
        "gold": [ground_truth],
        "data": [(extra_info or {}).get("data", "null")],
        "columns": [(extra_info or {}).get("columns", "{}")],
        "verifier": [(extra_info or {}).get("verifier", "")],
        "verifier_options": [(extra_info or {}).get("verifier_options", "{}")],
        "prompts": [(extra_info or {}).get("prompt", "")],
    }
    total = 0.0

    def add(weight, reward, **options):
        nonlocal total
        value = reward(**facts, **options)[0]
        total += 0.0 if value is None else weight * value

${terms.join("\n")}
    return total
`;
}
