/** The ledger: every entry with its pipeline, at the prices of its day. */
import { useMemo } from "react";
import type { ReactNode } from "react";
import type { PriceList } from "#shared/schema/cost.ts";
import { navigate, useFilter } from "#renderer/navigation/location.ts";
import { formatPrice } from "#renderer/ui/format.ts";
import { Empty } from "#renderer/ui/region-state.tsx";
import { placesOf } from "#renderer/ui/usd-places.ts";
import { VirtualGrid } from "#renderer/ui/virtual-grid.tsx";
import { ledgerColumns, rowHref } from "./ledger-columns.tsx";
import { amountOf } from "./ledger-rows.ts";
import type { LedgerRow } from "./ledger-rows.ts";

export interface LedgerRegionProps {
  readonly rows: readonly LedgerRow[];
  readonly prices: PriceList;
  /** Nothing was ever spent, rather than nothing in the span that is shown. */
  readonly never: boolean;
  readonly now: number;
}

export function LedgerRegion({ rows, prices, never, now }: LedgerRegionProps): ReactNode {
  const [rowText, setRow] = useFilter("row", "0");
  const usdPlaces = useMemo(() => placesOf(rows.map(amountOf)), [rows]);
  const columns = useMemo(() => ledgerColumns(now, usdPlaces), [now, usdPlaces]);
  return (
    <>
      <div className="head bt">
        <h2>Ledger</h2>
        <span className="note ell">
          never edited: corrections are entries; now {formatPrice(prices.usdPerCpuCoreHour)} a core
          hour, {formatPrice(prices.usdPerGpuHour)} a GPU hour, {formatPrice(prices.usdPerKWh)} a
          kWh
        </span>
      </div>
      {rows.length === 0 ? (
        <Empty>
          {never
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
    </>
  );
}
