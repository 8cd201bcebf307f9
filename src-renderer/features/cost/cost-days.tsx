/** Dollars of each day, stacked by kind. */
import type { ReactNode } from "react";
import { niceAxis } from "#renderer/charts/axes/ticks.ts";
import { formatUsd } from "#renderer/ui/format.ts";
import { costOfDays, COST_KINDS } from "./ledger-rows.ts";
import type { LedgerRow } from "./ledger-rows.ts";

const DAY_MS = 86_400_000;
/** More days are left to the ledger: bars would be hairs. */
const MOST_DAYS = 60;

function dayOf(timeMs: number): number {
  return Math.floor((timeMs - new Date(timeMs).getTimezoneOffset() * 60_000) / DAY_MS);
}

function dayText(day: number): string {
  const date = new Date(day * DAY_MS);
  return `${String(date.getUTCDate())} ${date.toLocaleString("en-US", { month: "short", timeZone: "UTC" })}`;
}

export function CostDays({ rows }: { readonly rows: readonly LedgerRow[] }): ReactNode {
  const days = costOfDays(rows, dayOf).slice(-MOST_DAYS);
  if (days.length < 2) return null;
  const totals = days.map(({ usd }) =>
    [...usd.values()].reduce((sum, amount) => sum + Math.max(0, amount), 0),
  );
  const axis = niceAxis({ min: 0, max: Math.max(...totals, 1e-9) }, 2);
  const height = (usd: number): string => `${(100 * Math.max(0, usd)) / axis.range.max}%`;
  const every = Math.max(1, Math.ceil(days.length / 8));
  return (
    <figure className="fig costdays">
      <header>
        <b>A day</b>
        <span className="u">$, by kind, in the order of the list above from the bottom</span>
      </header>
      <div
        className="pl"
        role="img"
        aria-label={`Dollars a day: ${days.map(({ day }, index) => `${dayText(day)} ${formatUsd(totals[index] ?? 0)}`).join(", ")}`}
      >
        {axis.ticks.map((tick) => (
          <i key={tick} className="costtick" style={{ bottom: height(tick) }} aria-hidden="true">
            <span>{formatUsd(tick)}</span>
          </i>
        ))}
        <div className="daybars" aria-hidden="true">
          {days.map(({ day, usd }, index) => (
            <div key={day} title={`${dayText(day)}, ${formatUsd(totals[index] ?? 0)}`}>
              {COST_KINDS.map(({ kind, token }) => {
                const amount = usd.get(kind) ?? 0;
                return amount <= 0 ? null : (
                  <span
                    key={kind}
                    style={{ height: height(amount), background: `var(${token})` }}
                  />
                );
              })}
              {index % every === 0 && <b>{dayText(day)}</b>}
            </div>
          ))}
        </div>
      </div>
    </figure>
  );
}
