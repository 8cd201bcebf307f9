/** Datasets by name, with how many records of each status they hold, and their statistics. */
import { AppError } from "#shared/errors.ts";
import {
  ContaminationKind,
  DatasetId,
  DatasetStatistics,
  DatasetSummary,
  FormatProblem,
} from "#shared/schema/dataset.ts";
import type { Spread } from "#shared/schema/dataset.ts";
import type { RecordFilter } from "#shared/schema/record-filter.ts";
import { nextNumber } from "../counter.ts";
import type { Connection } from "../database.ts";
import { formatBit, whereOf } from "../records/record-filter-sql.ts";

interface DatasetRow {
  id: string;
  name: string;
  createdAtMs: number;
  changedAtMs: number;
  latestVersion: number | null;
  latestVersionRecords: number | null;
}

const COLUMNS = `id, name, created_at_ms AS createdAtMs, changed_at_ms AS changedAtMs,
  (SELECT max(version) FROM dataset_versions v WHERE v.dataset_id = datasets.id) AS latestVersion,
  (SELECT records FROM dataset_versions v WHERE v.dataset_id = datasets.id ORDER BY version DESC LIMIT 1)
    AS latestVersionRecords`;

export class DatasetRepository {
  readonly #db: Connection;

  constructor(db: Connection) {
    this.#db = db;
  }

  /** Hidden until an edit makes it appear. */
  insert(name: string, timeMs: number, forTour = false): DatasetId {
    const id = DatasetId.parse(`d${nextNumber(this.#db, "dataset")}`);
    this.#db
      .prepare(
        `INSERT INTO datasets (id, name, created_at_ms, changed_at_ms, deleted_at_ms, for_tour)
         VALUES (?, ?, ?, ?, ?, ?)`,
      )
      .run(id, name, timeMs, timeMs, timeMs, forTour ? 1 : 0);
    return id;
  }

  /** `checkedWith`: what all records should be checked with by now. Newest first. */
  list(checkedWith: string): DatasetSummary[] {
    return this.#db
      .prepare<[], DatasetRow>(
        `SELECT ${COLUMNS} FROM datasets WHERE deleted_at_ms IS NULL
         ORDER BY created_at_ms DESC, length(id) DESC, id DESC`,
      )
      .all()
      .map((row) => this.#summary(row, checkedWith));
  }

  /** Throws NOT_FOUND. */
  get(id: DatasetId, checkedWith: string): DatasetSummary {
    const row = this.#db
      .prepare<[string], DatasetRow>(
        `SELECT ${COLUMNS} FROM datasets WHERE id = ? AND deleted_at_ms IS NULL`,
      )
      .get(id);
    if (row === undefined) throw noDataset(id);
    return this.#summary(row, checkedWith);
  }

  /** Throws NOT_FOUND. */
  nameOf(id: DatasetId): string {
    const name = this.#db
      .prepare<[string], string>("SELECT name FROM datasets WHERE id = ? AND deleted_at_ms IS NULL")
      .pluck()
      .get(id);
    if (name === undefined) throw noDataset(id);
    return name;
  }

  byName(name: string): DatasetId | undefined {
    const id = this.#db
      .prepare<[string], string>("SELECT id FROM datasets WHERE name = ? AND deleted_at_ms IS NULL")
      .pluck()
      .get(name);
    return id === undefined ? undefined : DatasetId.parse(id);
  }

  /** Throws CONFLICT where another has the name. */
  setName(id: DatasetId, name: string): void {
    this.requireFree(name, id);
    this.#db.prepare("UPDATE datasets SET name = ? WHERE id = ?").run(name, id);
  }

  /** Throws CONFLICT where it would come back beside another of its name. */
  setDeleted(id: DatasetId, deletedAtMs: number | null): void {
    if (deletedAtMs === null) {
      const name = this.#db
        .prepare<[string], string>("SELECT name FROM datasets WHERE id = ?")
        .pluck()
        .get(id);
      if (name !== undefined) this.requireFree(name, id);
    }
    this.#db.prepare("UPDATE datasets SET deleted_at_ms = ? WHERE id = ?").run(deletedAtMs, id);
  }

  /** Throws CONFLICT where another dataset has the name. */
  requireFree(name: string, id?: DatasetId): void {
    const other = this.byName(name);
    if (other === undefined || other === id) return;
    throw new AppError(
      "CONFLICT",
      `There is a dataset "${name}" already.`,
      "Choose another name, or rename that one first.",
    );
  }

  /** Datasets that an import began and did not bring to an end: nothing was ever edited in them. */
  dropUnborn(id?: DatasetId): void {
    this.#db
      .prepare(
        `DELETE FROM datasets WHERE deleted_at_ms IS NOT NULL AND (? IS NULL OR id = ?)
         AND NOT EXISTS (SELECT 1 FROM edits WHERE scope = 'dataset:' || datasets.id)
         AND NOT EXISTS (SELECT 1 FROM records r WHERE r.dataset_id = datasets.id)
         AND NOT EXISTS (SELECT 1 FROM generate_jobs g WHERE g.dataset_id = datasets.id)
         AND NOT EXISTS (SELECT 1 FROM dataset_versions v WHERE v.dataset_id = datasets.id)`,
      )
      .run(id ?? null, id ?? null);
  }

  touch(id: DatasetId, timeMs: number): void {
    this.#db.prepare("UPDATE datasets SET changed_at_ms = ? WHERE id = ?").run(timeMs, id);
  }

  statistics(id: DatasetId, filter: RecordFilter): DatasetStatistics {
    const { sql, params } = whereOf(id, filter);
    const rows = this.#db
      .prepare<unknown[], StatisticsRow>(
        `SELECT r.status, r.verdict, r.format, r.revision, r.contamination, r.task, r.readability,
           r.language, r.repetition, r.words, r.content, r.near_cluster AS near
         FROM records r WHERE ${sql}`,
      )
      .all(...params);
    const tags = this.#db
      .prepare<unknown[], { tag: string; count: number }>(
        `SELECT tag, count(*) AS count FROM record_tags WHERE dataset_id = ?
         AND record_id IN (SELECT r.id FROM records r WHERE ${sql}) GROUP BY tag ORDER BY tag`,
      )
      .all(id, ...params);
    return DatasetStatistics.parse({
      records: rows.length,
      status: { pending: 0, accepted: 0, rejected: 0, flagged: 0, ...counts(rows, "status") },
      verdict: { correct: 0, wrong: 0, none: 0, ...counts(rows, "verdict") },
      edited: rows.filter(({ revision }) => revision > 0).length,
      formatProblems: Object.fromEntries(
        FormatProblem.options
          .map((problem) => [
            problem,
            rows.filter(({ format }) => (format & formatBit(problem)) !== 0).length,
          ])
          .filter(([, count]) => count !== 0),
      ),
      exactDuplicates: inClusters(rows.map(({ content }) => content)),
      nearDuplicates: inClusters(rows.flatMap(({ near }) => (near === null ? [] : [near]))),
      contamination: Object.fromEntries(
        ContaminationKind.options
          .map((kind) => [kind, rows.filter(({ contamination }) => contamination === kind).length])
          .filter(([, count]) => count !== 0),
      ),
      readability: spreadOf(rows.map((row) => row.readability)),
      language: spreadOf(rows.map((row) => row.language)),
      repetition: spreadOf(rows.map((row) => row.repetition)),
      words: spreadOf(rows.map((row) => row.words)),
      tags: Object.fromEntries(tags.map(({ tag, count }) => [tag, count])),
      tasks: counts(rows, "task"),
    });
  }

  #summary(row: DatasetRow, checkedWith: string): DatasetSummary {
    const byStatus = this.#db
      .prepare<[string], { status: string; count: number }>(
        `SELECT status, count(*) AS count FROM records
         WHERE dataset_id = ? AND presence = 0 GROUP BY status`,
      )
      .all(row.id);
    const status = {
      pending: 0,
      accepted: 0,
      rejected: 0,
      flagged: 0,
      ...Object.fromEntries(byStatus.map(({ status, count }) => [status, count])),
    };
    const stale = this.#db
      .prepare<[string, string], number>(
        "SELECT count(*) FROM records WHERE dataset_id = ? AND presence = 0 AND checked_with <> ?",
      )
      .pluck()
      .get(row.id, checkedWith);
    return DatasetSummary.parse({
      ...row,
      records: byStatus.reduce((sum, { count }) => sum + count, 0),
      status,
      stale,
    });
  }
}

interface StatisticsRow {
  status: string;
  verdict: string;
  format: number;
  revision: number;
  contamination: string | null;
  task: string | null;
  readability: number | null;
  language: number | null;
  repetition: number;
  words: number;
  content: number;
  near: number | null;
}

function counts(
  rows: readonly StatisticsRow[],
  column: "status" | "verdict" | "task",
): Record<string, number> {
  const found: Record<string, number> = {};
  for (const row of rows) {
    const value = row[column];
    if (value !== null) found[value] = (found[value] ?? 0) + 1;
  }
  return found;
}

/** How many share their number with another. */
function inClusters(numbers: readonly number[]): number {
  const sizes = new Map<number, number>();
  for (const number of numbers) sizes.set(number, (sizes.get(number) ?? 0) + 1);
  let members = 0;
  for (const size of sizes.values()) if (size > 1) members += size;
  return members;
}

/** Quantiles by the nearest rank. */
function spreadOf(values: readonly (number | null)[]): Spread | null {
  const sorted = Float64Array.from(values.filter((value) => value !== null)).sort();
  const n = sorted.length;
  if (n === 0) return null;
  const at = (share: number): number => sorted[Math.max(0, Math.ceil(share * n) - 1)] ?? 0;
  return { n, min: at(0), p10: at(0.1), median: at(0.5), p90: at(0.9), max: at(1) };
}

function noDataset(id: string): AppError {
  return new AppError(
    "NOT_FOUND",
    `There is no dataset "${id}".`,
    "`gradus data list` and the Datasets screen show them all; undo brings a deleted one back.",
  );
}
