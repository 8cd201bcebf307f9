/**
 * Options that came after 0.1.0: what a stage did before it had them. A stage that was frozen then is read with these
 * values, not with today's defaults, and a checkpoint of it still fits.
 */
import type { StageKind } from "./recipe.ts";

export const BEFORE_THE_OPTION: Readonly<
  Partial<Record<StageKind, Readonly<Record<string, string | boolean | number>>>>
> = {
  sft: { truncation_mode: "drop", mask_history: false },
  grpo: {
    use_bias_correction_kl: false,
    eval_on_start: false,
    eval_problems: 64,
    num_generations_eval: 1,
    load_best_model_at_end: false,
  },
  distill: {
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
