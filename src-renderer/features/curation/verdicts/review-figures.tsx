/** How the review goes: decisions, records an hour, cost. */
import type { ReactNode } from "react";
import type { DatasetId } from "#shared/schema/dataset.ts";
import { host } from "#renderer/bridge/host.ts";
import { useQuery } from "#renderer/bridge/use-query.ts";
import { formatDuration, formatNumber, formatUsd, plural } from "#renderer/ui/format.ts";
import { visibleText } from "#renderer/ui/text/visible-text.ts";

/** The figures change slowly. */
const EVERY_MS = 5000;

export function ReviewFigures({ datasetId }: { readonly datasetId: DatasetId }): ReactNode {
  const review = useQuery(
    {
      key: `review:${datasetId}`,
      topics: [`records:${datasetId}`],
      fetch: (signal) => host.datasets.review.statistics({ datasetId }, { signal }),
    },
    { everyMs: EVERY_MS },
  ).data;
  const latest = review?.reviewers.toSorted((a, b) => b.lastAtMs - a.lastAtMs)[0];
  if (review === undefined || latest === undefined) return null;
  const figures = [
    [latest.accepted, "accepted"],
    [latest.edited, "edited"],
    [latest.rejected, "rejected"],
    [latest.skipped, "skipped"],
  ] as const;
  return (
    <section aria-label="Review">
      <div className="head bt">
        <h2>Review</h2>
        <span className="note end">
          {visibleText(latest.reviewer)}, {formatDuration(latest.activeMs)}
        </span>
      </div>
      <div className="review">
        <div className="cnt s11 t3">
          {figures.map(([count, name]) => (
            <div key={name}>
              <b>{formatNumber(count)}</b>
              {name}
            </div>
          ))}
        </div>
        <div className="flex s12">
          <span className="med">
            {latest.recordsPerHour === null
              ? "Records an hour: after two minutes"
              : `${plural(Math.round(latest.recordsPerHour), "record")} an hour`}
          </span>
          {latest.costUsd !== null && <span className="t3 end">{formatUsd(latest.costUsd)}</span>}
        </div>
        <p className="s11 t3">
          Pauses over {formatDuration(review.pauseLimitMs)} and other screens are not counted. This
          sitting: {formatNumber(latest.session.records)} in{" "}
          {formatDuration(latest.session.activeMs)}.
        </p>
      </div>
    </section>
  );
}
