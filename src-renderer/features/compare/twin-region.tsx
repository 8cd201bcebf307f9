/** The twins of the pipelines that are compared, where any of them ran with a critic beside it. */
import { useMemo } from "react";
import type { ReactNode } from "react";
import type { ComparisonReport } from "#shared/schema/compare.ts";
import { twinsQuery } from "#renderer/bridge/queries.ts";
import { useQuery } from "#renderer/bridge/use-query.ts";
import { TwinTable } from "#renderer/ui/pipelines/twin-table.tsx";
import { FailureNotice } from "#renderer/ui/region-state.tsx";

export function TwinRegion({ report }: { readonly report: ComparisonReport }): ReactNode {
  const query = useMemo(() => {
    const rows = report.groups.flatMap((group) => group.rows);
    return twinsQuery([...new Set(rows.map(({ pipelineId }) => pipelineId))]);
  }, [report]);
  const { data = [], failure, refresh } = useQuery(query);
  return (
    <>
      {failure !== undefined && <FailureNotice failure={failure} onRetry={refresh} />}
      {data.map((twin) => (
        <TwinTable key={twin.ppo.runId} twin={twin} />
      ))}
    </>
  );
}
