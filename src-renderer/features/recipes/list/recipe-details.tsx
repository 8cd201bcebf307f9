/** The chosen recipe: what it is, its stages, and what can be done with it. */
import type { ReactNode } from "react";
import type { RecipeId } from "#shared/schema/recipe-draft.ts";
import { host } from "#renderer/bridge/host.ts";
import { useQuery } from "#renderer/bridge/use-query.ts";
import { KeyCaps } from "#renderer/ui/key-caps.tsx";
import { originText } from "#renderer/ui/pipelines/recipe-origin.ts";
import { FailureNotice } from "#renderer/ui/region-state.tsx";
import { nameOf, refOf } from "./recipe-rows.ts";
import type { RecipeRow } from "./recipe-rows.ts";

export interface RecipeDetailsProps {
  readonly row: RecipeRow;
  readonly onOpen: () => void;
  readonly onDuplicate: (id: RecipeId) => void;
  readonly onDelete: (id: RecipeId) => void;
  readonly onCompare: () => void;
}

export function RecipeDetails(props: RecipeDetailsProps): ReactNode {
  const { row, onOpen, onDuplicate, onDelete, onCompare } = props;
  const ref = refOf(row);
  const text = useQuery(
    "recipe" in ref
      ? {
          key: `recipe:${ref.recipe}`,
          topics: ["recipes"],
          fetch: (signal) => host.recipes.get({ id: ref.recipe }, { signal }),
        }
      : undefined,
  );
  const description = row.type === "saved" ? row.recipe.description : row.preset.description;
  const yaml = row.type === "preset" ? row.preset.yaml : text.data?.yaml;
  return (
    <>
      <div className="head">
        <h2 className="ell" title={nameOf(row)}>
          {nameOf(row)}
        </h2>
        <span className="note end mono">
          {row.type === "saved" ? row.recipe.id : row.preset.id}
        </span>
      </div>
      {description !== null && <p className="s12 t2 detailtext">{description}</p>}
      <p className="s12 t3 detailtext">
        {row.type === "saved"
          ? `Began as ${originText(row.recipe.origin)}.`
          : "Ships with Gradus; opening it makes a copy of your own."}
      </p>
      <div className="flex detailacts">
        <button type="button" className="btn primary" onClick={onOpen}>
          {row.type === "saved" ? "Open" : "Begin with it"} <KeyCaps keys="Enter" />
        </button>
        <button type="button" className="btn" onClick={onCompare}>
          Compare <KeyCaps keys="X" />
        </button>
        {row.type === "saved" && (
          <>
            <button type="button" className="btn" onClick={() => onDuplicate(row.recipe.id)}>
              Duplicate <KeyCaps keys="D" />
            </button>
            <button
              type="button"
              className="btn danger"
              title="Undo (Ctrl Z) brings it back; pipelines keep their own configuration"
              onClick={() => onDelete(row.recipe.id)}
            >
              Delete
            </button>
          </>
        )}
      </div>
      {text.failure !== undefined && <FailureNotice failure={text.failure} />}
      {yaml !== undefined && (
        <>
          <div className="head bt">
            <h2>Text</h2>
          </div>
          <pre className="out recipetext">{yaml}</pre>
        </>
      )}
    </>
  );
}
