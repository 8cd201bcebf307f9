/** All datasets with their counts; new ones are made, imported or generated from here. */
import { useCallback, useMemo, useState } from "react";
import type { ReactNode } from "react";
import type { DatasetId } from "#shared/schema/dataset.ts";
import { hrefTo, navigate } from "#renderer/navigation/location.ts";
import { host } from "#renderer/bridge/host.ts";
import { datasetsQuery } from "#renderer/bridge/queries.ts";
import { useAct } from "#renderer/bridge/use-act.ts";
import { useQuery } from "#renderer/bridge/use-query.ts";
import { plural } from "#renderer/ui/format.ts";
import { KeyCaps } from "#renderer/ui/key-caps.tsx";
import { Empty, FailureNotice, SkeletonRows } from "#renderer/ui/region-state.tsx";
import { useNow } from "#renderer/ui/use-now.ts";
import { VirtualGrid } from "#renderer/ui/virtual-grid.tsx";
import "../datasets.css";
import { GenerateDialog } from "../generate/generate-dialog.tsx";
import { JobLines } from "../jobs/job-lines.tsx";
import { NameDialog } from "../name-dialog.tsx";
import { datasetColumns } from "./dataset-columns.tsx";
import { IMPORT, useDatasetsCommands } from "./datasets-commands.ts";
import type { DatasetsDialog } from "./datasets-commands.ts";
import { useChosenDataset } from "./use-chosen-dataset.ts";

/** @param count undefined before the first answer */
function DatasetsHead({
  count,
  onDialog,
}: {
  readonly count: number | undefined;
  readonly onDialog: (dialog: DatasetsDialog) => void;
}): ReactNode {
  return (
    <div className="screenhead">
      <h1>Datasets</h1>
      {count !== undefined && <span className="s12 t3">{plural(count, "dataset")}</span>}
      <span className="end flex">
        <button type="button" className="btn" onClick={() => onDialog("new")}>
          New… <KeyCaps keys="N" />
        </button>
        <button type="button" className="btn" onClick={() => onDialog("generate")}>
          Generate… <KeyCaps keys="W" />
        </button>
        <a className="btn primary" href={IMPORT}>
          Import… <KeyCaps keys="I" />
        </a>
      </span>
    </div>
  );
}

function NoDatasets(): ReactNode {
  return (
    <Empty
      action={
        <a className="btn" href={IMPORT}>
          Import a file
        </a>
      }
    >
      No datasets yet. Import conversations with reasoning, or let a teacher write some.
    </Empty>
  );
}

export function DatasetsScreen(): ReactNode {
  const query = useQuery(datasetsQuery);
  const datasets = useMemo(() => query.data ?? [], [query.data]);
  const chosen = useChosenDataset(datasets);
  const [dialog, setDialog] = useState<DatasetsDialog>();
  const [since] = useState(() => Date.now());
  const act = useAct();
  const now = useNow(60_000);
  const columns = useMemo(() => datasetColumns(now), [now]);
  const { run } = act;
  const remove = useCallback(
    (datasetId: DatasetId) => void run(() => host.datasets.delete({ datasetId })),
    [run],
  );
  useDatasetsCommands(chosen, setDialog, remove);
  return (
    <>
      <DatasetsHead count={query.data?.length} onDialog={setDialog} />
      {query.failure !== undefined && (
        <FailureNotice failure={query.failure} onRetry={query.refresh} />
      )}
      {act.failure !== undefined && <FailureNotice failure={act.failure} />}
      <JobLines since={since} />
      {query.data === undefined && query.failure === undefined && <SkeletonRows />}
      {query.data !== undefined && datasets.length === 0 && <NoDatasets />}
      {datasets.length > 0 && (
        <VirtualGrid
          label="Datasets"
          columns={columns}
          rows={datasets}
          rowKey={({ id }) => id}
          chosen={chosen.at}
          onChoose={chosen.choose}
          onOpen={chosen.open}
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
