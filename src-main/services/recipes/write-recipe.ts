/** A recipe as text: stages in blocks, their short lists and maps in one line, as the recipes that ship are written. */
import { Document, isMap, isSeq, visit } from "yaml";
import type { Recipe } from "#shared/schema/recipe.ts";

/** Lists and maps of so many characters stand in one line. */
const SHORT = 72;
/** The recipe, the list of stages and each stage are blocks however short they are. */
const BLOCK_DEPTH = 3;

export function recipeYaml(recipe: Recipe, comment?: string): string {
  const document = new Document(recipe, { aliasDuplicateObjects: false });
  visit(document, {
    Collection(_key, node, path) {
      const depth = path.filter((step) => isMap(step) || isSeq(step)).length;
      if (depth >= BLOCK_DEPTH && JSON.stringify(node.toJSON()).length <= SHORT) node.flow = true;
    },
  });
  if (comment !== undefined) document.commentBefore = ` ${comment}`;
  return document.toString({ lineWidth: 0 });
}
