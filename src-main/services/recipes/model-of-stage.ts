import type { Recipe } from "#shared/schema/recipe.ts";

/**
 * The folder whose shape the model `name` of a stage has: its own, or that of the model its ancestors began with.
 * @param folders of the recipe's models, by their names in it
 */
export function folderOf(
  recipe: Recipe,
  name: string,
  folders: ReadonlyMap<string, string>,
): string | undefined {
  let wanted = name;
  // A path through the stages is no longer than their number.
  for (const _ of recipe.stages) {
    const source = recipe.stages.find((stage) => stage.name === wanted);
    if (source === undefined || folders.has(wanted)) return folders.get(wanted);
    wanted = source.model;
  }
  return folders.get(wanted);
}
