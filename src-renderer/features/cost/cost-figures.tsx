/** What was spent, on what, and what a point and an accepted sample cost. */
import type { ReactNode } from "react";
import { usdPerPointInterval } from "#shared/comparison-text.ts";
import type {
  CostEntry,
  CostShares,
  CostTotal,
  CostYield,
  PeopleTime,
} from "#shared/schema/cost.ts";
import { unpricedText } from "#shared/usd-text.ts";
import { hrefTo } from "#renderer/navigation/location.ts";
import {
  formatDuration,
  formatNumber,
  formatPercent,
  formatUsd,
  plural,
} from "#renderer/ui/format.ts";
import { KindMark } from "./ledger-columns.tsx";
import { amountOf, COST_KINDS, isSpent } from "./ledger-rows.ts";
import type { PipelineCost, LedgerRow } from "./ledger-rows.ts";

interface Bought extends PipelineCost {
  readonly entries: readonly CostEntry[];
  readonly total: CostTotal;
  readonly yield: CostYield;
}

/** The pipeline whose points cost least, or whose samples do. */
function cheapest(
  launches: readonly Bought[],
  price: (bought: CostYield) => number | null,
): Bought | undefined {
  return launches
    .filter((launch) => price(launch.yield) !== null)
    .toSorted((a, b) => (price(a.yield) ?? 0) - (price(b.yield) ?? 0))[0];
}

/** Beside the sum, never in it. */
function People({ people }: { readonly people: PeopleTime }): ReactNode {
  const { reviewHours, usd } = people;
  if (reviewHours === 0 && usd === null) return null;
  return (
    <div className="s11 t3">
      people&apos;s time apart: {formatDuration(reviewHours * 3_600_000)} of review,{" "}
      {usd === null ? (
        <a className="link" href={hrefTo(["settings"])}>
          no rate set
        </a>
      ) : (
        formatUsd(usd)
      )}
    </div>
  );
}

export function CostFigures({
  report,
  rows,
}: {
  readonly report: {
    readonly pipelines: readonly Bought[];
    readonly shares: CostShares;
    readonly totalUsd: number;
    readonly unpricedRequests: number;
    readonly unpricedTokens: number;
    readonly people: PeopleTime;
  };
  readonly rows: readonly LedgerRow[];
}): ReactNode {
  const point = cheapest(report.pipelines, (bought) => bought.usdPerPoint?.value ?? null);
  const sample = cheapest(report.pipelines, (bought) => bought.usdPerAcceptedSample);
  const perPoint = point?.yield.usdPerPoint ?? undefined;
  const shown = rows
    .filter((row) => (row.type === "stage" || row.type === "written") && isSpent(row))
    .reduce((sum, row) => sum + (amountOf(row) ?? 0), 0);
  return (
    <div className="costfigures bb">
      <div>
        <div className="s12 t2">Spent</div>
        <div className="big">{formatUsd(report.totalUsd)}</div>
        <div className="s11 t3">
          {plural(report.pipelines.length, "pipeline", "pipelines")}
          {Math.abs(shown - report.totalUsd) > 1e-12 && `, ${formatUsd(shown)} in this span`}
          {report.unpricedRequests > 0 &&
            `, and ${unpricedText(report.unpricedRequests, report.unpricedTokens)}`}
        </div>
        <People people={report.people} />
      </div>
      <div>
        <div className="s12 t2">Per point gained, cheapest pipeline</div>
        <div className="big">{perPoint === undefined ? "–" : formatUsd(perPoint.value)}</div>
        <div className="s11 t3">
          {perPoint === undefined
            ? "no pipeline has gained points over its baseline yet"
            : `${usdPerPointInterval(perPoint)}, ${point?.name ?? ""}`}
        </div>
      </div>
      <div>
        <div className="s12 t2">Per accepted sample, cheapest pipeline</div>
        <div className="big">
          {sample === undefined ? "–" : formatUsd(sample.yield.usdPerAcceptedSample)}
        </div>
        <div className="s11 t3">
          {sample === undefined
            ? "no stage has kept samples yet"
            : `${formatNumber(sample.yield.acceptedSamples)} kept, ${sample.name}`}
        </div>
      </div>
      <ul className="shares s12">
        {COST_KINDS.map(({ kind, share }) => {
          const usd = share === null ? 0 : report.shares[share];
          return usd === 0 ? null : (
            <li key={kind}>
              <KindMark kind={kind} />
              <span className="num med">{formatUsd(usd)}</span>
              <span className="num t3">
                {report.totalUsd === 0 ? "" : `${formatPercent(usd / report.totalUsd, 0)}%`}
              </span>
            </li>
          );
        })}
      </ul>
    </div>
  );
}
