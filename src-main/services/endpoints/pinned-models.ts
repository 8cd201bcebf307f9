/** A run keeps the model that its judges and its teacher had when it began, whatever becomes of the endpoint's settings. */
import { endpointTeacher } from "#shared/schema/recipe.ts";
import type { Stage } from "#shared/schema/recipe.ts";
import type { RewardSpec } from "#shared/schema/reward.ts";
import type { Endpoints } from "./endpoints.ts";

/** Throws NOT_FOUND and CONFLICT for endpoints. */
export function withPinnedModels(stage: Stage, endpoints: Endpoints): Stage {
  const teacher = endpointTeacher(stage);
  if (teacher !== undefined) {
    const model = teacher.model ?? endpoints.named(teacher.endpoint).model;
    return Object.assign({}, stage, { teacher: { ...teacher, model } });
  }
  if (stage.kind !== "grpo") return stage;
  const rewards = stage.rewards.map((spec): RewardSpec =>
    "judge" in spec ? { ...spec, model: spec.model ?? endpoints.named(spec.judge).model } : spec,
  );
  return { ...stage, rewards };
}
