/**
 * The demo on another base model: for one near the built-in base's size the demo's own recipe, for a pretrained one the
 * recipe that was found for SmolLM2-135M. The demo's learning rates were found for the built-in base; a larger model wants
 * smaller steps, and with the rates as they are SmolLM2-135M forgot in three GRPO steps what the cold start had taught.
 */
import type { Recipe, Stage } from "#shared/schema/recipe.ts";

const BASE = "base";

/** From here on a model is taken for a pretrained one: the built-in base has 2.1M weights, the smallest of the catalogue 135M. */
const PRETRAINED_PARAMETERS = 50e6;
/** SmolLM2-135M's, for which demo-chat's rates were found. */
const CHAT_PARAMETERS = 134_515_008;

export type DemoChoice = {
  /** A recipe that ships. */
  readonly id: "demo" | "demo-smoke" | "demo-chat";
  /** Weights of the model for which its rates were found. */
  readonly parameters: number;
};

/** Which recipe `model` gets. The short check is the same for all: it proves that everything works, not that it learns. */
export function demoChoice(parameters: number, builtIn: number, smoke: boolean): DemoChoice {
  if (smoke) return { id: "demo-smoke", parameters: builtIn };
  if (parameters < PRETRAINED_PARAMETERS) return { id: "demo", parameters: builtIn };
  return { id: "demo-chat", parameters: CHAT_PARAMETERS };
}

/**
 * `recipe` with `model` as its base. Rates of the stages that train the base or what came of it shrink with the square
 * root of the ratio of weights (`foundFor`: of the model they were found for): a rule of thumb, never a rise. A student
 * that is another model keeps its own.
 */
export function demoForModel(
  recipe: Recipe,
  model: string,
  parameters: number,
  foundFor: number,
): Recipe {
  const factor = Math.min(1, Math.sqrt(foundFor / parameters));
  const descendants = new Set([BASE]);
  const stages = recipe.stages.map((stage): Stage => {
    if (!descendants.has(stage.model)) return stage;
    descendants.add(stage.name);
    if (!("learning_rate" in stage)) return stage;
    return { ...stage, learning_rate: Number((stage.learning_rate * factor).toPrecision(2)) };
  });
  return { ...recipe, models: { ...recipe.models, [BASE]: model }, stages };
}
