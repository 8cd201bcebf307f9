/** The commands of the Recipes screen's list. */
import { useMemo } from "react";
import type { RefObject } from "react";
import { useCommands } from "#renderer/navigation/command-registry.ts";
import type { Command } from "#renderer/navigation/command-registry.ts";
import { stepCommands } from "#renderer/ui/step-commands.ts";
import type { RecipeList } from "./use-recipe-list.ts";

export interface RecipeListScreen {
  readonly toggleCompare: () => void;
  readonly openImport: () => void;
  readonly filter: RefObject<HTMLInputElement | null>;
}

export function useRecipeListCommands(list: RecipeList, screen: RecipeListScreen): void {
  const { rows, at, row, choose, open, create, remove } = list;
  const { toggleCompare, openImport, filter } = screen;
  useCommands(
    useMemo((): readonly Command[] => {
      const group = "This screen";
      const kept = row?.type === "saved" ? row.recipe : undefined;
      return [
        ...stepCommands({ screen: "recipes", row: "recipe", count: rows.length, at, choose }),
        {
          id: "recipes.open",
          title: "Open the recipe, or begin one from the preset",
          group,
          keys: "Enter",
          run: () => open(row),
        },
        {
          id: "recipes.duplicate",
          title: "Duplicate the recipe",
          group,
          keys: "D",
          notNow: kept === undefined ? "presets are opened as a copy" : undefined,
          run: () => {
            if (kept !== undefined) void create({ recipe: kept.id });
          },
        },
        {
          id: "recipes.compare",
          title: "Compare with another recipe",
          group,
          keys: "X",
          run: toggleCompare,
        },
        {
          id: "recipes.delete",
          title: "Delete the recipe",
          note: "undo brings it back",
          group,
          keys: "Delete",
          notNow: kept === undefined ? "presets stay" : undefined,
          run: () => {
            if (kept !== undefined) remove(kept.id);
          },
        },
        {
          id: "recipes.import",
          title: "Import a recipe…",
          note: "a file, a pipeline, or text",
          group,
          keys: "I",
          run: openImport,
        },
        {
          id: "recipes.filter",
          title: "Filter recipes",
          group,
          keys: "/",
          run: () => filter.current?.focus(),
        },
      ];
    }, [rows.length, at, row, choose, open, create, remove, toggleCompare, openImport, filter]),
  );
}
