/** How fast reviewers are, from what they did. */
import type { DatasetId } from "#shared/schema/dataset.ts";
import { PAUSE_LIMIT_MS } from "#main/store/repositories/review-repository.ts";
import type { ReviewerTotals } from "#main/store/repositories/review-repository.ts";
import type { Store } from "#main/store/store.ts";

/** A rate of less time says nothing. */
const LEAST_MS = 2 * 60_000;

export function reviewStatistics(
  store: Store,
  datasetId: DatasetId,
): {
  pauseLimitMs: number;
  reviewers: (Omit<ReviewerTotals, "sessionStartedAtMs" | "sessionActiveMs" | "sessionRecords"> & {
    recordsPerHour: number | null;
    session: { startedAtMs: number; activeMs: number; records: number };
  })[];
} {
  return {
    pauseLimitMs: PAUSE_LIMIT_MS,
    reviewers: store.reviews
      .totals(datasetId)
      .map(({ sessionStartedAtMs, sessionActiveMs, sessionRecords, ...totals }) => ({
        ...totals,
        recordsPerHour:
          totals.activeMs < LEAST_MS ? null : (totals.records * 3_600_000) / totals.activeMs,
        session: {
          startedAtMs: sessionStartedAtMs,
          activeMs: sessionActiveMs,
          records: sessionRecords,
        },
      })),
  };
}
