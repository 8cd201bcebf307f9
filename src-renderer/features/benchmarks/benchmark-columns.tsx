/** The columns of the Benchmarks screen: a protocol's row holds its name alone, a run's its score and cost. */
import type { ReactNode } from "react";
import { hrefTo } from "#renderer/navigation/location.ts";
import { Whisker, WhiskerScale } from "#renderer/charts/intervals/whisker.tsx";
import { formatInterval, formatPercent, formatUsd, formatWhen } from "#renderer/ui/format.ts";
import { pipelineText } from "#renderer/ui/pipelines/pipeline-name.tsx";
import { statusWord } from "#renderer/ui/pipelines/run-status.tsx";
import type { GridColumn } from "#renderer/ui/virtual-grid.tsx";
import { protocolText } from "./benchmark-rows.ts";
import type { BenchmarkRow } from "./benchmark-rows.ts";
import type { Marks } from "./use-marks.ts";
import { doneText } from "#renderer/ui/pipelines/progress-text.ts";

type RunOfRow = Extract<BenchmarkRow, { readonly type: "run" }>["run"];

/** A cell of a run; empty in a protocol's row. */
function runCell(cell: (run: RunOfRow) => ReactNode): (row: BenchmarkRow) => ReactNode {
  return (row) => (row.type === "protocol" ? null : cell(row.run));
}

/**
 * @param now times read as at this moment.
 */
export function benchmarkColumns(marks: Marks, now: number): readonly GridColumn<BenchmarkRow>[] {
  return [
    {
      id: "name",
      header: "Model",
      track: "minmax(200px, 1.5fr)",
      cell: (row) => <NameCell row={row} marks={marks} />,
    },
    {
      id: "score",
      header: "pass@1 %",
      track: "72px",
      numeric: true,
      cell: runCell(({ score }) => (
        <span className="med">{score === null ? "" : formatPercent(score.value)}</span>
      )),
    },
    {
      id: "interval",
      header: "95% interval",
      track: "96px",
      cell: runCell((run) =>
        run.score === null ? (
          <span className="t3">
            {run.status === "running" ? doneText(run) : statusWord(run.status)}
          </span>
        ) : (
          <span className="ci">{formatInterval(run.score.low, run.score.high)}</span>
        ),
      ),
    },
    {
      id: "whisker",
      wideOnly: true,
      header: <WhiskerScale />,
      track: "160px",
      cell: runCell(({ score }) => (score === null ? null : <Whisker estimate={score} />)),
    },
    {
      id: "cost",
      header: "Cost",
      track: "76px",
      numeric: true,
      cell: runCell(({ costUsd }) => (costUsd === null ? "" : formatUsd(costUsd))),
    },
    {
      id: "when",
      header: "Ended",
      track: "116px",
      numeric: true,
      cell: runCell(({ endedAtMs }) =>
        endedAtMs === null ? null : <span className="t3">{formatWhen(endedAtMs, now)}</span>,
      ),
    },
  ];
}

function NameCell({
  row,
  marks,
}: {
  readonly row: BenchmarkRow;
  readonly marks: Marks;
}): ReactNode {
  if (row.type === "protocol")
    return (
      <span className="protocolcell">
        <span className="med">{row.listed.protocol.task}</span>{" "}
        <span className="t3">{protocolText(row.listed.protocol)}</span>
      </span>
    );
  const { run, label } = row;
  return (
    <span className="runcell">
      <input
        type="checkbox"
        tabIndex={-1}
        aria-label={`Mark ${label} of ${pipelineText(run)}`}
        disabled={run.score === null}
        checked={marks.marked.has(row.key)}
        onChange={() => marks.toggle(row.key)}
      />
      <a href={hrefTo(["run", run.id])} tabIndex={-1}>
        {label}
      </a>{" "}
      <span className="t3">{pipelineText(run)}</span>
    </span>
  );
}
