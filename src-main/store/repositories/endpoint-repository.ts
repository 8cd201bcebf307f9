/** Endpoints of teachers. Their keys are not here: see services/key-file.ts. */
import { EndpointFields } from "#shared/schema/endpoint.ts";
import type { Endpoint } from "#shared/schema/endpoint.ts";
import type { Connection } from "../database.ts";
import { readJson } from "../json-column.ts";

export type StoredEndpoint = Omit<Endpoint, "hasKey">;

type Row = { readonly id: string; readonly fields: string; readonly created_at_ms: number };

export class EndpointRepository {
  readonly #db: Connection;

  constructor(db: Connection) {
    this.#db = db;
  }

  /** Oldest first. */
  list(): StoredEndpoint[] {
    return this.#db
      .prepare<[], Row>("SELECT * FROM endpoints ORDER BY created_at_ms, id")
      .all()
      .map(endpointOf);
  }

  get(id: string): StoredEndpoint | undefined {
    const row = this.#db.prepare<[string], Row>("SELECT * FROM endpoints WHERE id = ?").get(id);
    return row === undefined ? undefined : endpointOf(row);
  }

  save(id: string, fields: EndpointFields, nowMs: number): void {
    this.#db
      .prepare(
        `INSERT INTO endpoints (id, fields, created_at_ms) VALUES (?, ?, ?)
         ON CONFLICT (id) DO UPDATE SET fields = excluded.fields`,
      )
      .run(id, JSON.stringify(fields), nowMs);
  }

  delete(id: string): void {
    this.#db.prepare("DELETE FROM endpoints WHERE id = ?").run(id);
  }
}

function endpointOf(row: Row): StoredEndpoint {
  return {
    id: row.id,
    ...readJson(EndpointFields, row.fields),
    createdAtMs: row.created_at_ms,
  };
}
