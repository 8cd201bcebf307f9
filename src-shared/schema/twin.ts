/** Stages that differ in their critic alone: a grpo stage with `twin: ppo`, and what runs beside it. */
import type { Stage } from "./recipe.ts";

/** Of a stage's twin, and of its benchmarks'. */
export function twinName(name: string): string {
  return `${name}-ppo`;
}

/** Whether a stage is the twin of one that asks for it. */
export function isTwinOf(stage: Stage, asks: Stage): boolean {
  return (
    asks.kind === "grpo" &&
    asks.twin === "ppo" &&
    stage.kind === "grpo" &&
    stage.name === twinName(asks.name) &&
    stage.adv_estimator === "gae"
  );
}
