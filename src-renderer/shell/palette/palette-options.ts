/** Options that the palette finds and leads to: those of the recipe on screen, elsewhere those of the newest kept recipe. */
import { useMemo } from "react";
import type { SavedRecipeSummary } from "#shared/schema/recipe-draft.ts";
import { savedRecipesQuery } from "#renderer/bridge/queries.ts";
import { useQuery } from "#renderer/bridge/use-query.ts";
import { StageKind } from "#renderer/features/recipe/document/stage-kind.ts";
import { OPTIONS } from "#renderer/features/recipe/fields/option-catalogue.ts";
import { fieldsOf } from "#renderer/features/recipe/fields/stage-fields.ts";
import { onceThere } from "#renderer/navigation/arrive-and-run.ts";
import { hrefTo, navigate } from "#renderer/navigation/location.ts";
import { screenOptionsNow, useScreenOptions } from "#renderer/navigation/screen-options.ts";
import { visibleText } from "#renderer/ui/text/visible-text.ts";
import type { ShownOption } from "#renderer/navigation/screen-options.ts";
import type { PaletteEntry } from "#renderer/navigation/palette-search.ts";

const GROUP = "Options";
const NO_RECIPES: readonly SavedRecipeSummary[] = [];
const PLAIN = {
  kind: "option",
  group: GROUP,
  keys: undefined,
  notNow: undefined,
  mark: undefined,
} as const;

type Kept = Pick<SavedRecipeSummary, "id" | "name" | "stages">;

/** What each option means, and the way to it: in the newest kept recipe that has it, else to where one is begun. */
export function optionsFarAway(recipes: readonly Kept[]): readonly PaletteEntry[] {
  return Object.entries(OPTIONS).map(([name, { line, group }]) => {
    const recipe = recipes.find(({ stages }) => stages.some((stage) => hasOption(stage, name)));
    const where =
      recipe === undefined
        ? "Begin a recipe to set it."
        : `Opens it in ${visibleText(recipe.name)} ${recipe.id}.`;
    return {
      ...PLAIN,
      id: `option:${name}`,
      title: name,
      note: `${group}: ${line}. ${where}`,
      run: () => {
        if (recipe === undefined) navigate(hrefTo(["recipes"]));
        else openOption(hrefTo(["recipe", recipe.id]), name);
      },
    };
  });
}

function hasOption({ kind }: Kept["stages"][number], name: string): boolean {
  const known = StageKind.safeParse(kind);
  return known.success && fieldsOf(known.data).some((field) => field.name === name);
}

function openOption(href: string, name: string): void {
  navigate(href);
  onceThere(() => {
    const option = screenOptionsNow().find((one) => one.name === name);
    option?.open();
    return option !== undefined;
  });
}

/** @param opened whether the palette is: recipes are asked for then. */
export function useOptionEntries(opened: boolean): readonly PaletteEntry[] {
  const shown = useScreenOptions();
  const recipes = useQuery(opened ? savedRecipesQuery : undefined).data ?? NO_RECIPES;
  return useMemo(
    () => (shown.length === 0 ? optionsFarAway(recipes) : shown.map(entryOf)),
    [shown, recipes],
  );
}

function entryOf({ name, of, line, open }: ShownOption): PaletteEntry {
  return {
    ...PLAIN,
    id: `option:${of}.${name}`,
    title: `${name} of ${of}`,
    note: line,
    run: open,
  };
}
