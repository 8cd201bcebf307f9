/** Kept recipes and presets: open, begin from one, import, compare, delete. */
import { useCallback, useMemo, useRef, useState } from "react";
import type { ReactNode } from "react";
import { useTellEditScope } from "#renderer/navigation/edit-scope.ts";
import { useFilter } from "#renderer/navigation/location.ts";
import { FilterField } from "#renderer/ui/filter-field.tsx";
import { plural } from "#renderer/ui/format.ts";
import { KeyCaps } from "#renderer/ui/key-caps.tsx";
import { FailureNotice, SkeletonRows } from "#renderer/ui/region-state.tsx";
import { Splitter } from "#renderer/ui/splitter.tsx";
import { useNow } from "#renderer/ui/use-now.ts";
import { VirtualGrid } from "#renderer/ui/virtual-grid.tsx";
import { CompareRecipes } from "./compare-recipes.tsx";
import { ImportRecipe } from "./import-recipe.tsx";
import { recipeColumns } from "./recipe-columns.tsx";
import { RecipeDetails } from "./recipe-details.tsx";
import { recipeRows } from "./recipe-rows.ts";
import { useRecipeListCommands } from "./use-recipe-list-commands.ts";
import { useRecipeList } from "./use-recipe-list.ts";
import type { RecipeList } from "./use-recipe-list.ts";

export function RecipesView({ choice }: { readonly choice: ReactNode }): ReactNode {
  const list = useRecipeList();
  const [compared, setCompared] = useFilter("compare");
  const [file, setFile] = useFilter("file");
  const [importing, setImporting] = useState(false);
  const filter = useRef<HTMLInputElement>(null);
  const openImport = useCallback(() => setImporting(true), []);
  const toggleCompare = useCallback(
    () => setCompared(compared === "" ? "choose" : ""),
    [compared, setCompared],
  );
  useTellEditScope("recipes");
  useRecipeListCommands(list, { toggleCompare, openImport, filter });
  return (
    <>
      <div className="screenhead">
        <h1>Recipes</h1>
        {list.read !== undefined && (
          <span className="s12 t3 nowrap">
            {list.read.saved.length} kept, {plural(list.read.presets.length, "preset")}
          </span>
        )}
        <span className="end flex">
          {choice}
          <FilterField
            label="Filter recipes"
            value={list.text}
            onChange={list.setText}
            field={filter}
          />
          <button type="button" className="btn" onClick={openImport}>
            Import… <KeyCaps keys="I" />
          </button>
        </span>
      </div>
      {list.failure !== undefined && (
        <FailureNotice failure={list.failure} onRetry={list.refresh} />
      )}
      {list.actFailure !== undefined && <FailureNotice failure={list.actFailure} />}
      <ImportRecipe
        opened={importing || file !== ""}
        file={file}
        onClose={() => {
          setImporting(false);
          setFile("");
        }}
        onChosen={list.create}
      />
      {list.read === undefined ? (
        <SkeletonRows />
      ) : (
        <div className="cols recipecols">
          <Splitter name="recipes" side="right" label="Width of the details" initial={440} />
          <RecipeGrid list={list} />
          <aside className="region scroll" aria-label="Chosen recipe" tabIndex={0}>
            <ChosenRecipe list={list} compared={compared} onCompare={setCompared} />
          </aside>
        </div>
      )}
    </>
  );
}

function RecipeGrid({ list }: { readonly list: RecipeList }): ReactNode {
  const { rows, at, choose, open } = list;
  const now = useNow(30_000);
  const columns = useMemo(() => recipeColumns(now), [now]);
  return (
    <section className="region" aria-label="All recipes">
      <VirtualGrid
        label="Recipes"
        columns={columns}
        rows={rows}
        rowKey={(row) => row.key}
        chosen={rows.length === 0 ? -1 : at}
        onChoose={choose}
        onOpen={(index) => open(rows[index])}
      />
    </section>
  );
}

function ChosenRecipe({
  list,
  compared,
  onCompare,
}: {
  readonly list: RecipeList;
  /** Key of the recipe it is compared with, "choose" for any; "" for none. */
  readonly compared: string;
  readonly onCompare: (key: string) => void;
}): ReactNode {
  const { row, read, open, create, remove } = list;
  if (row === undefined) return <p className="empty t2">Nothing matches the filter.</p>;
  if (compared !== "")
    return (
      <CompareRecipes
        row={row}
        rows={recipeRows(read?.saved ?? [], read?.presets ?? [], "")}
        withKey={compared}
        onWith={onCompare}
        onClose={() => onCompare("")}
      />
    );
  return (
    <RecipeDetails
      row={row}
      onOpen={() => open(row)}
      onDuplicate={(id) => void create({ recipe: id })}
      onDelete={remove}
      onCompare={() => onCompare("choose")}
    />
  );
}
