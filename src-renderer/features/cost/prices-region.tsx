/** Prices now, and as they were. */
import type { ReactNode } from "react";
import type { PriceChange, PriceList } from "#shared/schema/cost.ts";
import { hrefTo } from "#renderer/navigation/location.ts";
import { formatPrice, formatWhen } from "#renderer/ui/format.ts";

const NAMES: readonly (readonly [keyof PriceList, string, string])[] = [
  ["usdPerCpuCoreHour", "Processor", "core h"],
  ["usdPerGpuHour", "GPU", "h"],
  ["usdPerKWh", "Electricity", "kWh"],
  ["humanUsdPerHour", "Person", "h"],
];

/** What a change changed, e.g. "GPU $2 → $3". */
function changeText(before: PriceList, after: PriceList): string {
  return NAMES.filter(([key]) => before[key] !== after[key])
    .map(([key, name]) => `${name} ${formatPrice(before[key])} → ${formatPrice(after[key])}`)
    .join(", ");
}

export function PricesRegion({
  prices,
  changes,
  now,
}: {
  readonly prices: PriceList;
  readonly changes: readonly PriceChange[];
  readonly now: number;
}): ReactNode {
  return (
    <section aria-label="Prices">
      <div className="head bt">
        <h2>Prices</h2>
        <a className="btn small end" href={hrefTo(["settings"])}>
          Edit prices
        </a>
      </div>
      <dl className="kv whatif">
        {NAMES.map(([key, name, unit]) => (
          <div key={key} className="pricepair">
            <dt>{name}</dt>
            <dd>
              {prices[key] === null ? (
                <span className="t3">not set: time is not valued</span>
              ) : (
                <>
                  {formatPrice(prices[key])} <span className="t3">/ {unit}</span>
                </>
              )}
            </dd>
          </div>
        ))}
      </dl>
      <p className="s11 t3 sidenote">Used from the moment they are set.</p>
      {changes.length > 1 && (
        <ul className="s11 t3 sidenote" aria-label="Price changes">
          {changes.slice(0, -1).map((change, index) => {
            const before = changes[index + 1];
            return before === undefined ? null : (
              <li key={change.timeMs}>
                {formatWhen(change.timeMs, now)}: {changeText(before.prices, change.prices)}
              </li>
            );
          })}
        </ul>
      )}
    </section>
  );
}
