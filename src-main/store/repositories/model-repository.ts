/** Imported models. Built-in ones and those that runs wrote are found where they are, not here. */
import type { Connection } from "../database.ts";

export interface ImportedModel {
  readonly id: string;
  readonly name: string;
  readonly path: string;
  readonly architecture: string;
  readonly parameters: number | null;
  readonly bytes: number;
  readonly sha256: string | null;
  readonly createdAtMs: number;
  /** Where it was got: `hub:owner/name@commit`, `file:path`, `pypi:name==version`; null where that is not known. */
  readonly source: string | null;
}

const COLUMNS =
  "id, name, path, architecture, parameters, bytes, sha256, created_at_ms AS createdAtMs, source";

export class ModelRepository {
  readonly #db: Connection;

  constructor(db: Connection) {
    this.#db = db;
  }

  insert(model: ImportedModel): void {
    this.#db
      .prepare(
        `INSERT INTO models (id, name, path, architecture, parameters, bytes, sha256, created_at_ms, source)
         VALUES ($id, $name, $path, $architecture, $parameters, $bytes, $sha256, $createdAtMs, $source)`,
      )
      .run(model);
  }

  get(id: string): ImportedModel | undefined {
    return this.#db
      .prepare<[string], ImportedModel>(`SELECT ${COLUMNS} FROM models WHERE id = ?`)
      .get(id);
  }

  list(): ImportedModel[] {
    return this.#db
      .prepare<[], ImportedModel>(`SELECT ${COLUMNS} FROM models ORDER BY created_at_ms DESC, id`)
      .all();
  }

  delete(id: string): void {
    this.#db.prepare("DELETE FROM models WHERE id = ?").run(id);
  }
}
