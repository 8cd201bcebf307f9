/** The runs of an overlay with their lines and their values at the crosshair. */
import { useMemo } from "react";
import type { ReactNode } from "react";
import type { RunId, RunSummary } from "#shared/schema/run.ts";
import { hrefTo } from "#renderer/navigation/location.ts";
import { LegendLine } from "#renderer/charts/series-chart/chart-legend.tsx";
import { measured } from "#renderer/charts/series-chart/chart-marks.tsx";
import { useCrosshairStep } from "#renderer/charts/crosshair.tsx";
import { valueAt } from "#renderer/charts/series.ts";
import type { Series } from "#renderer/charts/series.ts";
import { plural } from "#renderer/ui/format.ts";
import { VirtualGrid } from "#renderer/ui/virtual-grid.tsx";
import { pipelineText, modelText } from "#renderer/ui/pipelines/pipeline-name.tsx";
import type { GridColumn } from "#renderer/ui/virtual-grid.tsx";

export interface OverlayRow {
  readonly runId: RunId;
  readonly run: RunSummary | undefined;
  /** The runs that the line is of: seeds of one recipe, or one. */
  readonly members: readonly RunId[];
  /** Different ones among them. */
  readonly seeds: number;
  readonly tone: number;
  readonly series: Series | undefined;
}

type Format = (value: number | null) => string;

export interface OverlayListProps {
  readonly rows: readonly OverlayRow[];
  readonly format: Format;
  /** Of the x axis. */
  readonly unit: string;
  readonly strong: RunId | undefined;
  readonly onStrong: (runId: RunId | undefined) => void;
  readonly onRemove: (runIds: readonly RunId[]) => void;
}

/** These two alone follow the pointer, so that it moves nothing else. */
function Where({ unit }: { readonly unit: string }): ReactNode {
  const place = useCrosshairStep();
  if (place === undefined) return "newest";
  return <span title={unit}>at {place.toLocaleString("en-US")}</span>;
}

function ValueThere({
  series,
  format,
}: {
  readonly series: Series | undefined;
  readonly format: Format;
}): ReactNode {
  const step = useCrosshairStep() ?? Number.POSITIVE_INFINITY;
  if (series === undefined) return <span className="t3">none</span>;
  return <span className="med">{format(valueAt(measured(series), step))}</span>;
}

function RunName({ runId, run, members, seeds }: OverlayRow): ReactNode {
  return (
    <a className="ell" href={hrefTo(["run", runId])} tabIndex={-1} title={members.join(", ")}>
      {members.length > 1 && <span className="t3">{plural(seeds, "seed")} of </span>}
      {run === undefined ? runId : `${pipelineText(run)} / ${run.stageName}`}
      {run !== undefined && <span className="t3"> on {modelText(run.model)}</span>}
    </a>
  );
}

function columnsOf(
  format: Format,
  unit: string,
  onRemove: (runIds: readonly RunId[]) => void,
): readonly GridColumn<OverlayRow>[] {
  return [
    {
      id: "line",
      header: <span className="visually-hidden">Line</span>,
      track: "48px",
      cell: ({ tone }) => <LegendLine tone={tone} />,
    },
    { id: "run", header: "Run", track: "minmax(0, 1fr)", cell: (row) => <RunName {...row} /> },
    {
      id: "value",
      header: <Where unit={unit} />,
      track: "88px",
      numeric: true,
      cell: ({ series }) => <ValueThere series={series} format={format} />,
    },
    {
      id: "remove",
      header: <span className="visually-hidden">Leave out</span>,
      track: "36px",
      cell: ({ runId, members }) => (
        <button
          type="button"
          className="linkbtn"
          tabIndex={-1}
          aria-label={`Leave ${runId} out`}
          onClick={() => onRemove(members)}
        >
          ✕
        </button>
      ),
    },
  ];
}

export function OverlayList({
  rows,
  format,
  unit,
  strong,
  onStrong,
  onRemove,
}: OverlayListProps): ReactNode {
  const columns = useMemo(() => columnsOf(format, unit, onRemove), [format, unit, onRemove]);
  return (
    <VirtualGrid
      label="Runs in the overlay"
      columns={columns}
      rows={rows}
      rowKey={(row) => row.runId}
      chosen={rows.findIndex((row) => row.runId === strong)}
      onChoose={(index) => onStrong(rows[index]?.runId)}
    />
  );
}
