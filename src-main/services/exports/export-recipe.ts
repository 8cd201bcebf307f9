/** A recipe for other trainers: files, and a list of everything that has no counterpart there. */
import { assertNever } from "#shared/errors.ts";
import type { Recipe } from "#shared/schema/recipe.ts";
import type { ProblemSources } from "#main/core/problems/problem-supply.ts";
import { exportTrl } from "./export-trl.ts";
import { exportVerl } from "./export-verl.ts";
import type { OwnParts, RecipeExport } from "./export-part.ts";

export async function exportRecipe(
  recipe: Recipe,
  target: "trl" | "verl",
  from: ProblemSources,
  own: OwnParts,
): Promise<RecipeExport> {
  switch (target) {
    case "trl":
      return exportTrl(recipe, from, own);
    case "verl":
      return exportVerl(recipe, from, own);
    default:
      return assertNever(target);
  }
}
