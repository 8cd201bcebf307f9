/** Columns of the list of datasets. */
import type { DatasetSummary } from "#shared/schema/dataset.ts";
import { formatNumber, formatWhen } from "#renderer/ui/format.ts";
import type { GridColumn } from "#renderer/ui/virtual-grid.tsx";
import { visibleText } from "#renderer/ui/text/visible-text.ts";

export function datasetColumns(now: number): readonly GridColumn<DatasetSummary>[] {
  const count = (
    id: keyof DatasetSummary["status"],
    header: string,
  ): GridColumn<DatasetSummary> => ({
    id,
    header,
    track: "88px",
    numeric: true,
    cell: ({ status }) =>
      status[id] === 0 ? <span className="t3">0</span> : formatNumber(status[id]),
  });
  return [
    {
      id: "name",
      header: "Dataset",
      track: "minmax(180px, 1fr)",
      cell: ({ name, id }) => (
        <span className="med" title={id}>
          {visibleText(name)}
        </span>
      ),
    },
    {
      id: "records",
      header: "Records",
      track: "88px",
      numeric: true,
      cell: ({ records }) => formatNumber(records),
    },
    count("pending", "Pending"),
    count("accepted", "Accepted"),
    count("rejected", "Rejected"),
    count("flagged", "Flagged"),
    {
      id: "version",
      header: "Published",
      track: "104px",
      cell: ({ id, latestVersion }) =>
        latestVersion === null ? (
          <span className="t3">not yet</span>
        ) : (
          <span className="mono">
            {id}@{latestVersion}
          </span>
        ),
    },
    {
      id: "changed",
      header: "Changed",
      track: "116px",
      numeric: true,
      cell: ({ changedAtMs }) => <span className="t3">{formatWhen(changedAtMs, now)}</span>,
    },
  ];
}
