/** Stage kinds in the words of the window. */
import type { StageKind } from "#shared/schema/recipe.ts";

const KINDS: Readonly<Record<StageKind, string>> = {
  pretrain: "pretraining",
  sft: "SFT",
  grpo: "GRPO",
  "rejection-sampling": "rejection sampling",
  distill: "distillation",
  benchmark: "benchmark",
};

export function kindWord(kind: StageKind): string {
  return KINDS[kind];
}
