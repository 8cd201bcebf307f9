/**
 * What was spent: the one sum that every screen, report and command shows. Runs at the prices of their time, what was
 * bought, and corrections. People's time is no part of it: it stands apart, valued where somebody set a rate.
 */
import type { CostEntry, CostShares, LedgerEntry, PeopleTime } from "#shared/schema/cost.ts";
import type { PipelineId } from "#shared/schema/run.ts";
import type { Store } from "#main/store/store.ts";
import { totalCost } from "./cost-of-usage.ts";
import { sharesOf } from "./cost-shares.ts";
import { reviewEntries, reviewHours } from "./review-entries.ts";

export interface Spending {
  readonly entries: readonly CostEntry[];
  /** What no run made, newest first: bought, people's time that has a price, corrections. */
  readonly ledger: readonly LedgerEntry[];
  readonly boughtUsd: number;
  readonly totalUsd: number;
}

/** Of one pipeline, or of the workspace. */
export function spendingOf(store: Store, pipelineId: PipelineId | undefined): Spending {
  const entries = store.costs.list(pipelineId);
  const ledger = [
    ...(pipelineId === undefined ? reviewEntries(store) : []),
    ...store.ledger.list(pipelineId),
  ].sort((a, b) => b.timeMs - a.timeMs);
  return { entries, ledger, ...sumOf(entries, ledger) };
}

export function sumOf(
  entries: readonly CostEntry[],
  ledger: readonly LedgerEntry[],
): Pick<Spending, "boughtUsd" | "totalUsd"> {
  const boughtUsd = ledger
    .filter(({ kind }) => kind !== "human")
    .reduce((sum, entry) => sum + entry.totalUsd, 0);
  return { boughtUsd, totalUsd: totalCost(entries).totalUsd + boughtUsd };
}

/** What `totalUsd` was spent on. */
export function spendingShares(
  store: Store,
  { entries, ledger }: Pick<Spending, "entries" | "ledger">,
): CostShares {
  return sharesOf(
    store,
    entries,
    ledger.filter(({ kind }) => kind !== "human"),
  );
}

/** People's time: what reviewing took, and what the priced part of it and entries by hand come to. */
export function peopleTime(store: Store, { ledger }: Pick<Spending, "ledger">): PeopleTime {
  const priced = ledger.filter(({ kind }) => kind === "human");
  return {
    reviewHours: reviewHours(store),
    usd: priced.length === 0 ? null : priced.reduce((sum, entry) => sum + entry.totalUsd, 0),
  };
}
