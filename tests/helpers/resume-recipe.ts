/**
 * A small recipe whose GRPO really moves a random model: the rewards vary with length and script, so that
 * advantages are not zero. With `adapters` only low-rank adapters are trained, with dropout, on problems of one's own
 * beside those of a task, and with a reward of one's own.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { OWN_SET } from "./own-problems.ts";

const OWN_REWARD = `export function reward({ completion, columns }) {
  return (completion.length + (columns.a ?? 0)) % 7 / 7;
}
`;

/** The file that the recipe with adapters names, in the workspace. */
export function writeOwnReward(workspace: string): void {
  mkdirSync(join(workspace, "rewards"), { recursive: true });
  writeFileSync(join(workspace, "rewards", "own.js"), OWN_REWARD);
}

/** Measured while it trains; KL in the reward, so that a token has an advantage of its own. */
const ADAPTERS_ALONE = `eval_steps: 6
    eval_problems: 8
    adv_estimator: reinforce_plus_plus
    use_kl_in_reward: true
    kl_estimator: k1`;
const MEASURED_ON = "eval_data: { source: { task: arithmetic, difficulties: [3] }, examples: 12 }";
/** What a checkpoint keeps beside weights and moments: a reference that moves, a coefficient that does. */
const ALL_WEIGHTS = `sync_ref_model: true
    ref_model_sync_steps: 3
    use_adaptive_entropy: true
    entropy_target: 9`;

export function resumeRecipe(model: string, adapters = false): string {
  const peft = adapters
    ? "use_peft: true\n    lora_r: 4\n    lora_dropout: 0.1"
    : "use_peft: false";
  const task = "task: arithmetic, difficulties: [3, 4]";
  const data = adapters
    ? `[{ problems: ${OWN_SET}, split: train, where: "-tag:none", weight: 2 }, { ${task} }]`
    : `{ ${task} }`;
  const own = adapters ? ", { file: rewards/own.js, weight: 0.5 }" : "";
  return `
name: Resume
seed: 7
models: { tiny: ${JSON.stringify(model)} }
stages:
  - name: cold-start
    kind: sft
    model: tiny
    data: { source: { task: arithmetic, difficulties: [3, 4] }, examples: 48 }
    per_device_train_batch_size: 8
    num_train_epochs: 4
    learning_rate: 1.0e-3
    max_length: 128
    save_steps: 4
    eval_steps: 5
    load_best_model_at_end: ${String(adapters)}
    ${adapters ? `neftune_noise_alpha: 5\n    ${MEASURED_ON}` : "loss_type: nll"}
    ${peft}
  - name: grpo
    kind: grpo
    model: tiny
    data: ${data}
    rewards: [{ name: language, weight: 1 }, { name: soft-overlong, weight: 1, cache_length: 20 }${own}]
    num_generations: 4
    generation_batch_size: 16
    per_device_train_batch_size: 8
    gradient_accumulation_steps: 1
    num_iterations: 2
    beta: 0.02
    max_steps: 24
    learning_rate: 1.0e-3
    max_completion_length: 24
    save_steps: 4
    ${peft}
    ${adapters ? ADAPTERS_ALONE : ALL_WEIGHTS}
`;
}
