/** One dataset: what it holds, where it came from, its versions, and what can be done with it as a whole. */
import { useCallback, useMemo, useState } from "react";
import type { ReactNode } from "react";
import type { DatasetId } from "#shared/schema/dataset.ts";
import { useTellCrumbs } from "#renderer/navigation/crumbs.ts";
import { useTellEditScope } from "#renderer/navigation/edit-scope.ts";
import { hrefTo, navigate, useFilter } from "#renderer/navigation/location.ts";
import { host } from "#renderer/bridge/host.ts";
import { useAct } from "#renderer/bridge/use-act.ts";
import { FailureNotice } from "#renderer/ui/region-state.tsx";
import { Splitter } from "#renderer/ui/splitter.tsx";
import { visibleText } from "#renderer/ui/text/visible-text.ts";
import "../datasets.css";
import { JobLines } from "../jobs/job-lines.tsx";
import { CompareRegion } from "./compare-region.tsx";
import { DatasetAside } from "./dataset-aside.tsx";
import { useDatasetCommands } from "./dataset-commands.ts";
import { DatasetDialogs } from "./dataset-dialogs.tsx";
import type { DatasetDialog } from "./dataset-dialogs.tsx";
import { DatasetHead } from "./dataset-head.tsx";
import { HoldingsRegion } from "./holdings-region.tsx";
import { StaleNotice } from "./stale-notice.tsx";
import { useDataset } from "./use-dataset.ts";

/** "d1@1..d1@2" */
function comparedRefs(text: string): readonly [string, string] | undefined {
  const [from, to] = text.split("..");
  return from === undefined || to === undefined || from === "" || to === ""
    ? undefined
    : [from, to];
}

function useCrumbs(datasetId: DatasetId, name: string | undefined): void {
  useTellCrumbs(
    useMemo(
      () => [
        { label: "Datasets", href: hrefTo(["datasets"]) },
        { label: name === undefined ? datasetId : visibleText(name) },
      ],
      [name, datasetId],
    ),
  );
}

export function DatasetScreen({ datasetId }: { readonly datasetId: DatasetId }): ReactNode {
  const { dataset, statistics, versions } = useDataset(datasetId);
  const [compare, setCompare] = useFilter("compare");
  const [dialog, setDialog] = useState<DatasetDialog>();
  const [since] = useState(() => Date.now());
  const act = useAct();
  const { run } = act;
  const remove = useCallback(
    () =>
      void run(() => host.datasets.delete({ datasetId })).then((done) => {
        if (done) navigate(hrefTo(["datasets"]));
      }),
    [datasetId, run],
  );
  useTellEditScope(`dataset:${datasetId}`);
  useCrumbs(datasetId, dataset.data?.name);
  useDatasetCommands(datasetId, setDialog, remove);
  const compared = comparedRefs(compare);
  return (
    <>
      <DatasetHead
        datasetId={datasetId}
        dataset={dataset.data}
        onDialog={setDialog}
        onDelete={remove}
      />
      {dataset.failure !== undefined && (
        <FailureNotice failure={dataset.failure} onRetry={dataset.refresh} />
      )}
      {act.failure !== undefined && <FailureNotice failure={act.failure} />}
      {dataset.data !== undefined && dataset.data.stale > 0 && (
        <StaleNotice
          records={dataset.data.stale}
          busy={act.busy}
          onMeasure={() => void run(() => host.datasets.refresh({ datasetId }))}
        />
      )}
      <JobLines datasetId={datasetId} since={since} />
      <div className="cols datasetcols">
        <Splitter name="dataset" side="right" label="Width of versions and sources" initial={360} />
        {compared === undefined ? (
          <HoldingsRegion datasetId={datasetId} statistics={statistics} />
        ) : (
          <CompareRegion
            key={compare}
            from={compared[0]}
            to={compared[1]}
            onClose={() => setCompare("", false)}
          />
        )}
        <DatasetAside
          datasetId={datasetId}
          versions={versions}
          compared={compared ?? []}
          onCompare={(from, to) => setCompare(`${from}..${to}`, false)}
        />
      </div>
      <DatasetDialogs
        dialog={dialog}
        datasetId={datasetId}
        dataset={dataset.data}
        versions={versions}
        onClose={() => setDialog(undefined)}
      />
    </>
  );
}
