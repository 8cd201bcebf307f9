/** Reviewers' time as entries of the ledger: one for each sitting, as long as it lasts, measured. */
import { LedgerEntry } from "#shared/schema/cost.ts";
import type { Store } from "#main/store/store.ts";

const MS_PER_HOUR = 3_600_000;

/** Their ids are negative: they are not entered but measured, and cannot be corrected. */
export function reviewEntries(store: Store): LedgerEntry[] {
  return store.reviews.sessions().flatMap((session) => {
    if (session.activeMs === 0) return [];
    const hours = session.activeMs / MS_PER_HOUR;
    return [
      LedgerEntry.parse({
        id: -session.id,
        timeMs: session.lastAtMs,
        kind: "human",
        note: `${session.reviewer} reviewed ${session.records} records of ${session.datasetName}`,
        pipelineId: null,
        quantity: hours,
        unit: "h",
        usdPerUnit: session.usdPerHour,
        totalUsd: hours * session.usdPerHour,
        how: "measured",
      }),
    ];
  });
}
