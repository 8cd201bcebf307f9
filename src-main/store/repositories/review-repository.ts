/**
 * What reviewers did and how long it took. Time is the span between one event of a reviewer and the
 * next, unless it is longer than the limit, or the records were left for another screen: then it was a pause and counts
 * as none. A longer break begins a new sitting, which is the human part of the dataset's cost. What was decided and
 * edited is counted by the records as they are now, so that deciding twice is one decision and undo takes it back.
 */
import type { DatasetId } from "#shared/schema/dataset.ts";
import type { Connection } from "../database.ts";

export type ReviewKind =
  | "open"
  | "skip"
  /** The records are out of sight. */
  | "leave"
  | "accepted"
  | "rejected"
  | "flagged"
  | "pending"
  | "edit";

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
      .prepare<[string, string], { session: number; timeMs: number; kind: string }>(
        `SELECT session, time_ms AS timeMs, kind FROM review_events
         WHERE dataset_id = ? AND reviewer = ? ORDER BY id DESC LIMIT 1`,
      )
      .get(event.datasetId, event.reviewer);
    const since = last === undefined ? Infinity : event.timeMs - last.timeMs;
    const away = last?.kind === "leave" || since > PAUSE_LIMIT_MS;
    const activeMs = away ? 0 : Math.max(0, since);
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

  /** A record counts for whoever last gave it the status that it has, and for whoever wrote the text that it has. */
  totals(datasetId: DatasetId): ReviewerTotals[] {
    return this.#db
      .prepare<{ datasetId: string }, ReviewerTotals>(
        `WITH done AS MATERIALIZED (
           SELECT e.reviewer, e.record_id, e.kind, e.session, max(e.id)
           FROM review_events e JOIN records r ON r.id = e.record_id AND r.presence = 0
           WHERE e.dataset_id = @datasetId AND e.kind = r.status AND e.kind <> 'pending'
           GROUP BY e.record_id
           UNION ALL
           SELECT e.reviewer, e.record_id, e.kind, e.session, max(e.id)
           FROM review_events e JOIN records r ON r.id = e.record_id AND r.presence = 0
             JOIN revisions v ON v.record_id = r.id AND v.number = r.revision
           WHERE e.dataset_id = @datasetId AND e.kind = 'edit'
             AND v.parent IS NOT NULL AND v.author = e.reviewer
           GROUP BY e.record_id)
         SELECT e.reviewer,
           (SELECT count(*) FROM done d WHERE d.reviewer = e.reviewer AND d.kind = 'accepted') AS accepted,
           (SELECT count(*) FROM done d WHERE d.reviewer = e.reviewer AND d.kind = 'rejected') AS rejected,
           (SELECT count(*) FROM done d WHERE d.reviewer = e.reviewer AND d.kind = 'flagged') AS flagged,
           (SELECT count(*) FROM done d WHERE d.reviewer = e.reviewer AND d.kind = 'edit') AS edited,
           (SELECT count(DISTINCT s.record_id) FROM review_events s
             JOIN records r ON r.id = s.record_id AND r.presence = 0 AND r.status = 'pending'
             WHERE s.dataset_id = e.dataset_id AND s.reviewer = e.reviewer AND s.kind = 'skip') AS skipped,
           (SELECT count(DISTINCT d.record_id) FROM done d WHERE d.reviewer = e.reviewer) AS records,
           sum(e.active_ms) AS activeMs, max(time_ms) AS lastAtMs,
           (SELECT sum(s.active_ms * s.usd_per_hour) / 3600000 FROM review_sessions s
             WHERE s.dataset_id = e.dataset_id AND s.reviewer = e.reviewer
               AND EXISTS (SELECT 1 FROM review_events d WHERE d.session = s.id AND d.${DECIDED})) AS costUsd,
           l.started_at_ms AS sessionStartedAtMs, l.active_ms AS sessionActiveMs,
           (SELECT count(DISTINCT d.record_id) FROM done d
             WHERE d.reviewer = e.reviewer AND d.session = l.id) AS sessionRecords
         FROM review_events e JOIN review_sessions l ON l.id =
           (SELECT max(id) FROM review_sessions s WHERE s.dataset_id = e.dataset_id AND s.reviewer = e.reviewer)
         WHERE e.dataset_id = @datasetId GROUP BY e.reviewer ORDER BY records DESC, e.reviewer`,
      )
      .all({ datasetId });
  }

  /** Sittings with what they took and the price of an hour at their time; newest first. Trying the tour's sample is none. Records are all that were worked on, also where it was undone: the time is spent. */
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
