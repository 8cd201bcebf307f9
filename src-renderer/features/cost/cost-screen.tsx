/** What was spent, launch by launch and stage by stage, at the prices of the day. */
import { useMemo } from "react";
import type { ReactNode } from "react";
import type { CostEntry, CostTotal } from "#shared/schema/cost.ts";
import type { PipelineId } from "#shared/schema/run.ts";
import { hrefTo, useFilter } from "../../app/location.ts";
import { costQuery } from "../../bridge/queries.ts";
import { useQuery } from "../../bridge/use-query.ts";
import {
  formatCompact,
  formatFlops,
  formatDuration,
  formatEnergy,
  formatNumber,
  formatUsd,
  formatWhen,
  plural,
  usdDigits,
} from "../../ui/format.ts";
import { Empty, FailureNotice, SkeletonRows } from "../../ui/region-state.tsx";
import { useNow } from "../../ui/use-now.ts";
import { VirtualGrid } from "../../ui/virtual-grid.tsx";
import type { GridColumn } from "../../ui/virtual-grid.tsx";
import "./cost.css";

type LedgerRow =
  | {
      readonly type: "launch";
      readonly key: string;
      readonly id: PipelineId;
      readonly name: string;
      readonly timeMs: number;
      readonly total: CostTotal;
    }
  | { readonly type: "entry"; readonly key: string; readonly entry: CostEntry };

function href(row: LedgerRow): string {
  return row.type === "launch" ? hrefTo(["pipeline", row.id]) : hrefTo(["run", row.entry.runId]);
}

function usageOf(
  row: LedgerRow,
): Pick<
  CostTotal,
  "wallMs" | "cpuSeconds" | "gpuSeconds" | "tokensSampled" | "tokensTrained" | "flops" | "energyJ"
> {
  return row.type === "launch" ? row.total : row.entry.usage;
}

function columnsAt(now: number, digits: number): readonly GridColumn<LedgerRow>[] {
  return [
    {
      id: "when",
      header: "When",
      track: "136px",
      cell: (row) => (
        <span className="t3">
          {formatWhen(row.type === "launch" ? row.timeMs : row.entry.timeMs, now)}
        </span>
      ),
    },
    {
      id: "for",
      header: "For",
      track: "minmax(160px, 1.4fr)",
      cell: (row) =>
        row.type === "launch" ? (
          <a className="med" href={href(row)} tabIndex={-1}>
            {row.name}
          </a>
        ) : (
          <a className="t2 entryname" href={href(row)} tabIndex={-1}>
            {row.entry.stageName} <span className="t3">{row.entry.kind}</span>
          </a>
        ),
    },
    {
      id: "time",
      header: "Time",
      track: "96px",
      numeric: true,
      cell: (row) => formatDuration(usageOf(row).wallMs),
    },
    {
      id: "cpu",
      header: "Core hours",
      track: "88px",
      numeric: true,
      cell: (row) => formatNumber(usageOf(row).cpuSeconds / 3600, 3),
    },
    {
      id: "gpu",
      wideOnly: true,
      header: "GPU hours",
      track: "88px",
      numeric: true,
      cell: (row) => formatNumber(usageOf(row).gpuSeconds / 3600, 3),
    },
    {
      id: "sampled",
      header: "Sampled",
      track: "96px",
      numeric: true,
      cell: (row) => formatNumber(usageOf(row).tokensSampled),
    },
    {
      id: "trained",
      header: "Trained",
      track: "96px",
      numeric: true,
      cell: (row) => formatNumber(usageOf(row).tokensTrained),
    },
    {
      id: "flops",
      wideOnly: true,
      header: "FLOPs",
      track: "80px",
      numeric: true,
      cell: (row) => formatFlops(usageOf(row).flops),
    },
    {
      id: "energy",
      header: "Energy",
      track: "104px",
      numeric: true,
      cell: (row) => <span className="t3">{formatEnergy(usageOf(row).energyJ)}</span>,
    },
    {
      id: "amount",
      header: "Amount",
      track: "84px",
      numeric: true,
      cell: (row) => (
        <span className="med">
          {formatUsd(row.type === "launch" ? row.total.totalUsd : row.entry.totalUsd, digits)}
        </span>
      ),
    },
  ];
}

function Figures({
  total,
  launches,
}: {
  readonly total: CostTotal;
  readonly launches: number;
}): ReactNode {
  return (
    <div className="costfigures bb">
      <div>
        <div className="s12 t2">Spent</div>
        <div className="big">{formatUsd(total.totalUsd)}</div>
        <div className="s11 t3">{plural(launches, "launch", "launches")}, benchmarks included</div>
      </div>
      <div>
        <div className="s12 t2">Engine time</div>
        <div className="big">{formatDuration(total.wallMs)}</div>
        <div className="s11 t3">
          {formatNumber(total.cpuSeconds / 3600, 2)} core hours,{" "}
          {formatNumber(total.gpuSeconds / 3600, 2)} GPU hours
        </div>
      </div>
      <div>
        <div className="s12 t2">Tokens</div>
        <div className="big">{formatCompact(total.tokensSampled + total.tokensTrained)}</div>
        <div className="s11 t3">
          {formatNumber(total.tokensSampled)} sampled, {formatNumber(total.tokensTrained)} trained
        </div>
      </div>
      <div>
        <div className="s12 t2">Electricity</div>
        <div className="big">{formatEnergy(total.energyJ)}</div>
        <div className="s11 t3">
          {total.energyJ === null
            ? "the machine's counters cannot be read, or not for all"
            : "by the machine's counters"}
        </div>
      </div>
    </div>
  );
}

export function CostScreen(): ReactNode {
  const query = useQuery(costQuery);
  const [rowText, setRow] = useFilter("row", "0");
  const now = useNow(60_000);
  const pipelines = query.data?.pipelines;
  const digits = usdDigits((pipelines ?? []).map((one) => one.total.totalUsd));
  const columns = useMemo(() => columnsAt(now, digits), [now, digits]);
  const rows = useMemo((): readonly LedgerRow[] => {
    const all: LedgerRow[] = [];
    for (const one of pipelines ?? []) {
      all.push({
        type: "launch",
        key: one.pipelineId,
        id: one.pipelineId,
        name: one.name,
        timeMs: one.createdAtMs,
        total: one.total,
      });
      for (const entry of one.entries) all.push({ type: "entry", key: entry.runId, entry });
    }
    return all;
  }, [pipelines]);
  const prices = query.data?.prices;
  return (
    <>
      <div className="screenhead">
        <h1>Cost</h1>
        <span className="s12 t3 ell grow">
          everything in this workspace, in US dollars, at the prices of the day it ran
        </span>
        <a className="btn" href={hrefTo(["settings"])}>
          Edit prices
        </a>
      </div>
      {query.failure !== undefined && (
        <FailureNotice failure={query.failure} onRetry={query.refresh} />
      )}
      {query.data === undefined && query.failure === undefined && <SkeletonRows rows={12} />}
      {query.data !== undefined && rows.length > 0 && (
        <Figures total={query.data.total} launches={query.data.pipelines.length} />
      )}
      {query.data !== undefined && rows.length === 0 && (
        <Empty>
          Nothing was spent yet. Each stage writes what it used with its first checkpoint.
        </Empty>
      )}
      {rows.length > 0 && (
        <>
          <div className="head">
            <h2>Ledger</h2>
            {prices !== undefined && (
              <span className="note ell">
                now {formatUsd(prices.usdPerCpuCoreHour)} a core hour,{" "}
                {formatUsd(prices.usdPerGpuHour)} a GPU hour, {formatUsd(prices.usdPerKWh)} a kWh
              </span>
            )}
          </div>
          <VirtualGrid
            label="Ledger"
            columns={columns}
            rows={rows}
            rowKey={(row) => row.key}
            rowClass={(row) => (row.type === "launch" ? "launchrow" : undefined)}
            chosen={Math.min(rows.length - 1, Math.max(0, Number(rowText) || 0))}
            onChoose={(index) => setRow(String(index))}
          />
        </>
      )}
    </>
  );
}
