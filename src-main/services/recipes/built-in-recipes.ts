/** Recipes that ship with the application: assets/recipes, a YAML file each. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { AppError } from "#shared/errors.ts";
import { assetFolder } from "#main/platform/asset-folder.ts";

/** Recipes that ship, by id. */
export function builtInRecipes(): { id: string; yaml: string }[] {
  const folder = join(assetFolder(), "recipes");
  return readdirSync(folder)
    .filter((name) => name.endsWith(".yaml"))
    .sort()
    .map((name) => ({
      id: name.slice(0, -".yaml".length),
      yaml: readFileSync(join(folder, name), "utf8"),
    }));
}

/** Throws NOT_FOUND. */
export function builtInRecipe(id: string): string {
  const found = builtInRecipes().find((recipe) => recipe.id === id);
  if (found === undefined) throw new AppError("NOT_FOUND", `There is no built-in recipe "${id}".`);
  return found.yaml;
}
