/** What people write on runs: a note each, and tags. */
import { RunNote } from "#shared/schema/run.ts";
import type { RunId, Tag } from "#shared/schema/run.ts";
import type { Connection } from "../database.ts";

export class AnnotationRepository {
  readonly #db: Connection;

  constructor(db: Connection) {
    this.#db = db;
  }

  note(runId: RunId): RunNote {
    const row = this.#db
      .prepare<[string], RunNote>(
        "SELECT text, changed_at_ms AS changedAtMs FROM run_notes WHERE run_id = ?",
      )
      .get(runId);
    return RunNote.parse(row ?? { text: "", changedAtMs: null });
  }

  setNote(runId: RunId, text: string, nowMs: number): void {
    this.#db
      .prepare(
        `INSERT INTO run_notes (run_id, text, changed_at_ms) VALUES (?, ?, ?)
         ON CONFLICT DO UPDATE SET text = excluded.text, changed_at_ms = excluded.changed_at_ms`,
      )
      .run(runId, text, nowMs);
  }

  tag(runIds: readonly RunId[], add: readonly Tag[], remove: readonly Tag[]): void {
    const put = this.#db.prepare(
      "INSERT INTO run_tags (run_id, tag) VALUES (?, ?) ON CONFLICT DO NOTHING",
    );
    const take = this.#db.prepare("DELETE FROM run_tags WHERE run_id = ? AND tag = ?");
    for (const runId of runIds) {
      for (const tag of add) put.run(runId, tag);
      for (const tag of remove) take.run(runId, tag);
    }
  }

  /** The most used first. */
  tags(): { tag: Tag; runs: number }[] {
    return this.#db
      .prepare<[], { tag: Tag; runs: number }>(
        "SELECT tag, count(*) AS runs FROM run_tags GROUP BY tag ORDER BY runs DESC, tag",
      )
      .all();
  }
}
