/** One change of records that a person made and the host may not have yet. Parsed where it is read back from the browser. */
import { z } from "zod";
import { DatasetId, RecordId, RecordMessages, RecordStatus } from "#shared/schema/dataset.ts";
import type { DatasetRecord, RecordRow } from "#shared/schema/dataset.ts";

const common = {
  /** Names the change for the host too: sent twice, it is done once. */
  key: z.string().min(1).max(100),
  /** Folder of the workspace that it belongs to. */
  workspace: z.string(),
  atMs: z.number(),
  datasetId: DatasetId,
  recordIds: z.array(RecordId).min(1),
};

export const OutboxEntry = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("status"), ...common, status: RecordStatus }),
  z.strictObject({
    kind: z.literal("tags"),
    ...common,
    add: z.array(z.string()),
    remove: z.array(z.string()),
  }),
  z.strictObject({
    kind: z.literal("text"),
    ...common,
    messages: RecordMessages,
    fromRevision: z.int(),
    status: RecordStatus.optional(),
  }),
]);
export type OutboxEntry = z.infer<typeof OutboxEntry>;

type Omitted<T> = T extends OutboxEntry ? Omit<T, "key" | "workspace" | "atMs"> : never;
/** A change before the outbox gave it its key. */
export type RecordChange = Omitted<OutboxEntry>;

function tagsAfter(
  tags: readonly string[],
  change: { readonly add: readonly string[]; readonly remove: readonly string[] },
): string[] {
  const kept = tags.filter((tag) => !change.remove.includes(tag));
  return [...kept, ...change.add.filter((tag) => !kept.includes(tag))];
}

/** A row as it will be once the host has the change. */
export function rowAfter(row: RecordRow, change: RecordChange): RecordRow {
  if (change.kind === "tags") return { ...row, tags: tagsAfter(row.tags, change) };
  return change.status === undefined ? row : { ...row, status: change.status };
}

/** A record as it will be once the host has the change. The text's facts stay those of the older text. */
export function recordAfter(record: DatasetRecord, change: RecordChange): DatasetRecord {
  if (change.kind === "tags") return { ...record, tags: tagsAfter(record.tags, change) };
  const status = change.status ?? record.status;
  return change.kind === "text"
    ? { ...record, status, messages: change.messages }
    : { ...record, status };
}
