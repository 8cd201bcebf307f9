/** What a record carries beside its text: the right answer and the metadata. Changed by edits alone (record-changes.ts). */
import { z } from "zod";
import { RecordMessages, RecordReference } from "#shared/schema/dataset.ts";
import type { DatasetId, TextFacts } from "#shared/schema/dataset.ts";
import type { RecordFilter } from "#shared/schema/record-filter.ts";
import { parseForWriting } from "#main/platform/exact-json.ts";
import type { Connection } from "../database.ts";
import { readJson } from "../json-column.ts";
import { whereOf } from "./record-filter-sql.ts";

const Metadata = z.record(z.string(), z.unknown());
/** Names that the window offers. */
const NAMES_SHOWN = 200;

export interface RecordDetails {
  readonly id: number;
  readonly position: number;
  readonly gold: string | null;
  /** Numbers with the digits that they were written with. */
  readonly metadata: Readonly<Record<string, unknown>>;
}

export interface JudgedRevision {
  readonly number: number;
  readonly messages: RecordMessages;
}

export class RecordDetailRepository {
  readonly #db: Connection;

  constructor(db: Connection) {
    this.#db = db;
  }

  /** Of what matches now, in the order of ids. */
  *of(datasetId: DatasetId, filter: RecordFilter): Generator<RecordDetails> {
    const { sql, params } = whereOf(datasetId, filter);
    const rows = this.#db
      .prepare<unknown[], { id: number; position: number; gold: string | null; metadata: string }>(
        `SELECT r.id, r.position, d.reference ->> '$.gold' AS gold, d.metadata FROM records r
         JOIN record_details d ON d.record_id = r.id WHERE ${sql} ORDER BY r.id`,
      )
      .all(...params);
    for (const row of rows) {
      yield { ...row, metadata: readJson(Metadata, row.metadata, parseForWriting) };
    }
  }

  /** Names of metadata in a dataset, the most frequent first. */
  names(datasetId: DatasetId): string[] {
    return this.#db
      .prepare<[string], string>(
        `SELECT e.key FROM records r JOIN record_details d ON d.record_id = r.id,
           json_each(d.metadata) e
         WHERE r.dataset_id = ? AND r.presence = 0
         GROUP BY e.key ORDER BY count(*) DESC, e.key LIMIT ${NAMES_SHOWN}`,
      )
      .pluck()
      .all(datasetId);
  }

  /** What has to be judged anew when the right answer changes: every revision, since each may come into force again. */
  judged(recordId: number): { reference: RecordReference; revisions: JudgedRevision[] } {
    const reference = this.#db
      .prepare<[number], string>("SELECT reference FROM record_details WHERE record_id = ?")
      .pluck()
      .get(recordId);
    if (reference === undefined) throw new Error(`there is no record ${recordId}`);
    const rows = this.#db
      .prepare<[number], { number: number; messages: string }>(
        "SELECT number, messages FROM revisions WHERE record_id = ?",
      )
      .all(recordId);
    return {
      reference: readJson(RecordReference, reference),
      revisions: rows.map(({ number, messages }) => ({
        number,
        messages: readJson(RecordMessages, messages),
      })),
    };
  }

  /** Within a transaction of the caller. */
  judge(
    recordId: number,
    revision: number,
    { verdict, verdictDetail }: Pick<TextFacts, "verdict" | "verdictDetail">,
  ): void {
    this.#db
      .prepare(
        `UPDATE revisions SET facts = json_set(facts, '$.verdict', ?, '$.verdictDetail', ?)
         WHERE record_id = ? AND number = ?`,
      )
      .run(verdict, verdictDetail, recordId, revision);
    this.#db
      .prepare("UPDATE records SET verdict = ? WHERE id = ? AND revision = ?")
      .run(verdict, recordId, revision);
  }
}
