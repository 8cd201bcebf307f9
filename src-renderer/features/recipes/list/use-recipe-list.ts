/** The Recipes screen's list: what is in it, which row is chosen, and what is done to a recipe. */
import { useCallback, useMemo } from "react";
import type { RecipeId, SavedRecipeSummary } from "#shared/schema/recipe-draft.ts";
import { hrefTo, navigate, useFilter } from "#renderer/navigation/location.ts";
import type { Failure } from "#renderer/bridge/failure.ts";
import { host } from "#renderer/bridge/host.ts";
import { recipesQuery, savedRecipesQuery } from "#renderer/bridge/queries.ts";
import { useAct } from "#renderer/bridge/use-act.ts";
import { useQuery } from "#renderer/bridge/use-query.ts";
import { recipeRows } from "./recipe-rows.ts";
import type { Preset, RecipeRow } from "./recipe-rows.ts";

export type RecipeSource = Parameters<typeof host.recipes.create>[0]["from"];

export interface RecipeList {
  /** undefined until both lists are read. */
  readonly read:
    | { readonly saved: readonly SavedRecipeSummary[]; readonly presets: readonly Preset[] }
    | undefined;
  /** Of reading the lists. */
  readonly failure: Failure | undefined;
  readonly refresh: () => void;
  /** Of what was done last. */
  readonly actFailure: Failure | undefined;
  readonly text: string;
  readonly setText: (text: string) => void;
  /** Those that hold the text. */
  readonly rows: readonly RecipeRow[];
  readonly at: number;
  readonly row: RecipeRow | undefined;
  readonly choose: (index: number) => void;
  /** Makes a recipe and opens it; resolves true where it went through. */
  readonly create: (from: RecipeSource) => Promise<boolean>;
  /** A kept recipe is opened, of a preset a copy. */
  readonly open: (row: RecipeRow | undefined) => void;
  readonly remove: (id: RecipeId) => void;
}

export function useRecipeList(): RecipeList {
  const saved = useQuery(savedRecipesQuery);
  const presets = useQuery(recipesQuery);
  const [text, setText] = useFilter("text");
  const [chosenKey, setChosenKey] = useFilter("recipe");
  const { run, failure: actFailure } = useAct();
  const rows = useMemo(
    () => recipeRows(saved.data ?? [], presets.data ?? [], text),
    [saved.data, presets.data, text],
  );
  const at = Math.max(
    0,
    rows.findIndex((row) => row.key === chosenKey),
  );
  const create = useCallback(
    (from: RecipeSource) =>
      run(async () => {
        const made = await host.recipes.create({ from });
        navigate(hrefTo(["recipe", made.id]));
      }),
    [run],
  );
  return {
    read:
      saved.data === undefined || presets.data === undefined
        ? undefined
        : { saved: saved.data, presets: presets.data },
    failure: saved.failure ?? presets.failure,
    refresh: saved.refresh,
    actFailure,
    text,
    setText,
    rows,
    at,
    row: rows[at],
    choose: useCallback((index) => setChosenKey(rows[index]?.key ?? ""), [rows, setChosenKey]),
    create,
    open: useCallback(
      (row) => {
        if (row?.type === "saved") navigate(hrefTo(["recipe", row.recipe.id]));
        else if (row !== undefined) void create({ preset: row.preset.id });
      },
      [create],
    ),
    remove: useCallback((id) => void run(() => host.recipes.delete({ id })), [run]),
  };
}
