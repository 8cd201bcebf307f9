/** Reviewers' time as entries of the ledger: one for each sitting that has a rate, as long as it lasts, measured. */
import { counted } from "#shared/counted.ts";
import { LedgerEntry } from "#shared/schema/cost.ts";
import type { ReviewSession } from "#main/store/repositories/review-repository.ts";
import type { Store } from "#main/store/store.ts";

const MS_PER_HOUR = 3_600_000;

/** Their ids are negative: they are not entered but measured, and cannot be corrected. */
export function reviewEntries(store: Store): LedgerEntry[] {
  return workingSessions(store).flatMap((session) => {
    if (session.usdPerHour === null) return [];
    const hours = session.activeMs / MS_PER_HOUR;
    const records = counted(session.records, "record");
    return [
      LedgerEntry.parse({
        id: -session.id,
        timeMs: session.lastAtMs,
        kind: "human",
        note: `${session.reviewer} reviewed ${records} of ${session.datasetName}`,
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

/** With or without a rate. */
export function reviewHours(store: Store): number {
  return workingSessions(store).reduce((sum, { activeMs }) => sum + activeMs / MS_PER_HOUR, 0);
}

/** Looking at records without deciding any is no work. */
function workingSessions(store: Store): ReviewSession[] {
  return store.reviews.sessions().filter(({ activeMs, records }) => activeMs > 0 && records > 0);
}
