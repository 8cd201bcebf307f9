/** Dollars of each day, stacked by kind. */
import { useMemo } from "react";
import type { ReactNode } from "react";
import { StackedBars } from "#renderer/charts/bars/stacked-bars.tsx";
import { formatUsd } from "#renderer/ui/format.ts";
import { costOfDays, COST_KINDS } from "./ledger-rows.ts";
import type { LedgerRow } from "./ledger-rows.ts";

const DAY_MS = 86_400_000;
/** More days are left to the ledger: bars would be hairs. */
const MOST_DAYS = 60;

const PARTS = COST_KINDS.map(({ label, token }) => ({ label, fill: `var(${token})` }));

function dayOf(timeMs: number): number {
  return Math.floor((timeMs - new Date(timeMs).getTimezoneOffset() * 60_000) / DAY_MS);
}

function dayText(day: number): string {
  const date = new Date(day * DAY_MS);
  return `${String(date.getUTCDate())} ${date.toLocaleString("en-US", { month: "short", timeZone: "UTC" })}`;
}

export function CostDays({ rows }: { readonly rows: readonly LedgerRow[] }): ReactNode {
  const bars = useMemo(
    () =>
      costOfDays(rows, dayOf)
        .slice(-MOST_DAYS)
        .map(({ day, usd }) => {
          const values = COST_KINDS.map(({ kind }) => Math.max(0, usd.get(kind) ?? 0));
          const total = values.reduce((sum, value) => sum + value, 0);
          return { label: dayText(day), tip: `${dayText(day)}, ${formatUsd(total)}`, values };
        }),
    [rows],
  );
  if (bars.length < 2) return null;
  return (
    <StackedBars
      title="A day"
      caption="$, by kind, in the order of the list above from the bottom"
      parts={PARTS}
      bars={bars}
      format={formatUsd}
      height={112}
    />
  );
}
