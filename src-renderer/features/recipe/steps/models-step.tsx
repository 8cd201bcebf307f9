/** The models that stages start from: a name in this recipe, and what it means on this machine. */
import { useState } from "react";
import type { ReactNode } from "react";
import { hrefTo } from "#renderer/navigation/location.ts";
import { modelsQuery } from "#renderer/bridge/queries.ts";
import { useQuery } from "#renderer/bridge/use-query.ts";
import { formatBytes, formatCompact } from "#renderer/ui/format.ts";
import { useDraft } from "../document/draft-value.ts";
import { getValue, isMap, withoutKeys, textAt } from "../document/plain-value.ts";
import { setKeys } from "../document/recipe-document.ts";
import { stagesOf } from "../document/stage-edits.ts";
import { TextField } from "../fields/text-field.tsx";

export function ModelsStep(): ReactNode {
  const { value, change, broken } = useDraft();
  const models = useQuery(modelsQuery).data ?? [];
  const [added, setAdded] = useState("");
  const named = getValue(value, ["models"]);
  const keys = isMap(named) ? Object.keys(named) : [];
  const usedBy = (key: string): readonly string[] =>
    stagesOf(value).flatMap((stage) =>
      getValue(stage, ["model"]) === key || getValue(stage, ["teacher"]) === key
        ? [textAt(stage, ["name"])]
        : [],
    );
  const add = (): void => {
    const name = added.trim();
    if (name === "" || keys.includes(name)) return;
    change(`add model ${name}`, (text) =>
      setKeys(text, ["models", name], models[0]?.id ?? "gradus-base"),
    );
    setAdded("");
  };
  return (
    <>
      <div className="sec">
        <h2>Models</h2>
        <span className="t3 s12">an id of the workspace, or a folder in hub layout</span>
      </div>
      {keys.map((key) => {
        const known = models.find(({ id }) => id === getValue(value, ["models", key]));
        return (
          <div key={key} className="modelfield">
            <TextField
              label={key}
              line={usedBy(key).length === 0 ? "no stage uses it" : `for ${usedBy(key).join(", ")}`}
              keys={["models", key]}
              choices={models.map(({ id }) => id)}
            />
            <div className="modelfacts s12 t3">
              {known !== undefined && (
                <span>
                  {known.architecture}, {formatCompact(known.parameters)} weights,{" "}
                  {formatBytes(known.bytes)}
                </span>
              )}
              {usedBy(key).length === 0 && (
                <button
                  type="button"
                  className="linkbtn"
                  disabled={broken}
                  onClick={() =>
                    change(`remove model ${key}`, (text) =>
                      setKeys(text, ["models"], withoutKeys(named ?? {}, [key])),
                    )
                  }
                >
                  Remove {key}
                </button>
              )}
            </div>
          </div>
        );
      })}
      <form
        className="sectext flex"
        onSubmit={(event) => {
          event.preventDefault();
          add();
        }}
      >
        <label className="flex">
          <span className="s12 t2">Another model, called</span>
          <input
            className="input mono"
            value={added}
            spellCheck={false}
            onChange={(event) => setAdded(event.currentTarget.value)}
          />
        </label>
        <button type="submit" className="btn" disabled={broken || added.trim() === ""}>
          Add
        </button>
      </form>
      <p className="s12 t3 sectext">
        More models come in under{" "}
        <a className="link" href={hrefTo(["models"])}>
          Models
        </a>
        .
      </p>
    </>
  );
}
