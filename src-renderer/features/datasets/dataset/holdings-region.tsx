/** What the dataset holds, in numbers. */
import type { ReactNode } from "react";
import type { DatasetId, DatasetStatistics } from "#shared/schema/dataset.ts";
import type { Query } from "#renderer/bridge/use-query.ts";
import { FailureNotice, SkeletonRows } from "#renderer/ui/region-state.tsx";
import { StatisticsTable } from "./statistics-table.tsx";

export interface HoldingsRegionProps {
  readonly datasetId: DatasetId;
  readonly statistics: Query<DatasetStatistics>;
}

export function HoldingsRegion({ datasetId, statistics }: HoldingsRegionProps): ReactNode {
  const { data, failure } = statistics;
  return (
    <section className="region scroll" aria-label="What it holds" tabIndex={0}>
      <div className="head bb">
        <h2>What it holds</h2>
      </div>
      {failure !== undefined && <FailureNotice failure={failure} />}
      {data === undefined && failure === undefined && <SkeletonRows rows={8} />}
      {data !== undefined && <StatisticsTable statistics={data} datasetId={datasetId} />}
    </section>
  );
}
