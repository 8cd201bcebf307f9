/** Imported benchmarks and their problems. */
import { AppError } from "#shared/errors.ts";
import { BenchmarkSet } from "#shared/schema/benchmark.ts";
import type { BenchmarkItem } from "#shared/schema/benchmark.ts";
import type { Connection } from "../database.ts";

interface SetRow {
  id: string;
  name: string;
  instruction: string;
  licence: string;
  source: string;
  sha256: string;
  created_at_ms: number;
  problems: number;
}

const SELECT = `SELECT s.*, (SELECT count(*) FROM benchmark_items i WHERE i.set_id = s.id) AS problems
  FROM benchmark_sets s`;

export class BenchmarkRepository {
  readonly #db: Connection;

  constructor(db: Connection) {
    this.#db = db;
  }

  /** By name. */
  list(): BenchmarkSet[] {
    return this.#db.prepare<[], SetRow>(`${SELECT} ORDER BY s.name, s.id`).all().map(setOf);
  }

  find(id: string): BenchmarkSet | null {
    const row = this.#db.prepare<[string], SetRow>(`${SELECT} WHERE s.id = ?`).get(id);
    return row === undefined ? null : setOf(row);
  }

  /** Throws NOT_FOUND. */
  get(id: string): BenchmarkSet {
    const found = this.find(id);
    if (found !== null) return found;
    throw new AppError(
      "NOT_FOUND",
      `There is no imported benchmark "${id}".`,
      "`gradus bench list` shows them all.",
    );
  }

  bySha256(sha256: string): BenchmarkSet | null {
    const row = this.#db.prepare<[string], SetRow>(`${SELECT} WHERE s.sha256 = ?`).get(sha256);
    return row === undefined ? null : setOf(row);
  }

  /** What imported benchmarks ask. */
  problemTexts(): { benchmark: string; id: string; prompt: string }[] {
    return this.#db
      .prepare<[], { benchmark: string; id: string; prompt: string }>(
        `SELECT s.name AS benchmark, s.id || '/' || i.item_index AS id, i.problem AS prompt
         FROM benchmark_items i JOIN benchmark_sets s ON s.id = i.set_id
         ORDER BY s.id, i.item_index`,
      )
      .all();
  }

  insert(set: Omit<BenchmarkSet, "problems">, items: readonly BenchmarkItem[]): void {
    this.#db
      .prepare(
        `INSERT INTO benchmark_sets (id, name, instruction, licence, source, sha256, created_at_ms)
         VALUES (?, ?, ?, ?, ?, ?, ?)`,
      )
      .run(set.id, set.name, set.instruction, set.licence, set.source, set.sha256, set.createdAtMs);
    const insert = this.#db.prepare(
      `INSERT INTO benchmark_items (set_id, item_index, problem, answer, difficulty)
       VALUES (?, ?, ?, ?, ?)`,
    );
    items.forEach(({ problem, answer, difficulty }, index) =>
      insert.run(set.id, index, problem, answer, difficulty),
    );
  }

  items(id: string, page: { readonly offset: number; readonly limit: number }): BenchmarkItem[] {
    return this.#db
      .prepare<[string, number, number], BenchmarkItem>(
        // Items are numbered from 0 without gaps.
        `SELECT problem, answer, difficulty FROM benchmark_items
         WHERE set_id = ? AND item_index >= ? ORDER BY item_index LIMIT ?`,
      )
      .all(id, page.offset, page.limit);
  }

  delete(id: string): void {
    this.#db.prepare("DELETE FROM benchmark_sets WHERE id = ?").run(id);
  }
}

function setOf(row: SetRow): BenchmarkSet {
  return BenchmarkSet.parse({
    id: row.id,
    name: row.name,
    instruction: row.instruction,
    licence: row.licence,
    source: row.source,
    sha256: row.sha256,
    problems: row.problems,
    createdAtMs: row.created_at_ms,
  });
}
