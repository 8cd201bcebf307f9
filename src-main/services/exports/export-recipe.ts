/** A recipe for other trainers: files, and a list of everything that has no counterpart there. */
import { assertNever } from "#shared/errors.ts";
import type { Recipe } from "#shared/schema/recipe.ts";
import type { FileReward } from "#shared/schema/reward.ts";
import type { ProblemSources } from "#main/core/problems/problem-supply.ts";
import { exportTrl } from "./export-trl.ts";
import { exportVerl } from "./export-verl.ts";
import type { RecipeExport } from "./export-part.ts";

export async function exportRecipe(
  recipe: Recipe,
  target: "trl" | "verl",
  from: ProblemSources,
  /** The text of a reward's own file. */
  textOf: (spec: FileReward) => string,
): Promise<RecipeExport> {
  switch (target) {
    case "trl":
      return exportTrl(recipe, from, textOf);
    case "verl":
      return exportVerl(recipe, from, textOf);
    default:
      return assertNever(target);
  }
}
