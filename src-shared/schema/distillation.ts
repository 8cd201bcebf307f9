/** What a stage `distill` learns from, by its options. */
import type { DistillStage } from "./recipe.ts";

/** Whether on-policy distillation needs verified solutions of the teacher, sampled before it trains. */
export function usesTraces({
  lmbda,
  seq_kd: isTaught,
}: Pick<DistillStage, "lmbda" | "seq_kd">): boolean {
  return lmbda < 1 && !isTaught;
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
