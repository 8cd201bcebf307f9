/** The rows of the Recipes screen: kept recipes, then those that ship. Pure. */
import type { RecipeRef } from "#shared/contract/recipes.ts";
import type { SavedRecipeSummary } from "#shared/schema/recipe-draft.ts";

export interface Preset {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly yaml: string;
}

export type RecipeRow =
  | { readonly type: "saved"; readonly key: string; readonly recipe: SavedRecipeSummary }
  | { readonly type: "preset"; readonly key: string; readonly preset: Preset };

/** Rows whose name, description or stages hold every word. */
export function recipeRows(
  saved: readonly SavedRecipeSummary[],
  presets: readonly Preset[],
  text: string,
): readonly RecipeRow[] {
  const words = text.toLowerCase().split(/\s+/u).filter(Boolean);
  const holds = (hay: string): boolean => words.every((word) => hay.toLowerCase().includes(word));
  return [
    ...saved
      .filter((recipe) =>
        holds(
          `${recipe.id} ${recipe.name} ${recipe.description ?? ""} ${recipe.stages.map(({ name, kind }) => `${name} ${kind}`).join(" ")}`,
        ),
      )
      .map((recipe): RecipeRow => ({ type: "saved", key: recipe.id, recipe })),
    ...presets
      .filter((preset) => holds(`preset ${preset.id} ${preset.name} ${preset.description}`))
      .map((preset): RecipeRow => ({ type: "preset", key: `preset:${preset.id}`, preset })),
  ];
}

export function refOf(row: RecipeRow): RecipeRef {
  return row.type === "saved" ? { recipe: row.recipe.id } : { preset: row.preset.id };
}

export function nameOf(row: RecipeRow): string {
  return row.type === "saved" ? row.recipe.name : row.preset.name;
}
