/** The columns of the Runs screen. */
import type { ReactNode } from "react";
import { hrefTo } from "../../app/location.ts";
import { Whisker, WhiskerScale } from "../../charts/whisker.tsx";
import {
  formatDuration,
  formatInterval,
  formatPercent,
  formatUsd,
  formatWhen,
} from "../../ui/format.ts";
import { lastScored, originWord } from "../../ui/pipeline-facts.ts";
import { doneText } from "../../ui/progress-line.tsx";
import { StatusWord } from "../../ui/run-status.tsx";
import { Trials } from "../../ui/score.tsx";
import { kindWord } from "../../ui/stage-name.ts";
import type { GridColumn } from "../../ui/virtual-grid.tsx";
import type { RunRow } from "./run-rows.ts";

function scoreOf(row: RunRow): NonNullable<ReturnType<typeof lastScored>>["score"] | undefined {
  return row.type === "pipeline" ? lastScored(row.pipeline)?.score : (row.run.score ?? undefined);
}

export function rowHref(row: RunRow): string {
  return row.type === "pipeline"
    ? hrefTo(["pipeline", row.pipeline.id])
    : hrefTo(["run", row.run.id]);
}

function NameCell({ row }: { readonly row: RunRow }): ReactNode {
  if (row.type === "run") {
    return (
      <a className="ell stagecell" href={rowHref(row)} tabIndex={-1} title={row.run.stageName}>
        {row.run.stageName}
        {row.run.openAlarms > 0 && <span className="warn"> △ {row.run.openAlarms}</span>}
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
      {row.pipeline.name} <span className="t3">seed {row.pipeline.seed}</span>
    </a>
  );
}

function whenText(row: RunRow, now: number): string {
  const one = row.type === "pipeline" ? row.pipeline : row.run;
  if (one.startedAtMs === null) return "–";
  return formatWhen(one.startedAtMs, now);
}

function tookText(row: RunRow, now: number): string {
  if (row.type === "pipeline")
    return row.pipeline.startedAtMs === null ? "–" : formatDuration(row.pipeline.activeMs);
  const { startedAtMs, endedAtMs, status } = row.run;
  if (startedAtMs === null) return "–";
  if (endedAtMs !== null) return formatDuration(endedAtMs - startedAtMs);
  return status === "running" ? formatDuration(now - startedAtMs) : "–";
}

/** The columns with times as they read at `now` and amounts of so many decimals. */
export function runColumns(now: number, digits: number): readonly GridColumn<RunRow>[] {
  return [
    {
      id: "name",
      header: "Launch, stage",
      track: "minmax(180px, 1.6fr)",
      cell: (row) => <NameCell row={row} />,
    },
    {
      id: "kind",
      header: "Kind",
      track: "minmax(96px, 0.7fr)",
      cell: (row) => (
        <span className="t3">
          {row.type === "pipeline" ? originWord(row.pipeline.origin) : kindWord(row.run.kind)}
        </span>
      ),
    },
    {
      id: "status",
      header: "Status",
      track: "104px",
      cell: (row) => (
        <StatusWord status={row.type === "pipeline" ? row.pipeline.status : row.run.status} />
      ),
    },
    {
      id: "step",
      header: "Step",
      track: "minmax(132px, 0.8fr)",
      numeric: true,
      cell: (row) => {
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
      header: "Cost",
      track: "72px",
      numeric: true,
      cell: (row) => {
        const usd = row.type === "pipeline" ? row.pipeline.costUsd : row.run.costUsd;
        return usd === null ? <span className="t3">–</span> : formatUsd(usd, digits);
      },
    },
    {
      id: "took",
      wideOnly: true,
      header: "Took",
      track: "88px",
      numeric: true,
      cell: (row) => tookText(row, now),
    },
    {
      id: "when",
      header: "Started",
      track: "132px",
      numeric: true,
      cell: (row) => <span className="t3">{whenText(row, now)}</span>,
    },
  ];
}
