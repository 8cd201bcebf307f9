/** What a stage `distill` learns from, by its options. */
import type { DistillStage } from "./stages/distill-stage.ts";

/** Whether on-policy distillation needs verified solutions of the teacher, sampled before it trains. */
export function usesTraces({
  lmbda,
  seq_kd: isTaught,
}: Pick<DistillStage, "lmbda" | "seq_kd">): boolean {
  return lmbda < 1 && !isTaught;
}

/** Whether the stage has solutions before it trains: they have lengths and limits of their own. */
export function learnsFromTexts(stage: Pick<DistillStage, "method" | "lmbda" | "seq_kd">): boolean {
  return stage.method !== "gkd" || usesTraces(stage);
}

/** Why the stage's teacher cannot teach by its method, and what to do; null where it may. */
export function teacherFault({ method, teacher }: Pick<DistillStage, "method" | "teacher">): {
  readonly message: string;
  readonly advice: string;
} | null {
  if (method !== "gkd" || typeof teacher === "string") return null;
  return {
    message:
      "method gkd compares distributions over all tokens, and an endpoint gives texts without them",
    advice: "Take a model of the recipe as the teacher, or method sft, which learns from texts.",
  };
}
