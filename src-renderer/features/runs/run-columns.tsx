/** The columns of the Runs screen. */
import type { ReactNode } from "react";
import { hrefTo } from "#renderer/navigation/location.ts";
import { Whisker, WhiskerScale } from "#renderer/charts/intervals/whisker.tsx";
import {
  formatDuration,
  formatInterval,
  formatPercent,
  formatUsd,
  formatWhen,
  plural,
} from "#renderer/ui/format.ts";
import { LaunchName, modelText } from "#renderer/ui/launches/launch-name.tsx";
import {
  activeMsAt,
  currentRun,
  isPaused,
  lastScored,
  originWord,
} from "#renderer/ui/launches/pipeline-facts.ts";
import { doneText } from "#renderer/ui/launches/progress-line.tsx";
import { StatusWord } from "#renderer/ui/launches/run-status.tsx";
import { Trials } from "#renderer/ui/score.tsx";
import { kindWord } from "#renderer/ui/launches/stage-name.ts";
import type { GridColumn } from "#renderer/ui/virtual-grid.tsx";
import type { RunRow } from "./run-row.ts";

function scoreOf(row: RunRow): NonNullable<ReturnType<typeof lastScored>>["score"] | undefined {
  if (row.type === "group") return undefined;
  return row.type === "pipeline" ? lastScored(row.pipeline)?.score : (row.run.score ?? undefined);
}

/** Where a row leads; a group's row leads nowhere. */
export function rowHref(row: RunRow): string | undefined {
  if (row.type === "group") return undefined;
  return row.type === "pipeline"
    ? hrefTo(["pipeline", row.pipeline.id])
    : hrefTo(["run", row.run.id]);
}

function Tags({ tags }: { readonly tags: readonly string[] }): ReactNode {
  return tags.map((tag) => (
    <span key={tag} className="tag rowtag">
      {tag}
    </span>
  ));
}

/** What a sweep changed, e.g. "learning_rate 1e-5". */
function sweepText(row: RunRow): string {
  if (row.type !== "pipeline" || row.pipeline.sweep === undefined) return "";
  return Object.entries(row.pipeline.sweep.values)
    .map(([path, value]) => `${path.split(".").at(-1) ?? path} ${JSON.stringify(value)}`)
    .join(", ");
}

function NameCell({ row, flat }: { readonly row: RunRow; readonly flat: boolean }): ReactNode {
  if (row.type === "group") {
    return (
      <span className="strong ell" title={row.label}>
        {row.label} <span className="t3">{plural(row.pipelines.length, "launch", "launches")}</span>
      </span>
    );
  }
  if (row.type === "run") {
    return (
      <a
        className={flat ? "ell" : "ell stagecell"}
        href={rowHref(row)}
        tabIndex={-1}
        title={`${row.run.pipelineName} ${row.run.pipelineId}, ${row.run.stageName} on ${modelText(row.run.model)}`}
      >
        {flat && (
          <span className="t3">
            <LaunchName {...row.run} /> /{" "}
          </span>
        )}
        {row.run.stageName} <span className="t3">on {modelText(row.run.model)}</span>
        {row.run.openAlarms > 0 && <span className="warn"> △ {row.run.openAlarms}</span>}
        <Tags tags={row.run.tags} />
      </a>
    );
  }
  return (
    <a
      className="med ell"
      href={rowHref(row)}
      tabIndex={-1}
      title={`${row.pipeline.name}, ${row.pipeline.id}`}
    >
      {row.pipeline.name} <span className="t3">{row.pipeline.id}</span>{" "}
      <span className="t3">seed {row.pipeline.seed}</span>{" "}
      <span className="t3">{sweepText(row)}</span>
    </a>
  );
}

function whenText(row: RunRow, now: number): string {
  if (row.type === "group") return "";
  const one = row.type === "pipeline" ? row.pipeline : row.run;
  if (one.startedAtMs === null) return "–";
  return formatWhen(one.startedAtMs, now);
}

function tookText(row: RunRow, now: number): string {
  if (row.type === "group") return "";
  if (row.type === "pipeline")
    return row.pipeline.startedAtMs === null ? "–" : formatDuration(activeMsAt(row.pipeline, now));
  const { startedAtMs, endedAtMs, activeMs, status } = row.run;
  if (startedAtMs === null) return "–";
  if (endedAtMs !== null) return formatDuration(activeMs);
  return status === "running" ? formatDuration(Math.max(activeMs, now - startedAtMs)) : "–";
}

export interface ColumnOptions {
  /** Times read as at this moment. */
  readonly now: number;
  /** Decimals of amounts. */
  readonly digits: number;
  /** Stages stand alone, without their launches above them. */
  readonly flat: boolean;
  readonly picked: ReadonlySet<string>;
  readonly onPick: (key: string) => void;
}

export function runColumns(options: ColumnOptions): readonly GridColumn<RunRow>[] {
  const { now, digits, flat, picked, onPick } = options;
  return [
    {
      id: "pick",
      header: <span className="visually-hidden">Picked</span>,
      track: "42px",
      cell: (row) =>
        row.type === "group" ? null : (
          <input
            type="checkbox"
            className="pick"
            tabIndex={-1}
            aria-label={`Pick ${row.type === "pipeline" ? row.pipeline.name : row.run.stageName}`}
            checked={picked.has(row.key)}
            onChange={() => onPick(row.key)}
          />
        ),
    },
    {
      id: "name",
      sortable: true,
      header: flat ? "Stage" : "Launch, stage",
      track: "minmax(180px, 1.6fr)",
      cell: (row) => <NameCell row={row} flat={flat} />,
    },
    {
      id: "kind",
      sortable: true,
      header: "Kind",
      track: "minmax(96px, 0.7fr)",
      cell: (row) =>
        row.type === "group" ? null : (
          <span className="t3">
            {row.type === "pipeline" ? originWord(row.pipeline.origin) : kindWord(row.run.kind)}
          </span>
        ),
    },
    {
      id: "status",
      sortable: true,
      header: "Status",
      track: "104px",
      cell: (row) =>
        row.type === "group" ? null : (
          <StatusWord
            status={row.type === "pipeline" ? row.pipeline.status : row.run.status}
            paused={isPaused(row.type === "pipeline" ? currentRun(row.pipeline) : row.run)}
          />
        ),
    },
    {
      id: "step",
      sortable: true,
      header: "Step",
      track: "minmax(132px, 0.8fr)",
      numeric: true,
      cell: (row) => {
        if (row.type === "group") return null;
        if (row.type === "run")
          return row.run.startedAtMs === null ? <span className="t3">–</span> : doneText(row.run);
        const done = row.pipeline.runs.filter((run) => run.status === "finished").length;
        return (
          <span className="t3">
            {done} of {row.pipeline.runs.length} stages
          </span>
        );
      },
    },
    {
      id: "score",
      sortable: true,
      header: "pass@1 %",
      track: "72px",
      numeric: true,
      cell: (row) => {
        const score = scoreOf(row);
        return score === undefined ? null : (
          <span className="med">{formatPercent(score.value)}</span>
        );
      },
    },
    {
      id: "interval",
      header: "95% interval",
      track: "96px",
      cell: (row) => {
        const score = scoreOf(row);
        return score === undefined ? null : (
          <span className="ci">{formatInterval(score.low, score.high)}</span>
        );
      },
    },
    {
      id: "whisker",
      wideOnly: true,
      header: <WhiskerScale />,
      track: "minmax(120px, 1fr)",
      cell: (row) => {
        const score = scoreOf(row);
        return score === undefined ? null : <Whisker estimate={score} />;
      },
    },
    {
      id: "trials",
      header: "n · k",
      track: "68px",
      numeric: true,
      cell: (row) => {
        const score = scoreOf(row);
        return score === undefined ? null : (
          <span className="t3">
            <Trials n={score.n} k={score.k} />
          </span>
        );
      },
    },
    {
      id: "cost",
      sortable: true,
      header: "Cost",
      track: "72px",
      numeric: true,
      cell: (row) => {
        if (row.type === "group") return null;
        const usd = row.type === "pipeline" ? row.pipeline.costUsd : row.run.costUsd;
        return usd === null ? <span className="t3">–</span> : formatUsd(usd, digits);
      },
    },
    {
      id: "took",
      sortable: true,
      wideOnly: true,
      header: "Took",
      track: "88px",
      numeric: true,
      cell: (row) => tookText(row, now),
    },
    {
      id: "when",
      sortable: true,
      header: "Started",
      track: "132px",
      numeric: true,
      cell: (row) => <span className="t3">{whenText(row, now)}</span>,
    },
  ];
}
