/** The columns of the Recipes screen. */
import { formatWhen, plural } from "#renderer/ui/format.ts";
import { Glyph } from "#renderer/ui/glyph.tsx";
import { originText } from "#renderer/ui/pipelines/recipe-origin.ts";
import type { GridColumn } from "#renderer/ui/virtual-grid.tsx";
import { nameOf } from "./recipe-rows.ts";
import type { RecipeRow } from "./recipe-rows.ts";

/** @param now times read as at this moment. */
export function recipeColumns(now: number): readonly GridColumn<RecipeRow>[] {
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
