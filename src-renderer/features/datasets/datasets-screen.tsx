/** All datasets with their counts; new ones are made, imported or generated from here. */
import { useMemo, useState } from "react";
import type { ReactNode } from "react";
import { useCommands } from "#renderer/navigation/command-registry.ts";
import { hrefTo, navigate, useFilter } from "#renderer/navigation/location.ts";
import { host } from "#renderer/bridge/host.ts";
import { datasetsQuery } from "#renderer/bridge/queries.ts";
import { useAct } from "#renderer/bridge/use-act.ts";
import { useQuery } from "#renderer/bridge/use-query.ts";
import { plural } from "#renderer/ui/format.ts";
import { KeyCaps } from "#renderer/ui/key-caps.tsx";
import { Empty, FailureNotice, SkeletonRows } from "#renderer/ui/region-state.tsx";
import { useNow } from "#renderer/ui/use-now.ts";
import { VirtualGrid } from "#renderer/ui/virtual-grid.tsx";
import { datasetColumns } from "./dataset-rows.tsx";
import "./datasets.css";
import { GenerateDialog } from "./generate-dialog.tsx";
import { JobLines } from "./job-lines.tsx";
import { NameDialog } from "./name-dialog.tsx";

const IMPORT = hrefTo(["datasets", "import"]);

export function DatasetsScreen(): ReactNode {
  const query = useQuery(datasetsQuery);
  const datasets = useMemo(() => query.data ?? [], [query.data]);
  const [chosenId, setChosenId] = useFilter("dataset");
  const [dialog, setDialog] = useState<"new" | "generate">();
  const [since] = useState(() => Date.now());
  const act = useAct();
  const now = useNow(60_000);
  const columns = useMemo(() => datasetColumns(now), [now]);
  const at = Math.max(
    0,
    datasets.findIndex(({ id }) => id === chosenId),
  );
  const chosen = datasets[at];
  const { run } = act;
  useCommands(
    useMemo(() => {
      const move = (by: number): void => {
        const next = datasets[Math.min(datasets.length - 1, Math.max(0, at + by))];
        if (next !== undefined) setChosenId(next.id);
      };
      const group = "This screen";
      return [
        { id: "datasets.next", title: "Next dataset", group, keys: "J", run: () => move(1) },
        {
          id: "datasets.previous",
          title: "Previous dataset",
          group,
          keys: "K",
          run: () => move(-1),
        },
        {
          id: "datasets.open",
          title: "Open the chosen dataset",
          group,
          keys: "Enter",
          run: () => {
            if (chosen !== undefined) navigate(hrefTo(["dataset", chosen.id]));
          },
        },
        {
          id: "datasets.review",
          title: "Review the chosen dataset",
          group,
          keys: "V",
          run: () => {
            if (chosen !== undefined) navigate(hrefTo(["curation"], { dataset: chosen.id }));
          },
        },
        {
          id: "datasets.import",
          title: "Import a file…",
          group,
          keys: "I",
          run: () => navigate(IMPORT),
        },
        {
          id: "datasets.new",
          title: "New empty dataset…",
          group,
          keys: "N",
          run: () => setDialog("new"),
        },
        {
          id: "datasets.generate",
          title: "Generate with a teacher…",
          group,
          keys: "W",
          run: () => setDialog("generate"),
        },
        {
          id: "datasets.delete",
          title: "Delete the chosen dataset",
          note: "undo brings it back",
          group,
          keys: "Delete",
          run: () => {
            if (chosen !== undefined)
              void run(() => host.datasets.delete({ datasetId: chosen.id }));
          },
        },
      ] as const;
    }, [datasets, at, chosen, setChosenId, run]),
  );
  return (
    <>
      <div className="screenhead">
        <h1>Datasets</h1>
        {query.data !== undefined && (
          <span className="s12 t3">{plural(datasets.length, "dataset")}</span>
        )}
        <span className="end flex">
          <button type="button" className="btn" onClick={() => setDialog("new")}>
            New… <KeyCaps keys="N" />
          </button>
          <button type="button" className="btn" onClick={() => setDialog("generate")}>
            Generate… <KeyCaps keys="W" />
          </button>
          <a className="btn primary" href={IMPORT}>
            Import… <KeyCaps keys="I" />
          </a>
        </span>
      </div>
      {query.failure !== undefined && (
        <FailureNotice failure={query.failure} onRetry={query.refresh} />
      )}
      {act.failure !== undefined && <FailureNotice failure={act.failure} />}
      <JobLines since={since} />
      {query.data === undefined && query.failure === undefined && <SkeletonRows />}
      {query.data !== undefined && datasets.length === 0 && (
        <Empty
          action={
            <a className="btn" href={IMPORT}>
              Import a file
            </a>
          }
        >
          No datasets yet. Import conversations with reasoning, or let a teacher write some.
        </Empty>
      )}
      {datasets.length > 0 && (
        <VirtualGrid
          label="Datasets"
          columns={columns}
          rows={datasets}
          rowKey={({ id }) => id}
          chosen={at}
          onChoose={(index) => {
            const dataset = datasets[index];
            if (dataset !== undefined) setChosenId(dataset.id);
          }}
          onOpen={(index) => {
            const dataset = datasets[index];
            if (dataset !== undefined) navigate(hrefTo(["dataset", dataset.id]));
          }}
        />
      )}
      <NameDialog
        key={dialog}
        opened={dialog === "new"}
        label="New dataset"
        verb="Make it"
        before=""
        onClose={() => setDialog(undefined)}
        onName={async (name) => {
          const made = await host.datasets.create({ name });
          navigate(hrefTo(["dataset", made.id]));
        }}
      />
      {dialog === "generate" && <GenerateDialog onClose={() => setDialog(undefined)} />}
    </>
  );
}
