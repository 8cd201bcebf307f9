/**
 * Recipes and stages as pipelines froze them. An option that came later is read as what the version that wrote it did;
 * everything else through the schema.
 */
import { BEFORE_THE_OPTION } from "#shared/schema/earlier-options.ts";
import { Recipe, Stage } from "#shared/schema/recipe.ts";
import { readJson } from "./json-column.ts";

export function readStage(text: string): Stage {
  return readJson(Stage, JSON.stringify(asItWasMeant(JSON.parse(text))));
}

export function readRecipe(text: string): Recipe {
  const value: unknown = JSON.parse(text);
  if (!isObject(value)) return readJson(Recipe, text);
  const stages: unknown = Reflect.get(value, "stages");
  const meant = Array.isArray(stages) ? stages.map(asItWasMeant) : stages;
  return readJson(Recipe, JSON.stringify({ ...value, stages: meant }));
}

function asItWasMeant(stage: unknown): unknown {
  if (!isObject(stage)) return stage;
  const kind: unknown = Reflect.get(stage, "kind");
  const before = Object.entries(BEFORE_THE_OPTION).find(([name]) => name === kind)?.[1];
  return { ...before, ...stage };
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}
