/** One dataset: what it holds, where it came from, its versions, and what can be done with it as a whole. */
import { useCallback, useMemo, useState } from "react";
import type { ReactNode } from "react";
import type { DatasetId } from "#shared/schema/dataset.ts";
import { useCommands } from "#renderer/navigation/command-registry.ts";
import { useTellCrumbs } from "#renderer/navigation/crumbs.ts";
import { useTellEditScope } from "#renderer/navigation/edit-scope.ts";
import { hrefTo, navigate, useFilter } from "#renderer/navigation/location.ts";
import { host } from "#renderer/bridge/host.ts";
import { infoQuery } from "#renderer/bridge/queries.ts";
import { useAct } from "#renderer/bridge/use-act.ts";
import { useQuery } from "#renderer/bridge/use-query.ts";
import { AddRecord } from "#renderer/ui/records/add-record.tsx";
import { plural } from "#renderer/ui/format.ts";
import { KeyCaps } from "#renderer/ui/key-caps.tsx";
import { ExportRecords } from "#renderer/ui/records/export-records.tsx";
import { FailureNotice, SkeletonRows } from "#renderer/ui/region-state.tsx";
import { visibleText } from "#renderer/ui/text/visible-text.ts";
import { CompareRegion } from "./compare-region.tsx";
import "./datasets.css";
import { GenerateDialog } from "./generate-dialog.tsx";
import { JobLines } from "./job-lines.tsx";
import { NameDialog } from "./name-dialog.tsx";
import { PublishDialog } from "./publish-dialog.tsx";
import { SourcesRegion } from "./sources-region.tsx";
import { StatisticsTable } from "./statistics-table.tsx";
import { VersionsRegion } from "./versions-region.tsx";
import { Splitter } from "#renderer/ui/splitter.tsx";

type Asked = "add" | "rename" | "export" | "publish" | "generate";

/** "d1@1..d1@2" */
function comparedRefs(text: string): readonly [string, string] | undefined {
  const [from, to] = text.split("..");
  return from === undefined || to === undefined || from === "" || to === ""
    ? undefined
    : [from, to];
}

export function DatasetScreen({ datasetId }: { readonly datasetId: DatasetId }): ReactNode {
  const query = useQuery({
    key: `dataset:${datasetId}`,
    topics: [`dataset:${datasetId}`],
    fetch: (signal) => host.datasets.get({ datasetId }, { signal }),
  });
  const statistics = useQuery({
    key: `statistics:${datasetId}`,
    topics: [`dataset:${datasetId}`],
    fetch: (signal) => host.datasets.statistics({ datasetId }, { signal }),
  });
  const versions = useQuery({
    key: `versions:${datasetId}`,
    topics: [`dataset:${datasetId}`],
    fetch: (signal) => host.datasets.versions.list({ datasetId }, { signal }),
  });
  const folder = useQuery(infoQuery).data?.workspace.path;
  const [compare, setCompare] = useFilter("compare");
  const [asked, setAsked] = useState<Asked>();
  const [since] = useState(() => Date.now());
  const act = useAct();
  const { run } = act;
  const dataset = query.data;
  const compared = comparedRefs(compare);
  useTellEditScope(`dataset:${datasetId}`);
  const name = dataset?.name;
  useTellCrumbs(
    useMemo(
      () => [
        { label: "Datasets", href: hrefTo(["datasets"]) },
        { label: name === undefined ? datasetId : visibleText(name) },
      ],
      [name, datasetId],
    ),
  );
  const review = hrefTo(["curation"], { dataset: datasetId });
  const remove = useCallback(
    () =>
      void run(() => host.datasets.delete({ datasetId })).then((done) => {
        if (done) navigate(hrefTo(["datasets"]));
      }),
    [datasetId, run],
  );
  useCommands(
    useMemo(
      () =>
        (
          [
            ["review", "Review", "V", () => navigate(review)],
            ["add", "Add a record…", "C", () => setAsked("add")],
            ["publish", "Publish a version…", "P", () => setAsked("publish")],
            ["export", "Export…", "X", () => setAsked("export")],
            ["rename", "Rename…", "N", () => setAsked("rename")],
            ["generate", "Generate with a teacher…", "W", () => setAsked("generate")],
            [
              "import",
              "Import more…",
              "I",
              () => navigate(hrefTo(["datasets", "import"], { into: datasetId })),
            ],
            ["delete", "Delete the dataset, undo brings it back", "Delete", remove],
          ] as const
        ).map(([id, title, keys, act]) => ({
          id: `dataset.${id}`,
          title,
          group: "This screen" as const,
          keys,
          run: act,
        })),
      [datasetId, review, remove],
    ),
  );
  return (
    <>
      <div className="screenhead datasethead">
        <h1 className="ell">{name === undefined ? "Dataset" : visibleText(name)}</h1>
        {dataset !== undefined && (
          <span className="s12 t3 nowrap opt">{plural(dataset.records, "record")}</span>
        )}
        <span className="end flex">
          <button type="button" className="btn quiet" onClick={() => setAsked("rename")}>
            Rename <KeyCaps keys="N" />
          </button>
          <button type="button" className="btn quiet" onClick={() => setAsked("add")}>
            Add <KeyCaps keys="C" />
          </button>
          <a className="btn quiet" href={hrefTo(["datasets", "import"], { into: datasetId })}>
            Import <KeyCaps keys="I" />
          </a>
          <button type="button" className="btn quiet" onClick={() => setAsked("generate")}>
            Generate <KeyCaps keys="W" />
          </button>
          <button type="button" className="btn quiet" onClick={remove}>
            Delete
          </button>
          <button type="button" className="btn" onClick={() => setAsked("export")}>
            Export <KeyCaps keys="X" />
          </button>
          <button type="button" className="btn" onClick={() => setAsked("publish")}>
            Publish <KeyCaps keys="P" />
          </button>
          <a className="btn primary" href={review}>
            Review <KeyCaps keys="V" />
          </a>
        </span>
      </div>
      {query.failure !== undefined && (
        <FailureNotice failure={query.failure} onRetry={query.refresh} />
      )}
      {act.failure !== undefined && <FailureNotice failure={act.failure} />}
      {dataset !== undefined && dataset.stale > 0 && (
        <div className="notice warn" role="status">
          <span className="grow">
            {plural(dataset.stale, "record")} were compared with fewer benchmarks than there are
            now.
          </span>
          <button
            type="button"
            className="btn small"
            disabled={act.busy}
            onClick={() => void run(() => host.datasets.refresh({ datasetId }))}
          >
            Measure again
          </button>
        </div>
      )}
      <JobLines datasetId={datasetId} since={since} />
      <div className="cols datasetcols">
        <Splitter name="dataset" side="right" label="Width of versions and sources" initial={360} />
        {compared === undefined ? (
          <section className="region scroll" aria-label="What it holds" tabIndex={0}>
            <div className="head bb">
              <h2>What it holds</h2>
            </div>
            {statistics.failure !== undefined && <FailureNotice failure={statistics.failure} />}
            {statistics.data === undefined ? (
              statistics.failure === undefined && <SkeletonRows rows={8} />
            ) : (
              <StatisticsTable statistics={statistics.data} datasetId={datasetId} />
            )}
          </section>
        ) : (
          <CompareRegion
            key={compare}
            from={compared[0]}
            to={compared[1]}
            onClose={() => setCompare("", false)}
          />
        )}
        <aside
          className="region scroll datasetaside"
          aria-label="Sources and versions"
          tabIndex={0}
        >
          <SourcesRegion datasetId={datasetId} />
          {versions.failure !== undefined && <FailureNotice failure={versions.failure} />}
          {versions.data !== undefined && (
            <VersionsRegion
              versions={versions.data}
              compared={compared ?? []}
              onCompare={(from, to) => setCompare(`${from}..${to}`, false)}
            />
          )}
        </aside>
      </div>
      {dataset !== undefined && asked === "rename" && (
        <NameDialog
          opened
          label="Rename the dataset"
          verb="Rename"
          before={dataset.name}
          onClose={() => setAsked(undefined)}
          onName={async (next) => {
            await host.datasets.rename({ datasetId, name: next });
          }}
        />
      )}
      {folder !== undefined && asked === "add" && (
        <AddRecord datasetId={datasetId} workspace={folder} onClose={() => setAsked(undefined)} />
      )}
      {asked === "publish" && (
        <PublishDialog
          datasetId={datasetId}
          onClose={() => setAsked(undefined)}
          onPublished={() => {
            setAsked(undefined);
            versions.refresh();
          }}
        />
      )}
      {dataset !== undefined && folder !== undefined && asked === "export" && (
        <ExportRecords
          dataset={dataset}
          versions={versions.data ?? []}
          selection={[]}
          filterLine="status:accepted"
          folder={folder}
          onClose={() => setAsked(undefined)}
        />
      )}
      {asked === "generate" && (
        <GenerateDialog datasetId={datasetId} onClose={() => setAsked(undefined)} />
      )}
    </>
  );
}
