/**
 * What reviewers did and how long it took. Time is the span between one event of a reviewer and the
 * next, unless it is longer than the limit: then it was a pause and counts as none. A longer break
 * begins a new sitting, which is the human part of the dataset's cost.
 */
import type { DatasetId } from "#shared/schema/dataset.ts";
import type { Connection } from "../database.ts";

export type ReviewKind = "open" | "skip" | "accepted" | "rejected" | "flagged" | "pending" | "edit";

export interface ReviewEvent {
  readonly datasetId: DatasetId;
  readonly recordId: number;
  readonly reviewer: string;
  readonly kind: ReviewKind;
  readonly timeMs: number;
}

export interface ReviewerTotals {
  readonly reviewer: string;
  readonly accepted: number;
  readonly rejected: number;
  readonly flagged: number;
  readonly edited: number;
  readonly skipped: number;
  readonly records: number;
  readonly activeMs: number;
  /** null where no sitting has a rate. */
  readonly costUsd: number | null;
  readonly lastAtMs: number;
  readonly sessionStartedAtMs: number;
  readonly sessionActiveMs: number;
  readonly sessionRecords: number;
}

export interface ReviewSession {
  readonly id: number;
  readonly datasetId: string;
  readonly datasetName: string;
  readonly reviewer: string;
  readonly lastAtMs: number;
  readonly activeMs: number;
  /** null: no rate was set. */
  readonly usdPerHour: number | null;
  readonly records: number;
}

export const PAUSE_LIMIT_MS = 5 * 60_000;
const SESSION_BREAK_MS = 60 * 60_000;
const DECIDED = "kind IN ('accepted', 'rejected', 'flagged', 'edit')";

export class ReviewRepository {
  readonly #db: Connection;

  constructor(db: Connection) {
    this.#db = db;
  }

  add(event: ReviewEvent, usdPerHour: number | null): void {
    const last = this.#db
      .prepare<[string, string], { session: number; timeMs: number }>(
        `SELECT session, time_ms AS timeMs FROM review_events
         WHERE dataset_id = ? AND reviewer = ? ORDER BY id DESC LIMIT 1`,
      )
      .get(event.datasetId, event.reviewer);
    const since = last === undefined ? Infinity : event.timeMs - last.timeMs;
    const activeMs = since <= PAUSE_LIMIT_MS ? Math.max(0, since) : 0;
    const session =
      last === undefined || since > SESSION_BREAK_MS
        ? this.#newSession(event, usdPerHour)
        : last.session;
    this.#db
      .prepare(
        `INSERT INTO review_events (dataset_id, record_id, reviewer, kind, time_ms, active_ms, session)
         VALUES (?, ?, ?, ?, ?, ?, ?)`,
      )
      .run(
        event.datasetId,
        event.recordId,
        event.reviewer,
        event.kind,
        event.timeMs,
        activeMs,
        session,
      );
    this.#db
      .prepare(
        `UPDATE review_sessions SET last_at_ms = ?, active_ms = active_ms + ?, usd_per_hour = ?
         WHERE id = ?`,
      )
      .run(event.timeMs, activeMs, usdPerHour, session);
  }

  totals(datasetId: DatasetId): ReviewerTotals[] {
    return this.#db
      .prepare<[string], ReviewerTotals>(
        `SELECT e.reviewer,
           sum(kind = 'accepted') AS accepted, sum(kind = 'rejected') AS rejected,
           sum(kind = 'flagged') AS flagged, sum(kind = 'edit') AS edited, sum(kind = 'skip') AS skipped,
           count(DISTINCT CASE WHEN ${DECIDED} THEN record_id END) AS records,
           sum(e.active_ms) AS activeMs, max(time_ms) AS lastAtMs,
           (SELECT sum(s.active_ms * s.usd_per_hour) / 3600000 FROM review_sessions s
             WHERE s.dataset_id = e.dataset_id AND s.reviewer = e.reviewer
               AND EXISTS (SELECT 1 FROM review_events d WHERE d.session = s.id AND d.${DECIDED})) AS costUsd,
           l.started_at_ms AS sessionStartedAtMs, l.active_ms AS sessionActiveMs,
           count(DISTINCT CASE WHEN ${DECIDED} AND e.session = l.id THEN record_id END) AS sessionRecords
         FROM review_events e JOIN review_sessions l ON l.id =
           (SELECT max(id) FROM review_sessions s WHERE s.dataset_id = e.dataset_id AND s.reviewer = e.reviewer)
         WHERE e.dataset_id = ? GROUP BY e.reviewer ORDER BY records DESC, e.reviewer`,
      )
      .all(datasetId);
  }

  /** Sittings with what they took and the price of an hour at their time; newest first. Trying the tour's sample is none. */
  sessions(): ReviewSession[] {
    return this.#db
      .prepare<[], ReviewSession>(
        `SELECT s.id, s.dataset_id AS datasetId, d.name AS datasetName, s.reviewer,
           s.last_at_ms AS lastAtMs, s.active_ms AS activeMs, s.usd_per_hour AS usdPerHour,
           (SELECT count(DISTINCT CASE WHEN ${DECIDED} THEN record_id END) FROM review_events e
             WHERE e.dataset_id = s.dataset_id AND e.reviewer = s.reviewer AND e.session = s.id) AS records
         FROM review_sessions s JOIN datasets d ON d.id = s.dataset_id
         WHERE d.for_tour = 0 ORDER BY s.last_at_ms DESC`,
      )
      .all();
  }

  #newSession(event: ReviewEvent, usdPerHour: number | null): number {
    const { lastInsertRowid } = this.#db
      .prepare(
        `INSERT INTO review_sessions (dataset_id, reviewer, started_at_ms, last_at_ms, active_ms, usd_per_hour)
         VALUES (?, ?, ?, ?, 0, ?)`,
      )
      .run(event.datasetId, event.reviewer, event.timeMs, event.timeMs, usdPerHour);
    return Number(lastInsertRowid);
  }
}
