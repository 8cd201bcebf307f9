/** Reading records: how many match a filter, a page of them, one in full. */
import { AppError } from "#shared/errors.ts";
import {
  Contamination,
  DatasetRecord,
  RecordMessages,
  RecordReference,
  RecordRow,
  RecordSource,
  Revision,
  StatusCounts,
  TextFacts,
} from "#shared/schema/dataset.ts";
import type { DatasetId, RecordFacts, RecordId } from "#shared/schema/dataset.ts";
import type { RecordFilter } from "#shared/schema/record-filter.ts";
import { z } from "zod";
import { parseForShowing, parseForWriting } from "#main/platform/exact-json.ts";
import type { Fingerprint } from "#main/platform/signature.ts";
import type { Connection } from "../database.ts";
import { unpackFingerprint } from "../records/duplicate-index.ts";
import type { DuplicateIndex } from "../records/duplicate-index.ts";
import { readJson, readJsonOrNull } from "../json-column.ts";
import { whereOf } from "../records/record-filter-sql.ts";

/** Texts in memory together; each may be megabytes long. */
const TEXTS_AT_ONCE = 100;

const Tags = z.array(z.string());
const Metadata = z.record(z.string(), z.unknown());

const TAGS = `(SELECT coalesce(json_group_array(tag), '[]') FROM
  (SELECT tag FROM record_tags t WHERE t.record_id = r.id ORDER BY tag))`;
const ROW = `r.id, r.position, r.status, r.revision, ${TAGS} AS tags, d.prompt, r.verdict, r.format,
  r.readability, r.language, r.repetition, r.words, r.contamination,
  EXISTS (SELECT 1 FROM records o WHERE o.dataset_id = r.dataset_id AND o.content = r.content
    AND o.presence = 0 AND o.id <> r.id) AS exact,
  r.near_cluster IS NOT NULL AND EXISTS (SELECT 1 FROM records o WHERE o.dataset_id = r.dataset_id
    AND o.near_cluster = r.near_cluster AND o.presence = 0 AND o.id <> r.id) AS near`;

interface Row {
  tags: string;
  format: number;
  exact: number;
  near: number;
}

interface FullRow {
  id: number;
  dataset_id: string;
  position: number;
  status: string;
  revision: number;
  tags: string;
  metadata: string;
  source: string;
  reference: string;
  messages: string;
  original: string;
  facts: string;
  record_contamination: string | null;
  content: number;
  near_cluster: number | null;
  fingerprint: Buffer;
}

export interface ClusterMember {
  readonly id: number;
  readonly position: number;
  readonly status: string;
  readonly readability: number | null;
  readonly words: number;
  readonly cluster: number;
}

/** One record's text as cleaning and export read it. */
export interface RecordText {
  readonly id: number;
  readonly position: number;
  readonly revision: number;
  readonly messages: RecordMessages;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly source: RecordSource;
  readonly reference: RecordReference;
}

export class RecordRepository {
  readonly #db: Connection;
  readonly #duplicates: DuplicateIndex;

  constructor(db: Connection, duplicates: DuplicateIndex) {
    this.#db = db;
    this.#duplicates = duplicates;
  }

  count(datasetId: DatasetId, filter: RecordFilter): number {
    const { sql, params } = whereOf(datasetId, filter);
    return (
      this.#db
        .prepare<unknown[], number>(`SELECT count(*) FROM records r WHERE ${sql}`)
        .pluck()
        .get(...params) ?? 0
    );
  }

  countByStatus(datasetId: DatasetId, filter: RecordFilter): StatusCounts {
    const { sql, params } = whereOf(datasetId, filter);
    // The index by status answers alone only where nothing else of a record is asked; else one pass over the table is
    // several times faster than its rows one by one, which the plus sign makes SQLite see.
    const status = filter.length === 0 ? "r.status" : "+r.status";
    const rows = this.#db
      .prepare<unknown[], { status: string; count: number }>(
        `SELECT r.status, count(*) AS count FROM records r WHERE ${sql} GROUP BY ${status}`,
      )
      .all(...params);
    const none = { pending: 0, accepted: 0, rejected: 0, flagged: 0 };
    return StatusCounts.parse({
      ...none,
      ...Object.fromEntries(rows.map(({ status, count }) => [status, count])),
    });
  }

  /** How many matching records stand before a position. */
  countBefore(datasetId: DatasetId, filter: RecordFilter, position: number): number {
    return this.count(datasetId, [...filter, { field: "position", max: position - 1 }]);
  }

  rows(datasetId: DatasetId, filter: RecordFilter, offset: number, limit: number): RecordRow[] {
    const { sql, params } = whereOf(datasetId, filter);
    return this.#db
      .prepare<unknown[], Row>(
        `SELECT ${ROW} FROM (SELECT * FROM records r WHERE ${sql} ORDER BY r.position LIMIT ? OFFSET ?) r
         JOIN record_details d ON d.record_id = r.id ORDER BY r.position`,
      )
      .all(...params, limit, offset)
      .map(({ tags, format, exact, near, ...row }) =>
        RecordRow.parse({
          ...row,
          tags: readJson(Tags, tags),
          formatOk: format === 0,
          duplicate: exact === 1 ? "exact" : near === 1 ? "near" : null,
        }),
      );
  }

  /** In the dataset's order. */
  ids(datasetId: DatasetId, filter: RecordFilter, limit = -1): RecordId[] {
    const { sql, params } = whereOf(datasetId, filter);
    return this.#db
      .prepare<unknown[], RecordId>(
        `SELECT r.id FROM records r WHERE ${sql} ORDER BY r.position LIMIT ?`,
      )
      .pluck()
      .all(...params, limit);
  }

  /** A column of each matching record, in the order of ids: what an edit must be able to put back. */
  values(
    datasetId: DatasetId,
    filter: RecordFilter,
    column: "status" | "revision",
  ): { id: number; value: string | number }[] {
    const { sql, params } = whereOf(datasetId, filter);
    return this.#db
      .prepare<unknown[], { id: number; value: string | number }>(
        `SELECT r.id, r.${column} AS value FROM records r WHERE ${sql} ORDER BY r.id`,
      )
      .all(...params);
  }

  /** Matching records that share a cluster with another matching one, in the dataset's order. */
  clusterMembers(
    datasetId: DatasetId,
    filter: RecordFilter,
    kind: "exact" | "near",
  ): ClusterMember[] {
    const { sql, params } = whereOf(datasetId, filter);
    const column = kind === "exact" ? "r.content" : "r.near_cluster";
    return this.#db
      .prepare<unknown[], ClusterMember>(
        `SELECT * FROM (SELECT r.id, r.position, r.status, r.readability, r.words,
           ${column} AS cluster, count(*) OVER (PARTITION BY ${column}) AS size
           FROM records r WHERE ${sql} AND ${column} IS NOT NULL) WHERE size > 1 ORDER BY position`,
      )
      .all(...params);
  }

  /** Throws NOT_FOUND, also where it is deleted. */
  get(id: RecordId): DatasetRecord {
    const row = this.#row(id);
    const revisions = this.#db
      .prepare<[number]>(
        `SELECT number, parent, author, created_at_ms AS createdAtMs FROM revisions
         WHERE record_id = ? ORDER BY number`,
      )
      .all(id);
    return DatasetRecord.parse({
      id: row.id,
      datasetId: row.dataset_id,
      position: row.position,
      status: row.status,
      revision: row.revision,
      tags: readJson(Tags, row.tags),
      messages: readJson(RecordMessages, row.messages),
      original: readJson(RecordMessages, row.original),
      revisions,
      metadata: readJson(Metadata, row.metadata, parseForShowing),
      source: readJson(RecordSource, row.source),
      reference: readJson(RecordReference, row.reference),
      facts: {
        ...readJson(TextFacts, row.facts),
        ...this.duplicates(
          { id: row.id, datasetId: DatasetRecord.shape.datasetId.parse(row.dataset_id) },
          unpackFingerprint(row.content, row.fingerprint),
        ),
        contamination: readJsonOrNull(Contamination, row.record_contamination),
      },
    });
  }

  /** Whose duplicate a text is, were it the record's. */
  duplicates(
    of: { readonly id: number; readonly datasetId: DatasetId },
    fingerprint: Fingerprint,
  ): Pick<RecordFacts, "exactDuplicate" | "nearDuplicate"> {
    const exact = this.#db
      .prepare<[string, number, number], { first: number | null; others: number }>(
        `SELECT min(id) AS first, count(*) AS others FROM records
         WHERE dataset_id = ? AND content = ? AND presence = 0 AND id <> ?`,
      )
      .get(of.datasetId, fingerprint.content, of.id);
    const nearest = this.#duplicates.nearest(of.datasetId, fingerprint, of.id);
    const cluster =
      nearest === null || nearest.cluster === null
        ? undefined
        : this.#db
            .prepare<[string, number, number], { first: number; others: number }>(
              `SELECT min(id) AS first, count(*) AS others FROM records
               WHERE dataset_id = ? AND near_cluster = ? AND presence = 0 AND id <> ?`,
            )
            .get(of.datasetId, nearest.cluster, of.id);
    const found = RecordRow.shape.id;
    return {
      exactDuplicate:
        exact === undefined || exact.first === null
          ? null
          : { cluster: found.parse(Math.min(exact.first, of.id)), size: exact.others + 1 },
      nearDuplicate:
        nearest === null
          ? null
          : {
              cluster: found.parse(Math.min(cluster?.first ?? nearest.id, of.id)),
              size: (cluster?.others ?? 1) + 1,
              similarTo: found.parse(nearest.id),
              similarToPosition: nearest.position,
              similarity: nearest.similarity,
            },
    };
  }

  /** A revision's text, also of a deleted record: versions keep it. */
  messagesAt(id: RecordId, revision: number): RecordMessages {
    const messages = this.#db
      .prepare<[number, number], string>(
        "SELECT messages FROM revisions WHERE record_id = ? AND number = ?",
      )
      .pluck()
      .get(id, revision);
    if (messages === undefined) throw noRecord(id);
    return readJson(RecordMessages, messages);
  }

  /** Which revision each of these records is at; those that are gone are left out. */
  revisionsInForce(ids: readonly number[]): Map<number, number> {
    const rows = this.#db
      .prepare<[string], { id: number; revision: number }>(
        `SELECT id, revision FROM records WHERE presence = 0
         AND id IN (SELECT value FROM json_each(?))`,
      )
      .all(JSON.stringify(ids));
    return new Map(rows.map(({ id, revision }) => [id, revision]));
  }

  positionOf(id: number): number | undefined {
    return this.#db
      .prepare<[number], number>("SELECT position FROM records WHERE id = ? AND presence = 0")
      .pluck()
      .get(id);
  }

  /** Throws NOT_FOUND. */
  datasetOf(id: RecordId): DatasetId {
    const found = this.#db
      .prepare<[number], string>("SELECT dataset_id FROM records WHERE id = ? AND presence = 0")
      .pluck()
      .get(id);
    if (found === undefined) throw noRecord(id);
    return DatasetRecord.shape.datasetId.parse(found);
  }

  /** With their texts, oldest first. Throws NOT_FOUND. */
  revisions(id: RecordId): Revision[] {
    this.datasetOf(id);
    return this.#db
      .prepare<[number], { messages: string }>(
        `SELECT number, parent, author, created_at_ms AS createdAtMs, messages FROM revisions
         WHERE record_id = ? ORDER BY number`,
      )
      .all(id)
      .map((row) => Revision.parse({ ...row, messages: readJson(RecordMessages, row.messages) }));
  }

  /** The texts in force of what matches now, read a page at a time, so that any number may be read. */
  *texts(datasetId: DatasetId, filter: RecordFilter): Generator<RecordText> {
    const ids = this.ids(datasetId, filter);
    const statement = this.#db.prepare<[string], TextRow>(
      `SELECT ${TEXT} FROM json_each(?) j JOIN records r ON r.id = j.value
       JOIN record_details d ON d.record_id = r.id
       JOIN revisions v ON v.record_id = r.id AND v.number = r.revision ORDER BY r.position`,
    );
    for (let i = 0; i < ids.length; i += TEXTS_AT_ONCE) {
      const rows = statement.all(JSON.stringify(ids.slice(i, i + TEXTS_AT_ONCE)));
      for (const row of rows) yield textOf(row);
    }
  }

  #row(id: RecordId): FullRow {
    const row = this.#db
      .prepare<[number], FullRow>(
        `SELECT r.id, r.dataset_id, r.position, r.status, r.revision, ${TAGS} AS tags, d.metadata,
           d.source, d.reference, v.messages, v.facts, v.fingerprint, o.messages AS original,
           v.contamination AS record_contamination, r.content, r.near_cluster
         FROM records r JOIN record_details d ON d.record_id = r.id
         JOIN revisions v ON v.record_id = r.id AND v.number = r.revision
         JOIN revisions o ON o.record_id = r.id AND o.number = 0
         WHERE r.id = ? AND r.presence = 0`,
      )
      .get(id);
    if (row === undefined) throw noRecord(id);
    return row;
  }
}

export interface TextRow {
  id: number;
  position: number;
  revision: number;
  messages: string;
  metadata: string;
  source: string;
  reference: string;
}

export const TEXT =
  "r.id, r.position, v.number AS revision, v.messages, d.metadata, d.source, d.reference";

/** Numbers keep the digits that they were written with. */
export function readMetadata(text: string): RecordText["metadata"] {
  return readJson(Metadata, text, parseForWriting);
}

export function textOf(row: TextRow): RecordText {
  return {
    id: row.id,
    position: row.position,
    revision: row.revision,
    messages: readJson(RecordMessages, row.messages),
    metadata: readMetadata(row.metadata),
    source: readJson(RecordSource, row.source),
    reference: readJson(RecordReference, row.reference),
  };
}

function noRecord(id: number): AppError {
  return new AppError(
    "NOT_FOUND",
    `There is no record ${id}.`,
    "It may have been deleted; undo brings it back.",
  );
}
