/**
 * What an edit does to records: a few columns of many records. Applied forwards or backwards, each
 * change is of the same kind, so that one function does and undoes everything.
 */
import { z } from "zod";
import { RecordStatus } from "#shared/schema/dataset.ts";
import type { DatasetId } from "#shared/schema/dataset.ts";
import { parseForWriting } from "#main/platform/exact-json.ts";
import type { Connection } from "../database.ts";
import { IdRanges, idsIn } from "../id-ranges.ts";
import { readJson } from "../json-column.ts";
import { DELETED, PRESENT } from "./record-writer.ts";
import type { RecordWriter } from "./record-writer.ts";

const ids = IdRanges;
const Metadata = z.record(z.string(), z.unknown());

export const RecordChange = z.discriminatedUnion("set", [
  z.strictObject({ set: z.literal("status"), ids, value: RecordStatus }),
  z.strictObject({ set: z.literal("deleted"), ids, value: z.boolean() }),
  z.strictObject({ set: z.literal("revision"), ids, value: z.int().min(0) }),
  z.strictObject({ set: z.literal("tag"), ids, tag: z.string(), value: z.boolean() }),
  /** The right answer; what is said about the text by it is for the caller to judge anew. */
  z.strictObject({ set: z.literal("gold"), ids, value: z.string().nullable() }),
  /** One entry of the metadata, as JSON; null: there is none. */
  z.strictObject({
    set: z.literal("metadata"),
    ids,
    key: z.string(),
    value: z.string().nullable(),
  }),
]);
export type RecordChange = z.infer<typeof RecordChange>;

/** Within a transaction of the caller. */
export function applyRecordChange(
  db: Connection,
  writer: RecordWriter,
  datasetId: DatasetId,
  change: RecordChange,
): void {
  switch (change.set) {
    case "status":
      forRanges(db, "status", datasetId, change.ids, change.value);
      return;
    case "deleted":
      forRanges(db, "presence", datasetId, change.ids, change.value ? DELETED : PRESENT);
      return;
    case "revision":
      for (const id of idsIn(change.ids)) writer.useRevision(datasetId, id, change.value);
      return;
    case "tag": {
      const statement = change.value
        ? db.prepare(
            `INSERT INTO record_tags (dataset_id, tag, record_id)
             SELECT dataset_id, ?, id FROM records WHERE id BETWEEN ? AND ? AND dataset_id = ?
             ON CONFLICT DO NOTHING`,
          )
        : db.prepare(
            "DELETE FROM record_tags WHERE tag = ? AND record_id BETWEEN ? AND ? AND dataset_id = ?",
          );
      for (const [first, last] of change.ids) statement.run(change.tag, first, last, datasetId);
      return;
    }
    case "gold": {
      const statement = db.prepare(
        `UPDATE record_details SET reference = json_set(reference, '$.gold', ?)
         WHERE record_id IN (SELECT id FROM records WHERE id BETWEEN ? AND ? AND dataset_id = ?)`,
      );
      for (const [first, last] of change.ids) statement.run(change.value, first, last, datasetId);
      return;
    }
    case "metadata":
      setMetadata(db, datasetId, change);
      return;
    default:
      change satisfies never;
  }
}

function setMetadata(
  db: Connection,
  datasetId: DatasetId,
  { ids, key, value }: Extract<RecordChange, { set: "metadata" }>,
): void {
  const read = db
    .prepare<[number, string], string>(
      `SELECT d.metadata FROM record_details d JOIN records r ON r.id = d.record_id
       WHERE d.record_id = ? AND r.dataset_id = ?`,
    )
    .pluck();
  const write = db.prepare("UPDATE record_details SET metadata = ? WHERE record_id = ?");
  for (const id of idsIn(ids)) {
    const text = read.get(id, datasetId);
    if (text === undefined) continue;
    const before = readJson(Metadata, text, parseForWriting);
    const after =
      value === null
        ? Object.fromEntries(Object.entries(before).filter(([name]) => name !== key))
        : { ...before, [key]: parseForWriting(value) };
    write.run(JSON.stringify(after), id);
  }
}

function forRanges(
  db: Connection,
  column: "status" | "presence",
  datasetId: DatasetId,
  ranges: IdRanges,
  value: string | number,
): void {
  const statement = db.prepare(
    `UPDATE records SET ${column} = ? WHERE id BETWEEN ? AND ? AND dataset_id = ?`,
  );
  for (const [first, last] of ranges) statement.run(value, first, last, datasetId);
}
