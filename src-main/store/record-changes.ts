/**
 * What an edit does to records: a few columns of many records. Applied forwards or backwards, each
 * change is of the same kind, so that one function does and undoes everything.
 */
import { z } from "zod";
import { RecordStatus } from "#shared/schema/dataset.ts";
import type { DatasetId } from "#shared/schema/dataset.ts";
import type { Connection } from "./database.ts";
import { IdRanges, idsIn } from "./id-ranges.ts";
import { DELETED, PRESENT } from "./record-writer.ts";
import type { RecordWriter } from "./record-writer.ts";

const ids = IdRanges;

export const RecordChange = z.discriminatedUnion("set", [
  z.strictObject({ set: z.literal("status"), ids, value: RecordStatus }),
  z.strictObject({ set: z.literal("deleted"), ids, value: z.boolean() }),
  z.strictObject({ set: z.literal("revision"), ids, value: z.int().min(0) }),
  z.strictObject({ set: z.literal("tag"), ids, tag: z.string(), value: z.boolean() }),
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
    default:
      change satisfies never;
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
