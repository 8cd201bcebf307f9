/** A recipe from elsewhere: a file, the fixed configuration of a pipeline, or pasted text. */
import { useState } from "react";
import type { ReactNode } from "react";
import { pipelineIdFrom } from "#renderer/bridge/ids.ts";
import { recentPipelinesQuery } from "#renderer/bridge/queries.ts";
import { useQuery } from "#renderer/bridge/use-query.ts";
import { DialogFoot } from "#renderer/ui/dialog-foot.tsx";
import { Dialog } from "#renderer/ui/dialog.tsx";
import { Labelled } from "#renderer/ui/fields/labelled.tsx";
import { Segments } from "#renderer/ui/segments.tsx";
import type { RecipeSource } from "./use-recipe-list.ts";

export interface ImportRecipeProps {
  readonly opened: boolean;
  /** A file that the system handed over; empty where there is none. */
  readonly file: string;
  readonly onClose: () => void;
  /** Resolves true where it went through. */
  readonly onChosen: (from: RecipeSource) => Promise<boolean>;
}

export function ImportRecipe({ opened, file, onClose, onChosen }: ImportRecipeProps): ReactNode {
  const [way, setWay] = useState<"file" | "launch" | "text">("file");
  const [picked, setPicked] = useState<File | undefined>(undefined);
  const [launch, setLaunch] = useState("");
  const [text, setText] = useState("");
  const pipelines = useQuery(opened ? recentPipelinesQuery : undefined).data?.pipelines ?? [];
  const pipelineId = pipelineIdFrom(launch === "" ? pipelines[0]?.id : launch);
  const from = async (): Promise<RecipeSource | undefined> => {
    if (file !== "") return { file };
    if (way === "file")
      return picked === undefined
        ? undefined
        : { yaml: await picked.text(), fileName: picked.name };
    if (way === "text") return text.trim() === "" ? undefined : { yaml: text };
    return pipelineId === undefined ? undefined : { pipeline: pipelineId };
  };
  const ready =
    file !== "" ||
    (way === "file"
      ? picked !== undefined
      : way === "text"
        ? text.trim() !== ""
        : pipelineId !== undefined);
  const submit = async (): Promise<void> => {
    const chosen = await from();
    if (chosen !== undefined && (await onChosen(chosen))) onClose();
  };
  return (
    <Dialog opened={opened} onClose={onClose} label="Import a recipe" headed size={560}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        {file !== "" ? (
          <p className="t2 break">
            Keep a copy of <span className="mono">{file}</span> among the recipes? Nothing is run.
          </p>
        ) : (
          <>
            <Segments
              label="Import from"
              value={way}
              onChange={setWay}
              segments={[
                { value: "file", label: "A file" },
                { value: "launch", label: "A pipeline" },
                { value: "text", label: "Text" },
              ]}
            />
            <div style={{ marginTop: 12 }}>
              {way === "file" && (
                <Labelled label="YAML file" layout="above">
                  <input
                    type="file"
                    accept=".yaml,.yml,.gradus"
                    onChange={(event) => setPicked(event.currentTarget.files?.[0])}
                  />
                </Labelled>
              )}
              {way === "launch" &&
                (pipelines.length === 0 ? (
                  <p className="t2">Nothing was started yet.</p>
                ) : (
                  <Labelled
                    label="Its configuration as it was fixed, defaults written out"
                    layout="above"
                  >
                    <select
                      className="input"
                      value={pipelineId ?? ""}
                      onChange={(event) => setLaunch(event.currentTarget.value)}
                    >
                      {pipelines.map((one) => (
                        <option key={one.id} value={one.id}>
                          {one.id}, {one.name}
                        </option>
                      ))}
                    </select>
                  </Labelled>
                ))}
              {way === "text" && (
                <Labelled label="YAML" layout="above">
                  <textarea
                    className="input mono importtext"
                    rows={10}
                    spellCheck={false}
                    value={text}
                    onChange={(event) => setText(event.currentTarget.value)}
                  />
                </Labelled>
              )}
            </div>
          </>
        )}
        <DialogFoot onClose={onClose}>
          <button type="submit" className="btn primary" disabled={!ready}>
            Import
          </button>
        </DialogFoot>
      </form>
    </Dialog>
  );
}
