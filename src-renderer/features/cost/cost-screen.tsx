/** Where the money went: launch by launch, kind by kind, day by day; what it bought; and what it would cost elsewhere. */
import { useMemo, useState } from "react";
import type { ReactNode } from "react";
import { useCommands } from "#renderer/navigation/command-registry.ts";
import { navigate, useFilter } from "#renderer/navigation/location.ts";
import { costQuery } from "#renderer/bridge/queries.ts";
import { useQuery } from "#renderer/bridge/use-query.ts";
import { formatUsd, usdDigits } from "#renderer/ui/format.ts";
import { KeyCaps } from "#renderer/ui/key-caps.tsx";
import { Empty, FailureNotice, SkeletonRows } from "#renderer/ui/region-state.tsx";
import { saveText } from "#renderer/ui/save-text.ts";
import { Segments } from "#renderer/ui/segments.tsx";
import { Splitter } from "#renderer/ui/splitter.tsx";
import { useNow } from "#renderer/ui/use-now.ts";
import { VirtualGrid } from "#renderer/ui/virtual-grid.tsx";
import { AddEntryDialog } from "./add-entry-dialog.tsx";
import { CostDays } from "./cost-days.tsx";
import { CostFigures } from "./cost-figures.tsx";
import { ledgerColumns, rowHref } from "./ledger-columns.tsx";
import { amountOf, ledgerCsv, ledgerRows } from "./ledger-rows.ts";
import { PricesRegion } from "./prices-region.tsx";
import { PublishedCosts } from "./published-costs.tsx";
import { WhatIf } from "./what-if.tsx";
import "./cost.css";

const DAY_MS = 86_400_000;
const SPANS = { week: 7, month: 30, all: Number.POSITIVE_INFINITY } as const;
type Span = keyof typeof SPANS;

function asSpan(text: string): Span {
  return text === "week" || text === "month" ? text : "all";
}

export function CostScreen(): ReactNode {
  const query = useQuery(costQuery);
  const [spanText, setSpan] = useFilter("span", "all");
  const [rowText, setRow] = useFilter("row", "0");
  const [adding, setAdding] = useState(false);
  const now = useNow(60_000);
  const span = asSpan(spanText);
  const report = query.data;
  const sinceMs = now - SPANS[span] * DAY_MS;
  const rows = useMemo(
    () => (report === undefined ? [] : ledgerRows(report.pipelines, report.ledger, sinceMs)),
    [report, sinceMs],
  );
  const digits = usdDigits(rows.map(amountOf));
  const columns = useMemo(() => ledgerColumns(now, digits), [now, digits]);
  useCommands(
    useMemo(
      () => [
        {
          id: "cost.add",
          title: "Add an entry to the ledger",
          group: "This screen" as const,
          keys: "N",
          run: () => setAdding(true),
        },
        {
          id: "cost.export",
          title: "Export the ledger as CSV",
          group: "This screen" as const,
          keys: "X",
          run: () =>
            saveText({
              name: "ledger.csv",
              mediaType: "text/csv;charset=utf-8",
              text: ledgerCsv(rows),
            }),
        },
      ],
      [rows],
    ),
  );
  return (
    <>
      <div className="screenhead">
        <h1>Cost</h1>
        <span className="s12 t3 ell grow opt">in US dollars, at the prices of the day</span>
        <span className="end flex">
          <Segments
            label="Span"
            value={span}
            onChange={setSpan}
            segments={[
              { value: "week", label: "7 days" },
              { value: "month", label: "30 days" },
              { value: "all", label: "All" },
            ]}
          />
          <button
            type="button"
            className="btn"
            disabled={rows.length === 0}
            onClick={() =>
              saveText({
                name: "ledger.csv",
                mediaType: "text/csv;charset=utf-8",
                text: ledgerCsv(rows),
              })
            }
          >
            Export CSV <KeyCaps keys="X" />
          </button>
          <button type="button" className="btn" onClick={() => setAdding(true)}>
            Add entry <KeyCaps keys="N" />
          </button>
        </span>
      </div>
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
            <div className="head bt">
              <h2>Ledger</h2>
              <span className="note ell">
                never edited: corrections are entries; now{" "}
                {formatUsd(report.prices.usdPerCpuCoreHour)} a core hour,{" "}
                {formatUsd(report.prices.usdPerGpuHour)} a GPU hour,{" "}
                {formatUsd(report.prices.usdPerKWh)} a kWh
              </span>
            </div>
            {rows.length === 0 ? (
              <Empty>
                {report.pipelines.length === 0 && report.ledger.length === 0
                  ? "Nothing was spent yet. Each stage writes what it used with its first checkpoint."
                  : "Nothing was spent in this span."}
              </Empty>
            ) : (
              <VirtualGrid
                label="Ledger"
                columns={columns}
                rows={rows}
                rowKey={(row) => row.key}
                rowClass={(row) =>
                  row.type === "launch" || row.type === "others" ? "launchrow" : undefined
                }
                chosen={Math.min(rows.length - 1, Math.max(0, Number(rowText) || 0))}
                onChoose={(index) => setRow(String(index))}
                onOpen={(index) => {
                  const row = rows[index];
                  const href = row === undefined ? undefined : rowHref(row);
                  if (href !== undefined) navigate(href);
                }}
              />
            )}
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
