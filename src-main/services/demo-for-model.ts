/**
 * The demo's recipe on another base model. Its learning rates were found for the built-in base; a larger model wants
 * smaller steps, and with the rates as they are SmolLM2-135M forgot in three GRPO steps what the cold start had taught.
 */
import type { Recipe, Stage } from "#shared/schema/recipe.ts";

const BASE = "base";

/**
 * `recipe` with `model` as its base. Rates of the stages that train the base or what came of it shrink with the square
 * root of the ratio of weights: a rule of thumb, never a rise. The student is another model and keeps its own.
 */
export function demoForModel(
  recipe: Recipe,
  model: string,
  parameters: number,
  builtInParameters: number,
): Recipe {
  const factor = Math.min(1, Math.sqrt(builtInParameters / parameters));
  const descendants = new Set([BASE]);
  const stages = recipe.stages.map((stage): Stage => {
    if (!descendants.has(stage.model)) return stage;
    descendants.add(stage.name);
    if (!("learning_rate" in stage)) return stage;
    return { ...stage, learning_rate: Number((stage.learning_rate * factor).toPrecision(2)) };
  });
  return { ...recipe, models: { ...recipe.models, [BASE]: model }, stages };
}
