/** Models: those that are here, and those that can be got. */
import { useMemo, useState } from "react";
import type { ReactNode } from "react";
import { useCommands } from "#renderer/navigation/command-registry.ts";
import { useFilter } from "#renderer/navigation/location.ts";
import { modelsQuery } from "#renderer/bridge/queries.ts";
import { useQuery } from "#renderer/bridge/use-query.ts";
import { plural } from "#renderer/ui/format.ts";
import { Segments } from "#renderer/ui/segments.tsx";
import { CatalogueView } from "./catalogue-view.tsx";
import { GetForm } from "./get-form.tsx";
import { JobStrip } from "./job-strip.tsx";
import { WorkspaceModels } from "./workspace-models.tsx";
import "./models.css";

const VIEWS = [
  { value: "here", label: "Here" },
  { value: "catalogue", label: "Catalogue" },
] as const;
type View = (typeof VIEWS)[number]["value"];

export function ModelsScreen(): ReactNode {
  const { data } = useQuery(modelsQuery);
  const [shown, setShown] = useFilter("show", "here");
  const [getting, setGetting] = useState(false);
  const view: View = shown === "catalogue" ? "catalogue" : "here";
  useCommands(
    useMemo(
      () => [
        {
          id: "models.get",
          title: "Get a model…",
          note: "a hub id, a folder or a GGUF file",
          group: "This screen",
          keys: "I",
          run: () => setGetting(true),
        },
        {
          id: "models.view",
          title: view === "here" ? "Show the catalogue" : "Show the models that are here",
          group: "This screen",
          keys: "V",
          run: () => setShown(view === "here" ? "catalogue" : "here"),
        },
      ],
      [view, setShown],
    ),
  );
  return (
    <>
      <div className="screenhead">
        <h1>Models</h1>
        {data !== undefined && <span className="s12 t3">{plural(data.length, "model")} here</span>}
        <span className="end flex">
          <Segments label="Show" segments={VIEWS} value={view} onChange={setShown} />
          <button type="button" className="btn" onClick={() => setGetting(true)}>
            Get… <kbd aria-hidden="true">I</kbd>
          </button>
        </span>
      </div>
      <JobStrip />
      <GetForm opened={getting} onClose={() => setGetting(false)} />
      {view === "here" ? <WorkspaceModels /> : <CatalogueView />}
    </>
  );
}
