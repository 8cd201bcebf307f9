/** The journal's rows. What an edit does is known to its area; here it is JSON both ways. */
import { Edit } from "#shared/schema/edit.ts";
import type { EditScope, EditState } from "#shared/schema/edit.ts";
import { nextNumber } from "../counter.ts";
import type { Connection } from "../database.ts";

export interface NewEdit {
  readonly scope: EditScope;
  readonly kind: string;
  readonly label: string;
  readonly timeMs: number;
  readonly key: string | null;
  readonly forward: unknown;
  readonly inverse: unknown;
}

interface EditRow {
  id: number;
  scope: string;
  kind: string;
  label: string;
  timeMs: number;
  state: string;
}

const COLUMNS = "id, scope, kind, label, time_ms AS timeMs, state";

export class EditRepository {
  readonly #db: Connection;

  constructor(db: Connection) {
    this.#db = db;
  }

  /** What was undone in this scope cannot be done again after a new edit. */
  insert(edit: NewEdit): Edit {
    this.#db.prepare("DELETE FROM edits WHERE scope = ? AND state = 'undone'").run(edit.scope);
    const { lastInsertRowid } = this.#db
      .prepare(
        `INSERT INTO edits (scope, kind, label, time_ms, state, touched, key, forward, inverse)
         VALUES (?, ?, ?, ?, 'done', ?, ?, ?, ?)`,
      )
      .run(
        edit.scope,
        edit.kind,
        edit.label,
        edit.timeMs,
        nextNumber(this.#db, "edit-touched"),
        edit.key,
        JSON.stringify(edit.forward),
        JSON.stringify(edit.inverse),
      );
    return this.get(Number(lastInsertRowid));
  }

  get(id: number): Edit {
    return Edit.parse(
      this.#db.prepare<[number], EditRow>(`SELECT ${COLUMNS} FROM edits WHERE id = ?`).get(id),
    );
  }

  byKey(key: string): Edit | undefined {
    const row = this.#db
      .prepare<[string], EditRow>(`SELECT ${COLUMNS} FROM edits WHERE key = ?`)
      .get(key);
    return row === undefined ? undefined : Edit.parse(row);
  }

  /** Without a scope: of the whole workspace. */
  state(scope: EditScope | undefined): EditState {
    return { undo: this.#last("done", scope), redo: this.#last("undone", scope) };
  }

  history(scope: EditScope | undefined, limit: number): Edit[] {
    return this.#db
      .prepare<[string | null, string | null, number], EditRow>(
        `SELECT ${COLUMNS} FROM edits WHERE (? IS NULL OR scope = ?) ORDER BY id DESC LIMIT ?`,
      )
      .all(scope ?? null, scope ?? null, limit)
      .map((row) => Edit.parse(row));
  }

  payload(id: number): { forward: unknown; inverse: unknown } {
    const row = this.#db
      .prepare<[number], { forward: string; inverse: string }>(
        "SELECT forward, inverse FROM edits WHERE id = ?",
      )
      .get(id);
    return {
      forward: JSON.parse(row?.forward ?? "null"),
      inverse: JSON.parse(row?.inverse ?? "null"),
    };
  }

  setState(id: number, state: Edit["state"]): void {
    this.#db
      .prepare("UPDATE edits SET state = ?, touched = ? WHERE id = ?")
      .run(state, nextNumber(this.#db, "edit-touched"), id);
  }

  /** The area's things are gone for good, so nothing of them can be undone. */
  forget(scope: EditScope): void {
    this.#db.prepare("DELETE FROM edits WHERE scope = ?").run(scope);
  }

  #last(state: Edit["state"], scope: EditScope | undefined): Edit | null {
    const row =
      scope === undefined
        ? this.#db
            .prepare<[string], EditRow>(
              `SELECT ${COLUMNS} FROM edits WHERE state = ? ORDER BY touched DESC LIMIT 1`,
            )
            .get(state)
        : this.#db
            .prepare<[string, string], EditRow>(
              `SELECT ${COLUMNS} FROM edits WHERE scope = ? AND state = ? ORDER BY touched DESC LIMIT 1`,
            )
            .get(scope, state);
    return row === undefined ? null : Edit.parse(row);
  }
}
