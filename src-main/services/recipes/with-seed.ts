/** A recipe with another seed, where one is asked for. */
import type { Recipe } from "#shared/schema/recipe.ts";

export function withSeed(recipe: Recipe, seed: number | undefined): Recipe {
  return seed === undefined ? recipe : { ...recipe, seed };
}
