/** What was tried in the playground. */
import { ThreadContent } from "#shared/schema/playground.ts";
import type { Thread, ThreadSummary } from "#shared/schema/playground.ts";
import type { Connection } from "../database.ts";
import { readJson } from "../json-column.ts";

const COLUMNS = "id, title, created_at_ms AS createdAtMs, updated_at_ms AS updatedAtMs";
const LISTED = 500;

export class PlaygroundRepository {
  readonly #db: Connection;

  constructor(db: Connection) {
    this.#db = db;
  }

  /** The one changed last comes first. */
  list(): ThreadSummary[] {
    return this.#db
      .prepare<[number], ThreadSummary>(
        `SELECT ${COLUMNS} FROM playground_threads ORDER BY updated_at_ms DESC, id LIMIT ?`,
      )
      .all(LISTED);
  }

  get(id: string): Thread | undefined {
    const row = this.#db
      .prepare<[string], ThreadSummary & { content: string }>(
        `SELECT ${COLUMNS}, content FROM playground_threads WHERE id = ?`,
      )
      .get(id);
    return row === undefined
      ? undefined
      : { ...row, content: readJson(ThreadContent, row.content) };
  }

  save(thread: Omit<Thread, "createdAtMs">): void {
    this.#db
      .prepare(
        `INSERT INTO playground_threads (id, title, content, created_at_ms, updated_at_ms)
         VALUES ($id, $title, $content, $now, $now)
         ON CONFLICT (id) DO UPDATE SET title = excluded.title, content = excluded.content,
           updated_at_ms = excluded.updated_at_ms`,
      )
      .run({
        id: thread.id,
        title: thread.title,
        content: JSON.stringify(thread.content),
        now: thread.updatedAtMs,
      });
  }

  delete(id: string): void {
    this.#db.prepare("DELETE FROM playground_threads WHERE id = ?").run(id);
  }
}
