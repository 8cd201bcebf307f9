/** Kept recipes and presets: open, begin from one, import, compare, delete. */
import { useCallback, useMemo, useRef, useState } from "react";
import type { ReactNode } from "react";
import { useCommands } from "#renderer/navigation/command-registry.ts";
import { useTellEditScope } from "#renderer/navigation/edit-scope.ts";
import { hrefTo, navigate, useFilter } from "#renderer/navigation/location.ts";
import { host } from "#renderer/bridge/host.ts";
import { recipesQuery, savedRecipesQuery } from "#renderer/bridge/queries.ts";
import { useAct } from "#renderer/bridge/use-act.ts";
import { useQuery } from "#renderer/bridge/use-query.ts";
import { formatWhen, plural } from "#renderer/ui/format.ts";
import { Glyph } from "#renderer/ui/glyph.tsx";
import { KeyCaps } from "#renderer/ui/key-caps.tsx";
import { originText } from "#renderer/ui/launches/recipe-origin.ts";
import { FailureNotice, SkeletonRows } from "#renderer/ui/region-state.tsx";
import { useNow } from "#renderer/ui/use-now.ts";
import { VirtualGrid } from "#renderer/ui/virtual-grid.tsx";
import type { GridColumn } from "#renderer/ui/virtual-grid.tsx";
import { CompareRecipes } from "./compare-recipes.tsx";
import { ImportRecipe } from "./import-recipe.tsx";
import { RecipeDetails } from "./recipe-details.tsx";
import { nameOf, recipeRows } from "./recipe-rows.ts";
import type { RecipeRow } from "./recipe-rows.ts";
import { Splitter } from "#renderer/ui/splitter.tsx";

function columnsAt(now: number): readonly GridColumn<RecipeRow>[] {
  return [
    {
      id: "name",
      header: "Recipe",
      track: "minmax(150px, 1.2fr)",
      cell: (row) => <span className="med">{nameOf(row)}</span>,
    },
    {
      id: "what",
      header: "What it does",
      track: "minmax(120px, 2fr)",
      wideOnly: true,
      cell: (row) => (
        <span className="t3">
          {(row.type === "saved" ? row.recipe.description : row.preset.description) ?? ""}
        </span>
      ),
    },
    {
      id: "from",
      header: "From",
      track: "132px",
      cell: (row) => (
        <span className="t3">
          {row.type === "saved" ? originText(row.recipe.origin) : "ships with Gradus"}
        </span>
      ),
    },
    {
      id: "state",
      header: "State",
      track: "104px",
      cell: (row) => {
        if (row.type === "preset") return <span className="t3">preset</span>;
        const { errors } = row.recipe;
        return errors === 0 ? (
          <span className="t3">{plural(row.recipe.stages.length, "stage")}</span>
        ) : (
          <span className="fail">
            <Glyph name="cross" /> {plural(errors, "problem")}
          </span>
        );
      },
    },
    {
      id: "when",
      header: "Changed",
      track: "104px",
      numeric: true,
      cell: (row) => (
        <span className="t3">
          {row.type === "saved" ? formatWhen(row.recipe.updatedAtMs, now) : "–"}
        </span>
      ),
    },
  ];
}

export function RecipesView({ choice }: { readonly choice: ReactNode }): ReactNode {
  const saved = useQuery(savedRecipesQuery);
  const presets = useQuery(recipesQuery);
  const [text, setText] = useFilter("text");
  const [chosenKey, setChosenKey] = useFilter("recipe");
  const [compared, setCompared] = useFilter("compare");
  const [file, setFile] = useFilter("file");
  const [importing, setImporting] = useState(false);
  const search = useRef<HTMLInputElement>(null);
  const act = useAct();
  const { run } = act;
  const now = useNow(30_000);
  const columns = useMemo(() => columnsAt(now), [now]);
  const rows = useMemo(
    () => recipeRows(saved.data ?? [], presets.data ?? [], text),
    [saved.data, presets.data, text],
  );
  const at = Math.max(
    0,
    rows.findIndex((row) => row.key === chosenKey),
  );
  const row = rows[at];
  const create = useCallback(
    (from: Parameters<typeof host.recipes.create>[0]["from"]) =>
      run(async () => {
        const made = await host.recipes.create({ from });
        navigate(hrefTo(["recipe", made.id]));
      }),
    [run],
  );
  const open = useCallback(
    (one: RecipeRow | undefined) => {
      if (one?.type === "saved") navigate(hrefTo(["recipe", one.recipe.id]));
      else if (one !== undefined) void create({ preset: one.preset.id });
    },
    [create],
  );
  useTellEditScope("recipes");
  useCommands(
    useMemo(() => {
      const group = "This screen";
      const isSaved = row?.type === "saved";
      const move = (by: number): void => {
        const next = rows[Math.min(rows.length - 1, Math.max(0, at + by))];
        if (next !== undefined) setChosenKey(next.key);
      };
      return [
        { id: "recipes.next", title: "Next recipe", group, keys: "J", run: () => move(1) },
        { id: "recipes.previous", title: "Previous recipe", group, keys: "K", run: () => move(-1) },
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
          notNow: isSaved ? undefined : "presets are opened as a copy",
          run: () => {
            if (row?.type === "saved") void create({ recipe: row.recipe.id });
          },
        },
        {
          id: "recipes.compare",
          title: "Compare with another recipe",
          group,
          keys: "X",
          run: () => setCompared(compared === "" ? "choose" : ""),
        },
        {
          id: "recipes.delete",
          title: "Delete the recipe",
          note: "undo brings it back",
          group,
          keys: "Delete",
          notNow: isSaved ? undefined : "presets stay",
          run: () => {
            if (row?.type === "saved") void run(() => host.recipes.delete({ id: row.recipe.id }));
          },
        },
        {
          id: "recipes.import",
          title: "Import a recipe…",
          note: "a file, a launch, or text",
          group,
          keys: "I",
          run: () => setImporting(true),
        },
        {
          id: "recipes.filter",
          title: "Filter recipes",
          group,
          keys: "/",
          run: () => search.current?.focus(),
        },
      ] as const;
    }, [rows, at, row, setChosenKey, open, create, compared, setCompared, run]),
  );
  const loading = saved.data === undefined || presets.data === undefined;
  const failure = saved.failure ?? presets.failure;
  return (
    <>
      <div className="screenhead">
        <h1>Recipes</h1>
        {saved.data !== undefined && (
          <span className="s12 t3 nowrap">
            {saved.data.length} kept, {plural(presets.data?.length ?? 0, "preset")}
          </span>
        )}
        <span className="end flex">
          {choice}
          <label className="input recipefilter">
            <span className="visually-hidden">Filter recipes</span>
            <input
              ref={search}
              value={text}
              placeholder="Filter"
              spellCheck={false}
              onChange={(event) => setText(event.currentTarget.value)}
              onKeyDown={(event) => event.key === "Escape" && event.currentTarget.blur()}
            />
            <KeyCaps keys="/" />
          </label>
          <button type="button" className="btn" onClick={() => setImporting(true)}>
            Import… <KeyCaps keys="I" />
          </button>
        </span>
      </div>
      {failure !== undefined && <FailureNotice failure={failure} onRetry={saved.refresh} />}
      {act.failure !== undefined && <FailureNotice failure={act.failure} />}
      <ImportRecipe
        opened={importing || file !== ""}
        file={file}
        onClose={() => {
          setImporting(false);
          setFile("");
        }}
        onChosen={create}
      />
      {loading ? (
        <SkeletonRows />
      ) : (
        <div className="cols recipecols">
          <Splitter name="recipes" side="right" label="Width of the details" initial={440} />
          <section className="region" aria-label="All recipes">
            <VirtualGrid
              label="Recipes"
              columns={columns}
              rows={rows}
              rowKey={(one) => one.key}
              chosen={rows.length === 0 ? -1 : at}
              onChoose={(index) => setChosenKey(rows[index]?.key ?? "")}
              onOpen={(index) => open(rows[index])}
            />
          </section>
          <aside className="region scroll" aria-label="Chosen recipe" tabIndex={0}>
            {row === undefined ? (
              <p className="empty t2">Nothing matches the filter.</p>
            ) : compared === "" ? (
              <RecipeDetails
                row={row}
                onOpen={() => open(row)}
                onDuplicate={(id) => void create({ recipe: id })}
                onDelete={(id) => void run(() => host.recipes.delete({ id }))}
                onCompare={() => setCompared("choose")}
              />
            ) : (
              <CompareRecipes
                row={row}
                rows={recipeRows(saved.data, presets.data, "")}
                withKey={compared}
                onWith={setCompared}
                onClose={() => setCompared("")}
              />
            )}
          </aside>
        </div>
      )}
    </>
  );
}
