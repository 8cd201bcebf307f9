/** Who in the store names a text that is kept as a file by its hash: runs, recipes, and edits that may bring a recipe back. */
import type { Connection } from "../database.ts";

const NAMED = `SELECT
  EXISTS (SELECT 1 FROM runs WHERE instr(config, @hash) > 0)
  OR EXISTS (SELECT 1 FROM pipelines WHERE instr(recipe, @hash) > 0 OR instr(recipe_yaml, @hash) > 0)
  OR EXISTS (SELECT 1 FROM recipes WHERE instr(yaml, @hash) > 0 OR instr(start_yaml, @hash) > 0)
  OR EXISTS (SELECT 1 FROM edits WHERE kind IN ('recipe-text', 'recipe-presence')
    AND (instr(forward, @hash) > 0 OR instr(inverse, @hash) > 0))`;

export class KeptTextRepository {
  readonly #db: Connection;

  constructor(db: Connection) {
    this.#db = db;
  }

  isNamed(sha256: string): boolean {
    return this.#db.prepare<{ hash: string }, number>(NAMED).pluck().get({ hash: sha256 }) === 1;
  }
}
