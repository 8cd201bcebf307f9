/**
 * Writes records and their revisions. New records come in staged, seen by nobody, until an edit
 * makes them appear; a new revision comes into force only by an edit. All indexes follow the
 * revision in force. Callers hold a transaction.
 */
import type { DatasetId, RecordMessage, RecordMessages } from "#shared/schema/dataset.ts";
import { RecordMessages as RecordMessagesSchema, TextFacts } from "#shared/schema/dataset.ts";
import { finalTurn, firstPromptOf } from "#shared/schema/record-text.ts";
import { nextNumber } from "../counter.ts";
import type { Connection, Statement } from "../database.ts";
import { packFingerprint, unpackFingerprint } from "./duplicate-index.ts";
import type { DuplicateIndex } from "./duplicate-index.ts";
import { readJson, writeJsonOrNull } from "../json-column.ts";
import type { MeasuredText, PreparedRecord } from "./prepared-record.ts";
import { formatBits } from "./record-filter-sql.ts";

export const PRESENT = 0;
export const DELETED = 1;
export const STAGED = 2;

/** Characters of the prompt that lists show. */
const PROMPT_SHOWN = 200;

interface RevisionRow {
  messages: string;
  content: number;
  fingerprint: Buffer;
  facts: string;
  contamination: string | null;
  checked_with: string;
}

export class RecordWriter {
  readonly #db: Connection;
  readonly #duplicates: DuplicateIndex;
  readonly #putRevision: Statement<unknown[]>;
  readonly #putText: Statement<[number, string, string, string]>;
  readonly #inForce: Statement<[number], { content: number; fingerprint: Buffer }>;
  readonly #revision: Statement<[number, number], RevisionRow>;
  readonly #setRevision: Statement<[number, number]>;
  readonly #setPrompt: Statement<[string, number]>;
  readonly #setFacts: Statement<unknown[]>;

  constructor(db: Connection, duplicates: DuplicateIndex) {
    this.#db = db;
    this.#duplicates = duplicates;
    this.#putRevision = db.prepare(
      `INSERT INTO revisions (record_id, number, parent, author, created_at_ms, messages, content,
         fingerprint, facts, contamination, checked_with)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    this.#putText = db.prepare(
      "INSERT OR REPLACE INTO records_text (rowid, prompt, reasoning, answer) VALUES (?, ?, ?, ?)",
    );
    this.#inForce = db.prepare(
      `SELECT v.content, v.fingerprint FROM records r
       JOIN revisions v ON v.record_id = r.id AND v.number = r.revision WHERE r.id = ?`,
    );
    this.#revision = db.prepare(
      `SELECT messages, content, fingerprint, facts, contamination, checked_with
       FROM revisions WHERE record_id = ? AND number = ?`,
    );
    this.#setRevision = db.prepare("UPDATE records SET revision = ? WHERE id = ?");
    this.#setPrompt = db.prepare("UPDATE record_details SET prompt = ? WHERE record_id = ?");
    this.#setFacts = db.prepare(
      `UPDATE records SET verdict = ?, format = ?, readability = ?, language = ?, repetition = ?,
         characters = ?, words = ?, reasoning_words = ?, content = ?, near_cluster = ?,
         similarity = ?, contamination = json_extract(?, '$.kind'), checked_with = ? WHERE id = ?`,
    );
  }

  /** At the dataset's end, staged. Gives their ids, which follow each other. */
  stage(
    datasetId: DatasetId,
    records: readonly PreparedRecord[],
    author: string,
    timeMs: number,
  ): number[] {
    if (records.length === 0) return [];
    const first = nextNumber(this.#db, "record", records.length);
    let position =
      this.#db
        .prepare<[string], number>(
          "SELECT coalesce(max(position), 0) FROM records WHERE dataset_id = ?",
        )
        .pluck()
        .get(datasetId) ?? 0;
    const insertRecord = this.#db.prepare(
      `INSERT INTO records (dataset_id, position, id, presence, status, revision, source, task,
         difficulty, verdict, format, readability, language, repetition, characters, words,
         reasoning_words, content, near_cluster, similarity, contamination, checked_with)
       VALUES (?, ?, ?, ${STAGED}, ?, 0, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, NULL, NULL, ?, ?)`,
    );
    const setCluster = this.#db.prepare(
      "UPDATE records SET near_cluster = ?, similarity = ? WHERE id = ?",
    );
    const insertDetails = this.#db.prepare(
      "INSERT INTO record_details (record_id, prompt, metadata, source, reference) VALUES (?, ?, ?, ?, ?)",
    );
    const insertTag = this.#db.prepare(
      "INSERT INTO record_tags (dataset_id, tag, record_id) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
    );
    return records.map((record, i) => {
      const id = first + i;
      const { facts, reference, source } = record;
      position += 1;
      insertRecord.run(
        datasetId,
        position,
        id,
        record.status,
        source.kind,
        reference.task,
        reference.difficulty,
        facts.verdict,
        formatBits(facts.format),
        facts.readability,
        facts.language,
        facts.repetition,
        facts.characters,
        facts.words,
        facts.reasoningWords,
        record.fingerprint.content,
        record.contamination?.kind ?? null,
        record.checkedWith,
      );
      insertDetails.run(
        id,
        shownPrompt(record.messages),
        JSON.stringify(record.metadata),
        JSON.stringify(source),
        JSON.stringify(reference),
      );
      this.#insertRevision(id, 0, null, author, timeMs, record);
      this.#index(id, record.messages);
      const near = this.#duplicates.add(datasetId, id, record.fingerprint);
      if (near.cluster !== null) setCluster.run(near.cluster, near.similarity, id);
      for (const tag of record.tags) insertTag.run(datasetId, tag, id);
      return id;
    });
  }

  /** Keeps a text as the record's next revision, not in force yet. Gives its number. */
  addRevision(
    recordId: number,
    parent: number,
    author: string,
    timeMs: number,
    text: MeasuredText,
  ): number {
    const number = this.#db
      .prepare<[number], number>("SELECT max(number) + 1 FROM revisions WHERE record_id = ?")
      .pluck()
      .get(recordId);
    if (number === undefined) throw new Error(`there is no record ${recordId}`);
    this.#insertRevision(recordId, number, parent, author, timeMs, text);
    return number;
  }

  /** Puts a revision in force: its facts, its words and its duplicates become the record's. */
  useRevision(datasetId: DatasetId, recordId: number, number: number): void {
    const before = this.#inForce.get(recordId);
    const row = this.#revision.get(recordId, number);
    if (before === undefined || row === undefined) {
      throw new Error(`record ${recordId} has no revision ${number}`);
    }
    const near = this.#duplicates.replace(
      datasetId,
      recordId,
      unpackFingerprint(before.content, before.fingerprint),
      unpackFingerprint(row.content, row.fingerprint),
    );
    const messages = readJson(RecordMessagesSchema, row.messages);
    this.#setRevision.run(number, recordId);
    this.#setColumns(recordId, row, near);
    this.#setPrompt.run(shownPrompt(messages), recordId);
    this.#index(recordId, messages);
  }

  /** Writes what was measured anew on the revision in force. */
  remeasure(
    datasetId: DatasetId,
    recordId: number,
    revision: number,
    text: Omit<MeasuredText, "messages">,
  ): void {
    const { facts, contamination, checkedWith, fingerprint } = text;
    const row = {
      facts: JSON.stringify(facts),
      contamination: writeJsonOrNull(contamination),
      checked_with: checkedWith,
      content: fingerprint.content,
    };
    this.#db
      .prepare(
        `UPDATE revisions SET facts = ?, contamination = ?, checked_with = ?, content = ?, fingerprint = ?
         WHERE record_id = ? AND number = ?`,
      )
      .run(
        row.facts,
        row.contamination,
        row.checked_with,
        row.content,
        packFingerprint(fingerprint),
        recordId,
        revision,
      );
    const near = this.#duplicates.add(datasetId, recordId, fingerprint);
    this.#setColumns(recordId, row, near);
  }

  /** Before all of a dataset is measured again: no bands, no clusters. */
  clearDuplicates(datasetId: DatasetId): void {
    this.#db.prepare("DELETE FROM record_bands WHERE dataset_id = ?").run(datasetId);
    this.#db
      .prepare(
        "UPDATE records SET near_cluster = NULL, similarity = NULL WHERE dataset_id = ? AND near_cluster IS NOT NULL",
      )
      .run(datasetId);
  }

  /** What an import that did not end left behind. Gives how many; call again until it is none. */
  dropStaged(datasetId: DatasetId | undefined, limit: number): number {
    const rows = this.#db
      .prepare<
        [string | null, string | null, number],
        { dataset_id: DatasetId; id: number; content: number; fingerprint: Buffer }
      >(
        `SELECT r.dataset_id, r.id, v.content, v.fingerprint FROM records r
         JOIN revisions v ON v.record_id = r.id AND v.number = r.revision
         WHERE r.presence = ${STAGED} AND (? IS NULL OR r.dataset_id = ?) LIMIT ?`,
      )
      .all(datasetId ?? null, datasetId ?? null, limit);
    const dropText = this.#db.prepare("DELETE FROM records_text WHERE rowid = ?");
    const dropRecord = this.#db.prepare("DELETE FROM records WHERE id = ?");
    for (const { dataset_id, id, content, fingerprint } of rows) {
      this.#duplicates.remove(dataset_id, id, unpackFingerprint(content, fingerprint));
      dropText.run(id);
      dropRecord.run(id);
    }
    return rows.length;
  }

  #insertRevision(
    recordId: number,
    number: number,
    parent: number | null,
    author: string,
    timeMs: number,
    text: MeasuredText,
  ): void {
    this.#putRevision.run(
      recordId,
      number,
      parent,
      author,
      timeMs,
      JSON.stringify(text.messages),
      text.fingerprint.content,
      packFingerprint(text.fingerprint),
      JSON.stringify(text.facts),
      writeJsonOrNull(text.contamination),
      text.checkedWith,
    );
  }

  #setColumns(
    recordId: number,
    row: Pick<RevisionRow, "facts" | "contamination" | "checked_with" | "content">,
    near: { cluster: number | null; similarity: number | null },
  ): void {
    const facts = readJson(TextFacts, row.facts);
    this.#setFacts.run(
      facts.verdict,
      formatBits(facts.format),
      facts.readability,
      facts.language,
      facts.repetition,
      facts.characters,
      facts.words,
      facts.reasoningWords,
      row.content,
      near.cluster,
      near.similarity,
      row.contamination,
      row.checked_with,
      recordId,
    );
  }

  #index(recordId: number, messages: readonly RecordMessage[]): void {
    const turn = finalTurn(messages);
    this.#putText.run(
      recordId,
      messages
        .filter(({ role }) => role !== "assistant")
        .map(({ content }) => content)
        .join("\n"),
      turn?.reasoning ?? "",
      turn?.content ?? "",
    );
  }
}

function shownPrompt(messages: RecordMessages): string {
  return firstPromptOf(messages)
    .slice(0, PROMPT_SHOWN * 4)
    .replaceAll(/\s+/g, " ")
    .trim()
    .slice(0, PROMPT_SHOWN);
}
