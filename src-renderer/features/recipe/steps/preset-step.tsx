/** What the recipe began as, its name and seed; another preset can take its place. */
import type { ReactNode } from "react";
import type { SavedRecipe } from "#shared/schema/recipe-draft.ts";
import { hrefTo } from "#renderer/navigation/location.ts";
import { recipesQuery } from "#renderer/bridge/queries.ts";
import { useQuery } from "#renderer/bridge/use-query.ts";
import { originText } from "#renderer/ui/pipelines/recipe-origin.ts";
import { useDraft } from "../document/draft-value.ts";
import { TextField, wholeNumber } from "../fields/text-field.tsx";

export function PresetStep({ saved }: { readonly saved: SavedRecipe }): ReactNode {
  const { change, text } = useDraft();
  const presets = useQuery(recipesQuery).data ?? [];
  return (
    <>
      <div className="sec">
        <h2>This recipe</h2>
        <span className="t3 s12">began as {originText(saved.origin)}</span>
      </div>
      <TextField label="Name" line="pipelines carry it" keys={["name"]} mono={false} />
      <TextField
        label="seed"
        line="everything random follows from it"
        keys={["seed"]}
        read={wholeNumber}
        wide={false}
      />
      <TextField
        label="Description"
        line="a sentence for the list"
        keys={["description"]}
        mono={false}
      />
      <div className="sec bt">
        <h2>Begin again with a preset</h2>
        <span className="t3 s12">replaces the whole text; undo brings it back</span>
      </div>
      <ul>
        {presets.map((preset) => (
          <li key={preset.id} className="presetrow">
            <div>
              <div className="med">{preset.name}</div>
              <div className="s12 t3">{preset.description}</div>
            </div>
            <button
              type="button"
              className="btn small"
              disabled={preset.yaml === text}
              onClick={() => change(`begin again with ${preset.name}`, () => preset.yaml)}
            >
              {preset.yaml === text ? "As it is" : "Use"}
              <span className="visually-hidden"> {preset.name}</span>
            </button>
          </li>
        ))}
      </ul>
      <p className="s12 t3 sectext">
        Other recipes are under{" "}
        <a className="link" href={hrefTo(["recipes"])}>
          Recipes
        </a>
        .
      </p>
    </>
  );
}
