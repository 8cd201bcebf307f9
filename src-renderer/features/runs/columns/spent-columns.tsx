/** What a row cost, how long it took, and when it began. */
import { formatDuration, formatWhen } from "#renderer/ui/format.ts";
import { activeMsAt, stageActiveMsAt } from "#renderer/ui/pipelines/pipeline-facts.ts";
import { UsdInColumn } from "#renderer/ui/usd-column.tsx";
import type { GridColumn } from "#renderer/ui/virtual-grid.tsx";
import type { RunRow } from "../rows/run-row.ts";

/**
 * @param now times read as at this moment.
 * @param usdPlaces decimals that the cost column has room for
 */
export function spentColumns(now: number, usdPlaces: number): readonly GridColumn<RunRow>[] {
  return [
    {
      id: "cost",
      sortable: true,
      header: "Cost",
      track: "92px",
      numeric: true,
      cell: (row) => {
        const usd = usdOf(row);
        if (usd === null) return row.type === "group" ? null : <span className="t3">–</span>;
        return <UsdInColumn usd={usd} places={usdPlaces} />;
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
      track: "116px",
      numeric: true,
      cell: (row) => <span className="t3">{whenText(row, now)}</span>,
    },
  ];
}

/** What a row cost; null where nothing is known of it, and for a group. */
export function usdOf(row: RunRow): number | null {
  if (row.type === "group") return null;
  return row.type === "pipeline" ? row.pipeline.costUsd : row.run.costUsd;
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
  const ms = stageActiveMsAt(row.run, now);
  return row.run.startedAtMs === null || ms === 0 ? "–" : formatDuration(ms);
}
