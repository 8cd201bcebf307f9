/** Where the money went: pipeline by pipeline, kind by kind, day by day; what it bought; and what it would cost elsewhere. */
import { useCallback, useMemo, useState } from "react";
import type { ReactNode } from "react";
import { useFilter } from "#renderer/navigation/location.ts";
import { costQuery } from "#renderer/bridge/queries.ts";
import { useQuery } from "#renderer/bridge/use-query.ts";
import { FailureNotice, SkeletonRows } from "#renderer/ui/region-state.tsx";
import { Splitter } from "#renderer/ui/splitter.tsx";
import { useNow } from "#renderer/ui/use-now.ts";
import { AddEntryDialog } from "./add-entry-dialog.tsx";
import { CostDays } from "./cost-days.tsx";
import { CostFigures } from "./cost-figures.tsx";
import { CostHead, SPANS } from "./cost-head.tsx";
import type { Span } from "./cost-head.tsx";
import { LedgerRegion } from "./ledger-region.tsx";
import { ledgerRows } from "./ledger-rows.ts";
import { PricesRegion } from "./prices-region.tsx";
import { PublishedCosts } from "./published-costs.tsx";
import { WhatIf } from "./what-if.tsx";
import "./cost.css";

const DAY_MS = 86_400_000;

function asSpan(text: string): Span {
  return text === "week" || text === "month" ? text : "all";
}

export function CostScreen(): ReactNode {
  const query = useQuery(costQuery);
  const [spanText, setSpan] = useFilter("span", "all");
  const [adding, setAdding] = useState(false);
  const add = useCallback(() => setAdding(true), []);
  const now = useNow(60_000);
  const span = asSpan(spanText);
  const report = query.data;
  const sinceMs = now - SPANS[span] * DAY_MS;
  const rows = useMemo(
    () =>
      report === undefined
        ? []
        : ledgerRows(report.pipelines, report.ledger, report.unpriced, sinceMs),
    [report, sinceMs],
  );
  return (
    <>
      <CostHead rows={rows} span={span} onSpan={setSpan} onAdd={add} />
      {query.failure !== undefined && (
        <FailureNotice failure={query.failure} onRetry={query.refresh} />
      )}
      {report === undefined && query.failure === undefined && <SkeletonRows rows={12} />}
      {report !== undefined && (
        <div className="cols costcols">
          <Splitter name="cost" side="right" label="Width of the side" initial={340} min={280} />
          <div className="region">
            <CostFigures report={report} rows={rows} />
            <CostDays rows={rows} />
            <LedgerRegion
              rows={rows}
              prices={report.prices}
              never={report.pipelines.length + report.ledger.length + report.unpriced.length === 0}
              now={now}
            />
          </div>
          <aside
            className="region scroll"
            aria-label="What if, prices and published costs"
            tabIndex={0}
          >
            <WhatIf launches={report.pipelines} />
            <PricesRegion prices={report.prices} changes={report.priceChanges} now={now} />
            <PublishedCosts />
          </aside>
        </div>
      )}
      {adding && (
        <AddEntryDialog launches={report?.pipelines ?? []} onClose={() => setAdding(false)} />
      )}
    </>
  );
}
