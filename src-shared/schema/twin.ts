/** Stages that differ in their critic alone: a grpo stage with `twin: ppo`, and what runs beside it. */
import type { Stage } from "./recipe.ts";

/** Of a stage's twin, and of its benchmarks'. */
export function twinName(name: string): string {
  return `${name}-ppo`;
}

/** The name of the twin that a stage asks for; later stages may begin with its model. */
export function askedTwin(stage: Stage): string | undefined {
  return stage.kind === "grpo" && stage.twin === "ppo" ? twinName(stage.name) : undefined;
}

/** Whether a stage is the twin of one that asks for it. */
export function isTwinOf(stage: Stage, asks: Stage): boolean {
  return stage.kind === "grpo" && stage.name === askedTwin(asks) && stage.adv_estimator === "gae";
}
