/** The columns of the Runs screen. */
import type { ReactNode } from "react";
import { plural } from "#renderer/ui/format.ts";
import { currentRun, isPaused, originWord } from "#renderer/ui/pipelines/pipeline-facts.ts";
import { StatusWord } from "#renderer/ui/pipelines/run-status.tsx";
import { kindWord } from "#renderer/ui/pipelines/stage-name.ts";
import type { GridColumn } from "#renderer/ui/virtual-grid.tsx";
import type { RunRow } from "../rows/run-row.ts";
import { NameCell } from "./name-cell.tsx";
import { SCORE_COLUMNS } from "./score-columns.tsx";
import { spentColumns } from "./spent-columns.tsx";
import { doneText } from "#renderer/ui/pipelines/progress-text.ts";

export interface ColumnOptions {
  /** Times read as at this moment. */
  readonly now: number;
  /** Decimals that the cost column has room for. */
  readonly usdPlaces: number;
  /** Stages stand alone, without their pipelines above them. */
  readonly flat: boolean;
  readonly picked: ReadonlySet<string>;
  readonly onPick: (key: string) => void;
}

export function runColumns(options: ColumnOptions): readonly GridColumn<RunRow>[] {
  const { now, flat, picked, onPick, usdPlaces } = options;
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
      header: flat ? "Stage" : "Pipeline, stage",
      track: "minmax(180px, 2.4fr)",
      cell: (row) => <NameCell row={row} flat={flat} />,
    },
    ...STATE_COLUMNS,
    ...SCORE_COLUMNS,
    ...spentColumns(now, usdPlaces),
  ];
}

const STATE_COLUMNS: readonly GridColumn<RunRow>[] = [
  {
    id: "kind",
    sortable: true,
    wideOnly: true,
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
    track: "minmax(116px, 0.6fr)",
    numeric: true,
    cell: stepCell,
  },
];

function stepCell(row: RunRow): ReactNode {
  if (row.type === "group") return null;
  if (row.type === "run")
    return row.run.startedAtMs === null ? <span className="t3">–</span> : doneText(row.run);
  const done = row.pipeline.runs.filter((run) => run.status === "finished").length;
  return (
    <span className="t3">
      {done} of {plural(row.pipeline.runs.length, "stage")}
    </span>
  );
}
