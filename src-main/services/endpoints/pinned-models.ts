/** A run keeps the model that its judges and its teacher had when it began, whatever becomes of the endpoint's settings. */
import { endpointTeacher } from "#shared/schema/recipe.ts";
import type { Stage } from "#shared/schema/recipe.ts";
import { withRewards } from "#shared/schema/stage-rewards.ts";
import type { Endpoints } from "./endpoints.ts";

/** Throws NOT_FOUND and CONFLICT for endpoints. */
export function withPinnedModels(stage: Stage, endpoints: Endpoints): Stage {
  const judged = withRewards(stage, (spec) =>
    "judge" in spec ? { ...spec, model: spec.model ?? endpoints.named(spec.judge).model } : spec,
  );
  const teacher = endpointTeacher(judged);
  if (teacher === undefined) return judged;
  const model = teacher.model ?? endpoints.named(teacher.endpoint).model;
  return Object.assign({}, judged, { teacher: { ...teacher, model } });
}
