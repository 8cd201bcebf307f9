/** Prices over time: each change is kept, so that the ledger's amounts can be understood later. */
import type { PriceList } from "#shared/schema/cost.ts";
import type { Store } from "#main/store/store.ts";

/** Keeps what the prices were before the first change, and each change. Equal prices are no change. */
export function notePriceChange(store: Store, prices: PriceList | undefined, nowMs: number): void {
  const before = store.settings.get().prices;
  if (prices === undefined || JSON.stringify(prices) === JSON.stringify(before)) return;
  // Time 0: from the beginning of the workspace.
  if (store.ledger.priceChanges().length === 0)
    store.ledger.addPriceChange({ timeMs: 0, prices: before });
  store.ledger.addPriceChange({ timeMs: nowMs, prices });
}
