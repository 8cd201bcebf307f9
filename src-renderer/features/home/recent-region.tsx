/** The newest pipelines with their last score. */
import { useMemo, useState } from "react";
import type { ReactNode } from "react";
import type { PipelineSummary } from "#shared/schema/run.ts";
import { useCommands } from "#renderer/navigation/command-registry.ts";
import { hrefTo, navigate } from "#renderer/navigation/location.ts";
import { useLivePipelines } from "#renderer/bridge/live-store.ts";
import { recentPipelinesQuery } from "#renderer/bridge/queries.ts";
import { useQuery } from "#renderer/bridge/use-query.ts";
import { Whisker, WhiskerScale } from "#renderer/charts/intervals/whisker.tsx";
import { formatInterval, formatPercent, formatWhen } from "#renderer/ui/format.ts";
import { KeyCaps } from "#renderer/ui/key-caps.tsx";
import {
  currentRun,
  isActive,
  lastScored,
  originWord,
  shortName,
  stageText,
} from "#renderer/ui/pipelines/pipeline-facts.ts";
import { Empty, FailureNotice, SkeletonRows } from "#renderer/ui/region-state.tsx";
import { StatusMark, statusWord } from "#renderer/ui/pipelines/run-status.tsx";
import { Trials } from "#renderer/ui/score.tsx";
import { useNow } from "#renderer/ui/use-now.ts";
import { UsdInColumn } from "#renderer/ui/usd-column.tsx";
import { placesOf } from "#renderer/ui/usd-places.ts";
import { VirtualGrid } from "#renderer/ui/virtual-grid.tsx";
import type { GridColumn } from "#renderer/ui/virtual-grid.tsx";
import { doneText } from "#renderer/ui/pipelines/progress-text.ts";

const SHOWN = 10;
const NOTHING: readonly PipelineSummary[] = [];

function StateCell({
  pipeline,
  now,
}: {
  readonly pipeline: PipelineSummary;
  readonly now: number;
}): ReactNode {
  const run = currentRun(pipeline);
  if (isActive(pipeline.status) && run !== undefined) {
    return (
      <span className="acc">
        <span title={run.stageName}>{stageText(run)}</span>
        <br />
        {pipeline.status === "queued" ? "waits" : doneText(run)}
      </span>
    );
  }
  const when = pipeline.endedAtMs ?? pipeline.createdAtMs;
  const tone =
    pipeline.status === "failed" ? "fail" : pipeline.status === "stopped" ? "warn" : "t3";
  return (
    <span className={tone}>
      {statusWord(pipeline.status)} <span className="t3">{formatWhen(when, now)}</span>
      {pipeline.status !== "finished" && run !== undefined && (
        <>
          <br />
          <span title={run.stageName}>in {stageText(run)}</span>
        </>
      )}
    </span>
  );
}

function columnsAt(now: number, usdPlaces: number): readonly GridColumn<PipelineSummary>[] {
  return [
    {
      id: "name",
      header: "Pipeline",
      track: "minmax(140px, 1.4fr)",
      cell: (pipeline) => (
        <span className="flex top">
          <span style={{ paddingTop: 1 }}>
            <StatusMark status={pipeline.status} />
          </span>
          <span className="grow">
            <a
              className="med ell"
              style={{ display: "block" }}
              href={hrefTo(["pipeline", pipeline.id])}
              title={pipeline.name}
              tabIndex={-1}
            >
              {pipeline.name} <span className="t3">{pipeline.id}</span>
            </a>
            <span className="t3 ell" style={{ display: "block" }}>
              {originWord(pipeline.origin)}, seed {pipeline.seed}
            </span>
          </span>
        </span>
      ),
    },
    {
      id: "score",
      header: "pass@1 %",
      track: "72px",
      numeric: true,
      cell: (pipeline) => {
        const scored = lastScored(pipeline);
        return scored === undefined ? (
          <span className="t3">no score</span>
        ) : (
          <span className="med">{formatPercent(scored.score.value)}</span>
        );
      },
    },
    {
      id: "interval",
      header: "95% interval",
      track: "minmax(104px, 0.7fr)",
      cell: (pipeline) => {
        const scored = lastScored(pipeline);
        return scored === undefined ? null : (
          <>
            <span className="ci">{formatInterval(scored.score.low, scored.score.high)}</span>
            <br />
            <span className="t3 ell" title={scored.stageName}>
              {shortName(scored)}
            </span>
          </>
        );
      },
    },
    {
      id: "whisker",
      header: <WhiskerScale />,
      track: "minmax(136px, 1fr)",
      cell: (pipeline) => {
        const scored = lastScored(pipeline);
        return scored === undefined ? null : <Whisker estimate={scored.score} />;
      },
    },
    {
      id: "trials",
      header: "n · k",
      track: "72px",
      numeric: true,
      cell: (pipeline) => {
        const scored = lastScored(pipeline);
        return scored === undefined ? null : (
          <span className="t3">
            <Trials n={scored.score.n} k={scored.score.k} />
          </span>
        );
      },
    },
    {
      id: "cost",
      header: "Cost",
      track: "92px",
      numeric: true,
      cell: (pipeline) =>
        pipeline.costUsd === null ? (
          <span className="t3">–</span>
        ) : (
          <UsdInColumn usd={pipeline.costUsd} places={usdPlaces} />
        ),
    },
    {
      id: "state",
      header: "State",
      track: "minmax(152px, 0.8fr)",
      cell: (pipeline) => <StateCell pipeline={pipeline} now={now} />,
    },
  ];
}

export function RecentRegion(): ReactNode {
  const query = useQuery(recentPipelinesQuery);
  const all = useLivePipelines(query.data?.pipelines ?? NOTHING);
  const pipelines = useMemo(() => all.slice(0, SHOWN), [all]);
  const [chosen, setChosen] = useState(0);
  const now = useNow(60_000);
  const usdPlaces = useMemo(() => placesOf(pipelines.map(({ costUsd }) => costUsd)), [pipelines]);
  const columns = useMemo(() => columnsAt(now, usdPlaces), [now, usdPlaces]);
  const open = (index: number): void => {
    const pipeline = pipelines[index];
    if (pipeline !== undefined) navigate(hrefTo(["pipeline", pipeline.id]));
  };
  const count = pipelines.length;
  const openId = pipelines[chosen]?.id;
  useCommands(
    useMemo(
      () => [
        {
          id: "home.next",
          title: "Next pipeline",
          group: "This screen",
          keys: "J",
          run: () => setChosen((at) => Math.min(count - 1, at + 1)),
        },
        {
          id: "home.previous",
          title: "Previous pipeline",
          group: "This screen",
          keys: "K",
          run: () => setChosen((at) => Math.max(0, at - 1)),
        },
        {
          id: "home.open",
          title: "Open the chosen pipeline",
          group: "This screen",
          keys: "Enter",
          run: () => {
            if (openId !== undefined) navigate(hrefTo(["pipeline", openId]));
          },
        },
      ],
      [count, openId],
    ),
  );
  return (
    <>
      <div className="head bt">
        <h2>Recent pipelines</h2>
        {query.data !== undefined && query.data.total > 0 && (
          <span className="note">
            {pipelines.length} of {query.data.total}
          </span>
        )}
        <span className="end flex s12 t3">
          {count > 0 && (
            <>
              Open <KeyCaps keys="Enter" />
            </>
          )}
          <a className="link" href={hrefTo(["runs"])}>
            All runs
          </a>
        </span>
      </div>
      {query.failure !== undefined && (
        <FailureNotice failure={query.failure} onRetry={query.refresh} />
      )}
      {query.data === undefined && query.failure === undefined && <SkeletonRows />}
      {query.data !== undefined && pipelines.length === 0 && (
        <Empty
          action={
            <span className="flex">
              <a className="btn" href={hrefTo(["datasets", "import"])}>
                Import data
              </a>
              <a className="btn" href={hrefTo(["import-problems"])}>
                Import problems
              </a>
              <a className="btn" href={hrefTo(["recipes"])}>
                Write a recipe
              </a>
            </span>
          }
        >
          Nothing was started yet. The demo above shows the whole method on problems that come with
          Gradus. Your own way begins with data or problems, and a recipe that says what to do with
          them.
        </Empty>
      )}
      {pipelines.length > 0 && (
        <VirtualGrid
          label="Recent pipelines"
          columns={columns}
          rows={pipelines}
          rowKey={(row) => row.id}
          rowHeight={44}
          chosen={chosen}
          onChoose={setChosen}
          onOpen={open}
        />
      )}
    </>
  );
}
