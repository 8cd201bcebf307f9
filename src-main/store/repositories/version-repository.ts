/** Published versions: which revision of which record, unchangeable; and the runs that trained on them. */
import { AppError } from "#shared/errors.ts";
import {
  DatasetId,
  DatasetStatistics,
  DatasetVersion,
  RecordReference,
} from "#shared/schema/dataset.ts";
import type { RecordId } from "#shared/schema/dataset.ts";
import { RunId } from "#shared/schema/run.ts";
import type { Connection } from "../database.ts";
import { readJson } from "../json-column.ts";
import { readMetadata, TEXT, textOf } from "./record-repository.ts";
import type { RecordText, TextRow } from "./record-repository.ts";

interface VersionRow {
  datasetId: string;
  version: number;
  note: string;
  publishedAtMs: number;
  sha256: string;
  records: number;
  filter: string;
  statistics: string;
}

export interface VersionRef {
  readonly datasetId: DatasetId;
  readonly version: number;
}

/** What a record carries beside its text. */
export type VersionDetails = Pick<RecordText, "metadata" | "reference">;

/** A record in one or both of two versions; null where it is not there. */
export interface VersionDifference {
  readonly recordId: number;
  readonly position: number;
  readonly fromRevision: number | null;
  readonly toRevision: number | null;
  /** Of both versions, where they may differ; else null. */
  readonly details: { readonly from: VersionDetails; readonly to: VersionDetails } | null;
}

interface DifferenceRow extends Omit<VersionDifference, "details"> {
  readonly fromMetadata: string | null;
  readonly toMetadata: string | null;
  readonly fromReference: string | null;
  readonly toReference: string | null;
}

/** Records of a version with what they carried then: as it was kept before the first change of later, else as it is. */
const MEMBERS = `SELECT m.record_id, m.position, m.revision, coalesce(k.metadata, d.metadata) AS metadata,
    coalesce(k.source, d.source) AS source, coalesce(k.reference, d.reference) AS reference
  FROM version_records m JOIN record_details d ON d.record_id = m.record_id
  LEFT JOIN kept_details k ON k.record_id = m.record_id AND k.version =
    (SELECT min(version) FROM kept_details l WHERE l.record_id = m.record_id AND l.version >= m.version)
  WHERE m.dataset_id = ? AND m.version = ?`;

const COLUMNS = `dataset_id AS datasetId, version, note, published_at_ms AS publishedAtMs, sha256,
  records, filter, statistics`;

export class VersionRepository {
  readonly #db: Connection;

  constructor(db: Connection) {
    this.#db = db;
  }

  insert(
    version: VersionRef &
      Pick<
        DatasetVersion,
        "note" | "publishedAtMs" | "sha256" | "records" | "filter" | "statistics"
      >,
    members: Iterable<{
      readonly position: number;
      readonly id: number;
      readonly revision: number;
    }>,
  ): void {
    this.#db
      .prepare(
        `INSERT INTO dataset_versions (dataset_id, version, note, published_at_ms, sha256, records,
           filter, statistics) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
      )
      .run(
        version.datasetId,
        version.version,
        version.note,
        version.publishedAtMs,
        version.sha256,
        version.records,
        version.filter,
        JSON.stringify(version.statistics),
      );
    const member = this.#db.prepare(
      "INSERT INTO version_records (dataset_id, version, position, record_id, revision) VALUES (?, ?, ?, ?, ?)",
    );
    for (const { position, id, revision } of members) {
      member.run(version.datasetId, version.version, position, id, revision);
    }
  }

  latest(datasetId: DatasetId): DatasetVersion | undefined {
    return this.list(datasetId).at(0);
  }

  /** Newest first. */
  list(datasetId: DatasetId): DatasetVersion[] {
    return this.#db
      .prepare<[string], VersionRow>(
        `SELECT ${COLUMNS} FROM dataset_versions WHERE dataset_id = ? ORDER BY version DESC`,
      )
      .all(datasetId)
      .map((row) => this.#version(row));
  }

  /** Throws NOT_FOUND. */
  get({ datasetId, version }: VersionRef): DatasetVersion {
    const row = this.#db
      .prepare<[string, number], VersionRow>(
        `SELECT ${COLUMNS} FROM dataset_versions WHERE dataset_id = ? AND version = ?`,
      )
      .get(datasetId, version);
    if (row === undefined) {
      throw new AppError(
        "NOT_FOUND",
        `There is no version ${version} of the dataset ${datasetId}.`,
        "`gradus data list` shows the versions that were published.",
      );
    }
    return this.#version(row);
  }

  /** The records of a version in the dataset's order, whatever became of them since. */
  *texts({ datasetId, version }: VersionRef, pageSize = 500): Generator<RecordText> {
    const statement = this.#db.prepare<unknown[], TextRow>(
      `WITH d AS (${MEMBERS} AND m.position > ? ORDER BY m.position LIMIT ?)
       SELECT ${TEXT} FROM d JOIN records r ON r.id = d.record_id
       JOIN revisions v ON v.record_id = d.record_id AND v.number = d.revision ORDER BY d.position`,
    );
    let after = 0;
    for (;;) {
      const rows = statement.all(datasetId, version, after, pageSize);
      for (const row of rows) yield textOf(row);
      const last = rows.at(-1);
      if (last === undefined || rows.length < pageSize) return;
      after = last.position;
    }
  }

  /** Every record that either holds, in the dataset's order. */
  differences(from: VersionRef, to: VersionRef): VersionDifference[] {
    const where = "a.metadata <> b.metadata OR a.reference <> b.reference";
    const ifDiffer = (column: string): string => `CASE WHEN ${where} THEN ${column} END`;
    return this.#db
      .prepare<unknown[], DifferenceRow>(
        `SELECT coalesce(a.record_id, b.record_id) AS recordId, coalesce(a.position, b.position) AS position,
           a.revision AS fromRevision, b.revision AS toRevision,
           ${ifDiffer("a.metadata")} AS fromMetadata, ${ifDiffer("b.metadata")} AS toMetadata,
           ${ifDiffer("a.reference")} AS fromReference, ${ifDiffer("b.reference")} AS toReference
         FROM (${MEMBERS}) a FULL JOIN (${MEMBERS}) b ON a.record_id = b.record_id
         ORDER BY 2, 1`,
      )
      .all(from.datasetId, from.version, to.datasetId, to.version)
      .map(({ fromMetadata, toMetadata, fromReference, toReference, ...row }) => {
        const before = detailsOf(fromMetadata, fromReference);
        const after = detailsOf(toMetadata, toReference);
        const details = before === null || after === null ? null : { from: before, to: after };
        return { ...row, details };
      });
  }

  addRun(runId: RunId, ref: VersionRef, sha256: string): void {
    this.#db
      .prepare("INSERT INTO run_datasets (run_id, dataset_id, version, sha256) VALUES (?, ?, ?, ?)")
      .run(runId, ref.datasetId, ref.version, sha256);
  }

  /** The versions that a run trains on, in the datasets' order. */
  ofRun(runId: RunId): DatasetVersion[] {
    return this.#db
      .prepare<[string], { datasetId: string; version: number }>(
        `SELECT dataset_id AS datasetId, version FROM run_datasets WHERE run_id = ?
         ORDER BY dataset_id, version`,
      )
      .all(runId)
      .map(({ datasetId, version }) =>
        this.get({ datasetId: DatasetId.parse(datasetId), version }),
      );
  }

  /** Versions that hold a record, oldest first. */
  ofRecord(
    recordId: RecordId,
  ): { ref: string; version: number; revision: number; runs: RunId[] }[] {
    return this.#db
      .prepare<[number], { datasetId: string; version: number; revision: number }>(
        `SELECT dataset_id AS datasetId, version, revision FROM version_records
         WHERE record_id = ? ORDER BY version`,
      )
      .all(recordId)
      .map(({ datasetId, version, revision }) => ({
        ref: `${datasetId}@${version}`,
        version,
        revision,
        runs: this.#runs(datasetId, version),
      }));
  }

  #runs(datasetId: string, version: number): RunId[] {
    return this.#db
      .prepare<[string, number], string>(
        "SELECT run_id FROM run_datasets WHERE dataset_id = ? AND version = ? ORDER BY run_id",
      )
      .pluck()
      .all(datasetId, version)
      .map((id) => RunId.parse(id));
  }

  #version(row: VersionRow): DatasetVersion {
    return DatasetVersion.parse({
      ...row,
      ref: `${row.datasetId}@${row.version}`,
      statistics: readJson(DatasetStatistics, row.statistics),
      runs: this.#runs(row.datasetId, row.version),
    });
  }
}

function detailsOf(metadata: string | null, reference: string | null): VersionDetails | null {
  return metadata === null || reference === null
    ? null
    : { metadata: readMetadata(metadata), reference: readJson(RecordReference, reference) };
}
