/** The models that recipes can name: built in, got from elsewhere, or written by a run. */
import { useMemo, useState } from "react";
import type { ReactNode } from "react";
import type { ModelRecord } from "#shared/schema/system.ts";
import { useCommands } from "#renderer/navigation/command-registry.ts";
import { useFilter } from "#renderer/navigation/location.ts";
import { host } from "#renderer/bridge/host.ts";
import { modelsQuery } from "#renderer/bridge/queries.ts";
import { useAct } from "#renderer/bridge/use-act.ts";
import { useQuery } from "#renderer/bridge/use-query.ts";
import { ConfirmDialog } from "#renderer/ui/confirm-dialog.tsx";
import { formatBytes, formatCompact, formatWhen } from "#renderer/ui/format.ts";
import { FailureNotice, SkeletonRows } from "#renderer/ui/region-state.tsx";
import { useNow } from "#renderer/ui/use-now.ts";
import { Splitter } from "#renderer/ui/splitter.tsx";
import { VirtualGrid } from "#renderer/ui/virtual-grid.tsx";
import type { GridColumn } from "#renderer/ui/virtual-grid.tsx";
import { ExportForm } from "./export-form.tsx";
import { ModelDetails } from "./model-details.tsx";

const ORIGINS: Readonly<Record<ModelRecord["origin"], string>> = {
  "built-in": "built in",
  imported: "got",
  output: "written by a run",
};

function columnsAt(now: number): readonly GridColumn<ModelRecord>[] {
  return [
    {
      id: "name",
      header: "Model",
      track: "minmax(180px, 1.6fr)",
      cell: (model) => (
        <span className="med mono" title={model.id}>
          {model.name}
        </span>
      ),
    },
    {
      id: "origin",
      header: "From",
      track: "124px",
      cell: (model) => <span className="t2">{ORIGINS[model.origin]}</span>,
    },
    {
      id: "architecture",
      header: "Architecture",
      track: "minmax(110px, 0.8fr)",
      cell: (model) => <span className="mono t2">{model.architecture}</span>,
    },
    {
      id: "license",
      header: "Licence",
      track: "minmax(96px, 0.6fr)",
      wideOnly: true,
      cell: (model) => <span className="t2">{model.license ?? ""}</span>,
    },
    {
      id: "parameters",
      header: "Weights",
      track: "88px",
      numeric: true,
      cell: (model) => formatCompact(model.parameters),
    },
    {
      id: "size",
      header: "Size",
      track: "88px",
      numeric: true,
      cell: (model) => formatBytes(model.bytes),
    },
    {
      id: "when",
      header: "Since",
      track: "108px",
      numeric: true,
      cell: (model) => <span className="t3">{formatWhen(model.createdAtMs, now)}</span>,
    },
  ];
}

export function WorkspaceModels(): ReactNode {
  const query = useQuery(modelsQuery);
  const models = useMemo(() => query.data ?? [], [query.data]);
  const [chosenId, setChosenId] = useFilter("model");
  const [exporting, setExporting] = useState(false);
  const [deleting, setDeleting] = useState(false);
  const act = useAct();
  const now = useNow(60_000);
  const columns = useMemo(() => columnsAt(now), [now]);
  const at = Math.max(
    0,
    models.findIndex((model) => model.id === chosenId),
  );
  const chosen = models[at];
  useCommands(
    useMemo(() => {
      const move = (by: number): void => {
        const next = models[Math.min(models.length - 1, Math.max(0, at + by))];
        if (next !== undefined) setChosenId(next.id);
      };
      return [
        {
          id: "models.next",
          title: "Next model",
          group: "This screen",
          keys: "J",
          run: () => move(1),
        },
        {
          id: "models.previous",
          title: "Previous model",
          group: "This screen",
          keys: "K",
          run: () => move(-1),
        },
        {
          id: "models.export",
          title: "Export the model…",
          note: "hub layout or GGUF",
          group: "This screen",
          keys: "X",
          run: () => setExporting(true),
        },
        {
          id: "models.delete",
          title: "Delete the model…",
          group: "This screen",
          notNow:
            models[at]?.origin === "imported"
              ? undefined
              : "Only models that were got can be deleted.",
          run: () => setDeleting(true),
        },
      ];
    }, [models, at, setChosenId]),
  );
  if (query.data === undefined) {
    return query.failure === undefined ? (
      <SkeletonRows />
    ) : (
      <FailureNotice failure={query.failure} onRetry={query.refresh} />
    );
  }
  return (
    <div className="cols modelcols">
      <Splitter name="models" side="right" label="Width of the card" initial={400} />
      <section className="region" aria-label="All models">
        <VirtualGrid
          label="Models"
          columns={columns}
          rows={models}
          rowKey={(model) => model.id}
          chosen={at}
          onChoose={(index) => {
            const model = models[index];
            if (model !== undefined) setChosenId(model.id);
          }}
        />
      </section>
      <aside className="region" aria-label="Chosen model">
        {chosen !== undefined && (
          <>
            <div className="scroll grow" tabIndex={0} role="group" aria-label="Facts and card">
              <ModelDetails model={chosen} />
            </div>
            <div className="modelacts bt">
              <button type="button" className="btn" onClick={() => setExporting(true)}>
                Export… <kbd aria-hidden="true">X</kbd>
              </button>
              {chosen.origin === "imported" && (
                <button type="button" className="btn danger" onClick={() => setDeleting(true)}>
                  Delete…
                </button>
              )}
            </div>
            <ExportForm
              key={chosen.id}
              model={chosen}
              opened={exporting}
              onClose={() => setExporting(false)}
            />
            <ConfirmDialog
              opened={deleting}
              title={`Delete ${chosen.name}?`}
              keep="Keep it"
              busy={act.busy}
              failure={act.failure}
              acts={[
                {
                  label: "Delete",
                  danger: true,
                  run: () => {
                    void act.run(async () => {
                      await host.models.delete({ id: chosen.id });
                      setDeleting(false);
                    });
                  },
                },
              ]}
              onClose={() => setDeleting(false)}
            >
              Its {formatBytes(chosen.bytes)} go from the workspace. It can be got again where it
              came from. Runs that began with it keep their results.
            </ConfirmDialog>
          </>
        )}
      </aside>
    </div>
  );
}
