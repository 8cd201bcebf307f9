/** A recipe for other trainers: files, and a list of everything that has no counterpart there. */
import { assertNever } from "#shared/errors.ts";
import type { ExportedFile, Unmapped } from "#shared/schema/recipe-draft.ts";
import type { Recipe } from "#shared/schema/recipe.ts";
import { exportTrl } from "./export-trl.ts";
import { exportVerl } from "./export-verl.ts";

export interface RecipeExport {
  readonly files: ExportedFile[];
  readonly unmapped: Unmapped[];
}

export function exportRecipe(recipe: Recipe, target: "trl" | "verl"): RecipeExport {
  switch (target) {
    case "trl":
      return exportTrl(recipe);
    case "verl":
      return exportVerl(recipe);
    default:
      return assertNever(target);
  }
}
