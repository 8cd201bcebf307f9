/** What happened to a run: checkpoints, alarms and the event history. */
import { AppError } from "#shared/errors.ts";
import { AlarmChange, AlarmProof } from "#shared/schema/alarm.ts";
import { Usage } from "#shared/schema/engine-protocol.ts";
import { Alarm, Checkpoint, RunEvent } from "#shared/schema/run.ts";
import type { Level, RunId } from "#shared/schema/run.ts";
import type { Connection } from "../database.ts";
import { readJson, readJsonOrNull, writeJsonOrNull } from "../json-column.ts";

interface CheckpointRow {
  id: number;
  runId: string;
  step: number;
  dir: string;
  bytes: number;
  createdAtMs: number;
  removedAtMs: number | null;
  usage: string;
}

const CHECKPOINT_COLUMNS = `id, run_id AS runId, step, dir, bytes, created_at_ms AS createdAtMs,
  removed_at_ms AS removedAtMs, usage`;
type AlarmRow = Omit<Alarm, "evidence" | "change"> & {
  readonly evidence: string;
  readonly change: string | null;
};
const ALARM_COLUMNS = `id, run_id AS runId, step, time_ms AS timeMs, code, level, message, advice,
  evidence, change, dismissed_at_ms AS dismissedAtMs`;
const EVENT_COLUMNS = "id, run_id AS runId, time_ms AS timeMs, kind, level, message";

export class HistoryRepository {
  readonly #db: Connection;

  constructor(db: Connection) {
    this.#db = db;
  }

  /** A checkpoint written again at the same step (after a resume) replaces the record of the first. */
  addCheckpoint(checkpoint: Omit<Checkpoint, "id" | "removedAtMs">): Checkpoint {
    const row = this.#db
      .prepare<[string, number, string, number, number, string], CheckpointRow>(
        `INSERT INTO checkpoints (run_id, step, dir, bytes, created_at_ms, usage)
         VALUES (?, ?, ?, ?, ?, ?)
         ON CONFLICT (run_id, step) DO UPDATE SET dir = excluded.dir, bytes = excluded.bytes,
           created_at_ms = excluded.created_at_ms, usage = excluded.usage, removed_at_ms = NULL
         RETURNING ${CHECKPOINT_COLUMNS}`,
      )
      .get(
        checkpoint.runId,
        checkpoint.step,
        checkpoint.dir,
        checkpoint.bytes,
        checkpoint.createdAtMs,
        JSON.stringify(checkpoint.usage),
      );
    if (row === undefined) throw new Error("the checkpoint was not written");
    return checkpointOf(row);
  }

  markCheckpointRemoved(runId: RunId, dir: string, nowMs: number): void {
    this.#db
      .prepare("UPDATE checkpoints SET removed_at_ms = ? WHERE run_id = ? AND dir = ?")
      .run(nowMs, runId, dir);
  }

  /** In order of step. */
  checkpoints(runId: RunId): Checkpoint[] {
    return this.#db
      .prepare<[string], CheckpointRow>(
        `SELECT ${CHECKPOINT_COLUMNS} FROM checkpoints WHERE run_id = ? ORDER BY step`,
      )
      .all(runId)
      .map(checkpointOf);
  }

  addAlarm(alarm: Omit<Alarm, "id" | "dismissedAtMs">): Alarm {
    const row = this.#db
      .prepare<(string | number | null)[], AlarmRow>(
        `INSERT INTO alarms (run_id, step, time_ms, code, level, message, advice, evidence, change)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING ${ALARM_COLUMNS}`,
      )
      .get(
        alarm.runId,
        alarm.step,
        alarm.timeMs,
        alarm.code,
        alarm.level,
        alarm.message,
        alarm.advice,
        JSON.stringify(alarm.evidence),
        writeJsonOrNull(alarm.change),
      );
    if (row === undefined) throw new Error("the alarm was not written");
    return alarmOf(row);
  }

  alarms(runId: RunId): Alarm[] {
    return this.#db
      .prepare<[string], AlarmRow>(
        `SELECT ${ALARM_COLUMNS} FROM alarms WHERE run_id = ? ORDER BY id`,
      )
      .all(runId)
      .map(alarmOf);
  }

  /** Warnings and errors that nobody has dismissed, newest first. */
  openAlarms(): Alarm[] {
    return this.#db
      .prepare<[], AlarmRow>(
        `SELECT ${ALARM_COLUMNS} FROM alarms
         WHERE dismissed_at_ms IS NULL AND level IN ('warning', 'error') ORDER BY id DESC`,
      )
      .all()
      .map(alarmOf);
  }

  /** Throws NOT_FOUND. */
  dismissAlarm(id: number, nowMs: number): Alarm {
    const row = this.#db
      .prepare<[number, number], AlarmRow>(
        `UPDATE alarms SET dismissed_at_ms = ? WHERE id = ? RETURNING ${ALARM_COLUMNS}`,
      )
      .get(nowMs, id);
    if (row === undefined) throw new AppError("NOT_FOUND", `There is no alarm ${id}.`);
    return alarmOf(row);
  }

  addEvent(event: Omit<RunEvent, "id">): RunEvent {
    const row = this.#db
      .prepare<(string | number)[]>(
        `INSERT INTO events (run_id, time_ms, kind, level, message) VALUES (?, ?, ?, ?, ?)
         RETURNING ${EVENT_COLUMNS}`,
      )
      .get(event.runId, event.timeMs, event.kind, event.level, event.message);
    return RunEvent.parse(row);
  }

  /** Oldest first: the last `limit`, or the first `limit` after `afterId`. */
  events(
    runId: RunId,
    filter: {
      afterId?: number | undefined;
      levels?: readonly Level[] | undefined;
      limit: number;
    },
  ): RunEvent[] {
    const forward = filter.afterId !== undefined;
    const rows = this.#db
      .prepare<[string, number, string | null, string | null, number]>(
        `SELECT ${EVENT_COLUMNS} FROM events
         WHERE run_id = ? AND id > ? AND (? IS NULL OR level IN (SELECT value FROM json_each(?)))
         ORDER BY id ${forward ? "ASC" : "DESC"} LIMIT ?`,
      )
      .all(
        runId,
        filter.afterId ?? 0,
        filter.levels === undefined ? null : "set",
        JSON.stringify(filter.levels ?? []),
        filter.limit,
      )
      .map((row) => RunEvent.parse(row));
    return forward ? rows : rows.toReversed();
  }

  /** Forgets checkpoints and alarms of later steps; the event history stays: it tells what happened. */
  deleteAfter(runId: RunId, step: number): void {
    this.#db.prepare("DELETE FROM checkpoints WHERE run_id = ? AND step > ?").run(runId, step);
    this.#db.prepare("DELETE FROM alarms WHERE run_id = ? AND step > ?").run(runId, step);
  }
}

function alarmOf({ evidence, change, ...row }: AlarmRow): Alarm {
  return Alarm.parse({
    ...row,
    evidence: readJson(AlarmProof.shape.evidence, evidence),
    change: readJsonOrNull(AlarmChange, change),
  });
}

function checkpointOf(row: CheckpointRow): Checkpoint {
  return Checkpoint.parse({ ...row, usage: readJson(Usage, row.usage) });
}
