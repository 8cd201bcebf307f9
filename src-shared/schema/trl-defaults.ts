/**
 * Options of TRL 1.16 whose default is another here, and why. A test compares every default of recipe.ts with TRL's
 * configurations: what differs stands in this list, and what stands here differs. The form shows it beside the option.
 */
export interface OtherDefault {
  /** TRL's, in words. */
  readonly trl: string;
  readonly why: string;
}

/** By option, or by kind and option where it is so in stages of that kind alone. */
export const OTHER_DEFAULTS: Readonly<Record<string, OtherDefault>> = {
  gradient_checkpointing: {
    trl: "on",
    why: "it costs a third more time and changes no result; the memory check asks for it where it is needed",
  },
  bf16: {
    trl: "on",
    why: "few processors are faster with it, and in float32 the policy that samples is exactly the one that is trained",
  },
  save_steps: {
    trl: "500",
    why: "a run that was killed goes on from its last checkpoint",
  },
  save_total_limit: {
    trl: "all are kept",
    why: "checkpoints of models fill a disk",
  },
  "sft.assistant_only_loss": {
    trl: "off",
    why: "a question that is learned by heart teaches nothing of its answer, and stages before the option learned so",
  },
  lora_target_modules: {
    trl: "PEFT's choice by architecture",
    why: "all linear matrices, as QLoRA and TRL's own guides advise",
  },
  max_steps: {
    trl: "−1, as the epochs ask",
    why: "where problems are generated they never run out: the number of steps must be said",
  },
  num_generations_eval: {
    trl: "num_generations",
    why: "more problems with one completion each say more of the model than fewer with several",
  },
  "distill.temperature": {
    trl: "0.9 in GKDConfig",
    why: "the teacher's solutions are sampled with it too, in stages of before as well",
  },
  "distill.max_completion_length": {
    trl: "128 in GKDConfig, as max_new_tokens",
    why: "solutions with their reasoning are longer, and it is the limit of every other stage",
  },
  "distill.loss_top_k": {
    trl: "1 in ServerDistillationConfig",
    why: "a teacher on this machine has all of its tokens' probabilities: the divergence is exact",
  },
  seed: { trl: "42", why: "derived from the recipe's seed and the stage's name" },
};
