/** Bars of a recorded demo, stage by stage, with the run they come from. */
import type { ReactNode } from "react";
import type { DemoRecord } from "#shared/schema/system.ts";
import { resultsQuery } from "#renderer/bridge/queries.ts";
import { useQuery } from "#renderer/bridge/use-query.ts";
import { IntervalBars } from "#renderer/charts/bars/interval-bars.tsx";

export function WhatToExpect({ record }: { readonly record: DemoRecord }): ReactNode {
  const results = useQuery(resultsQuery(record.pipelineId)).data;
  const first = results?.rows[0]?.summary;
  if (results === undefined || first === undefined) return null;
  return (
    <div className="expect">
      <IntervalBars
        title="What to expect"
        caption={`recorded here: pass@1 in %, 95% interval, n ${String(first.n)}, k ${String(first.k)}`}
        seriesLabels={["pass@1"]}
        groups={results.rows.map((row) => ({ label: row.label, estimates: [row.summary.pass1] }))}
        height={168}
      />
    </div>
  );
}
