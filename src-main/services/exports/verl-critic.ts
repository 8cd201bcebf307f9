/** A stage's critic in verl's words: verl's is a model of its own, with an optimizer of its own. */
import type { CriticOptions } from "#shared/schema/critic-options.ts";
import type { GrpoStage } from "#shared/schema/stages/grpo-stage.ts";
import { shellQuoted } from "./shell-quoted.ts";

/** Overrides of verl's configuration; none without a critic. */
export function verlCritic(stage: GrpoStage, model: string): Record<string, string | number> {
  if (stage.adv_estimator !== "gae") return {};
  return {
    "algorithm.gamma": stage.gamma,
    "algorithm.lam": stage.lam,
    "critic.model.path": shellQuoted(model),
    "critic.optim.lr": stage.critic_learning_rate ?? stage.learning_rate,
    "critic.optim.weight_decay": stage.weight_decay,
    "critic.grad_clip": stage.max_grad_norm,
    "critic.ppo_epochs": stage.num_iterations,
    "critic.ppo_micro_batch_size_per_gpu": stage.per_device_train_batch_size,
    "critic.cliprange_value": stage.cliprange_value,
  };
}

/** By option, what verl's critic cannot do of it. */
export function missingOfCritic(
  stage: GrpoStage,
): readonly (readonly [keyof CriticOptions, string])[] {
  if (stage.adv_estimator !== "gae") return [];
  const all: readonly (readonly [boolean, keyof CriticOptions, string])[] = [
    [
      stage.value_model === "shared",
      "value_model",
      "verl's critic is a model of its own, with an optimizer and steps of its own",
    ],
    [
      stage.vf_coef !== 1,
      "vf_coef",
      "verl's critic has a loss of its own, which nothing is added to",
    ],
    [
      stage.missing_eos_penalty !== undefined,
      "missing_eos_penalty",
      "verl takes nothing off: subtract it in the reward function where the text does not end",
    ],
    [stage.whiten_rewards, "whiten_rewards", "verl whitens advantages alone"],
    [!stage.whiten_advantages, "whiten_advantages", "verl whitens the advantages of gae always"],
  ];
  return all.flatMap(([when, name, why]) => (when ? [[name, why] as const] : []));
}
