/** Records of a dataset: lists, single records, edits and bulk actions. Every change is an edit of the scope `dataset:ID`. */
import { z } from "zod";
import {
  DatasetId,
  DatasetRecord,
  RecordFacts,
  RecordId,
  RecordMessages,
  RecordReference,
  RecordRow,
  RecordSource,
  RecordStatus,
  Revision,
  StatusCounts,
} from "../schema/dataset.ts";
import { Edit } from "../schema/edit.ts";
import { isJson } from "../schema/metadata-text.ts";
import { RecordFilter } from "../schema/record-filter.ts";
import { RunId } from "../schema/run.ts";
import { procedure } from "./procedure.ts";

const one = z.strictObject({ datasetId: DatasetId });
/** Who reviews; by default the user of the machine. */
export const reviewer = z.string().trim().min(1).max(100).optional();

/** Named records, or all that a filter matches at the moment of the edit. */
export const target = z.union([
  z.strictObject({ ids: z.array(RecordId).min(1).max(100_000) }),
  z.strictObject({ filter: RecordFilter }),
]);
export type RecordTarget = z.infer<typeof target>;

/** No file can keep the others. */
const NOT_KEPT = "holds NUL or half of a character, which no file can keep";
function isKept(text: string): boolean {
  return text.isWellFormed() && !text.includes("\0");
}

/** `edit` is null where nothing had to change. */
export const edited = z.strictObject({ edit: Edit.nullable(), changed: z.int() });

const tags = z.array(z.string().trim().min(1).max(100)).max(50);
/** null: none is known. */
const gold = z.string().min(1).max(100_000).refine(isKept, NOT_KEPT).nullable();
/** One entry of the metadata, as JSON text, so that numbers keep their digits; null takes it away. */
const metadataEntry = z.strictObject({
  key: z.string().min(1).max(200).refine(isKept, NOT_KEPT),
  value: z
    .string()
    .max(1_000_000)
    .refine(isJson, "is not JSON")
    .refine(isKept, NOT_KEPT)
    .nullable(),
});

const bulkAction = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("status"), status: RecordStatus }),
  z.strictObject({
    type: z.literal("tags"),
    add: z.array(z.string().trim().min(1).max(100)).max(50).default([]),
    remove: z.array(z.string().trim().min(1).max(100)).max(50).default([]),
  }),
  z.strictObject({ type: z.literal("gold"), value: gold }),
  z.strictObject({ type: z.literal("metadata"), ...metadataEntry.shape }),
  z.strictObject({ type: z.literal("delete") }),
  /** Tags closed, strays removed, text around the answer moved; what cannot be repaired is left. */
  z.strictObject({ type: z.literal("repair-format") }),
  /** Text of the prompt's language kept: lines of the reasoning in another script are removed. */
  z.strictObject({ type: z.literal("remove-foreign-lines") }),
  /** Sentences and lines of the reasoning that only repeat an earlier one are removed. */
  z.strictObject({ type: z.literal("remove-repetition") }),
  /** One record of each duplicate cluster among the matching stays, the others get the status. */
  z.strictObject({
    type: z.literal("deduplicate"),
    duplicates: z.enum(["exact", "near"]),
    keep: z.enum(["first", "most-readable", "shortest"]).default("first"),
    status: RecordStatus.default("rejected"),
  }),
  /** Back to the original text. */
  z.strictObject({ type: z.literal("restore-original") }),
]);
export type BulkAction = z.infer<typeof bulkAction>;
const bulk = z.strictObject({ ...one.shape, target, action: bulkAction });

export const records = {
  /** How many match, by status. `status` counts without the filter's own status conditions, for queues. */
  count: procedure
    .input(z.strictObject({ ...one.shape, filter: RecordFilter }))
    .output(z.strictObject({ total: z.int(), status: StatusCounts })),
  /** Rows in the dataset's order around an index of the filtered list, or around a record (the nearest where it does not match). */
  page: procedure
    .input(
      z.strictObject({
        ...one.shape,
        filter: RecordFilter,
        at: z
          .union([
            z.strictObject({ index: z.int().min(0) }),
            z.strictObject({ recordId: RecordId }),
          ])
          .default({ index: 0 }),
        /** Rows before `at`. */
        before: z.int().min(0).max(1000).default(0),
        limit: z.int().min(1).max(1000).default(100),
      }),
    )
    .output(
      z.strictObject({
        total: z.int(),
        /** Index of the first row in the filtered list. */
        offset: z.int(),
        /** Index of `at` in the filtered list: of the record, or where it would stand. */
        index: z.int(),
        rows: z.array(RecordRow),
      }),
    ),
  ids: procedure
    .input(
      z.strictObject({
        ...one.shape,
        filter: RecordFilter,
        limit: z.int().min(1).max(1_000_000).default(100_000),
      }),
    )
    .output(z.array(RecordId)),
  /** The ids of a filter in the dataset's order, and the rows of the first of them: what a list shows at once. */
  list: procedure
    .input(
      z.strictObject({
        ...one.shape,
        filter: RecordFilter,
        limit: z.int().min(1).max(1_000_000).default(100_000),
        rows: z.int().min(0).max(1000).default(100),
      }),
    )
    .output(z.strictObject({ ids: z.array(RecordId), rows: z.array(RecordRow) })),
  get: procedure.input(z.strictObject({ recordId: RecordId })).output(DatasetRecord),
  /** Several at once, in the order asked; those that are gone are left out. */
  getMany: procedure
    .input(z.strictObject({ recordIds: z.array(RecordId).max(50) }))
    .output(z.array(DatasetRecord)),
  revisions: procedure.input(z.strictObject({ recordId: RecordId })).output(z.array(Revision)),
  /** Verdicts on a text that is not saved yet. */
  check: procedure
    .input(z.strictObject({ recordId: RecordId, messages: RecordMessages }))
    .output(RecordFacts),
  /** New records at the end of the dataset, as one edit. */
  add: procedure
    .input(
      z.strictObject({
        ...one.shape,
        records: z
          .array(
            z.strictObject({
              messages: RecordMessages,
              metadata: z.record(z.string(), z.unknown()).default({}),
              /** More of it as JSON text, where numbers are to keep their digits. */
              entries: z.array(metadataEntry).max(1000).default([]),
              source: RecordSource.partial().extend({ kind: RecordSource.shape.kind }),
              reference: RecordReference.partial().optional(),
              tags: z.array(z.string().trim().min(1).max(100)).max(50).default([]),
              status: RecordStatus.default("pending"),
            }),
          )
          .min(1)
          .max(1000),
      }),
    )
    .output(z.strictObject({ edit: Edit, ids: z.array(RecordId) })),
  /**
   * A new revision. CONFLICT where the record is no longer at `fromRevision`. `key` makes a repeated
   * send harmless: the same key is saved once.
   */
  setText: procedure
    .input(
      z.strictObject({
        recordId: RecordId,
        messages: RecordMessages,
        fromRevision: z.int().min(0),
        /** Set with the text, as one edit. */
        status: RecordStatus.optional(),
        reviewer,
        key: z.string().max(100).optional(),
      }),
    )
    .output(z.strictObject({ ...edited.shape, record: DatasetRecord })),
  /** An earlier revision in force again. */
  restore: procedure
    .input(z.strictObject({ recordId: RecordId, revision: z.int().min(0), reviewer }))
    .output(z.strictObject({ ...edited.shape, record: DatasetRecord })),
  setStatus: procedure
    .input(
      z.strictObject({
        ...one.shape,
        target,
        status: RecordStatus,
        reviewer,
        key: z.string().max(100).optional(),
      }),
    )
    .output(edited),
  setTags: procedure
    .input(
      z.strictObject({
        ...one.shape,
        target,
        add: z.array(z.string().trim().min(1).max(100)).max(50).default([]),
        remove: z.array(z.string().trim().min(1).max(100)).max(50).default([]),
        key: z.string().max(100).optional(),
      }),
    )
    .output(edited),
  /** Right answer, tags and metadata, as one edit; what is not named stays. */
  setDetails: procedure
    .input(
      z.strictObject({
        recordId: RecordId,
        gold: gold.optional(),
        tags: tags.optional(),
        metadata: z.array(metadataEntry).max(1000).default([]),
        reviewer,
        key: z.string().max(100).optional(),
      }),
    )
    .output(z.strictObject({ ...edited.shape, record: DatasetRecord })),
  /** Names of metadata that the dataset's records have, the most frequent first. */
  metadataNames: procedure.input(one).output(z.array(z.string())),
  delete: procedure.input(z.strictObject({ ...one.shape, target })).output(edited),
  /** What a bulk action would do: how many it would change, and some of them before and after. */
  previewBulk: procedure
    .input(z.strictObject({ ...bulk.shape, samples: z.int().min(0).max(100).default(10) }))
    .output(
      z.strictObject({
        matching: z.int(),
        changing: z.int(),
        samples: z.array(
          z.strictObject({
            recordId: RecordId,
            position: z.int(),
            before: z.string(),
            after: z.string(),
          }),
        ),
      }),
    ),
  /** One edit, one undo, however many records. */
  applyBulk: procedure.input(z.strictObject({ ...bulk.shape, reviewer })).output(edited),
  /** Where a record's revisions went: versions that hold it, and the runs that trained on them. */
  lineage: procedure.input(z.strictObject({ recordId: RecordId })).output(
    z.array(
      z.strictObject({
        ref: z.string(),
        version: z.int(),
        revision: z.int(),
        runs: z.array(RunId),
      }),
    ),
  ),
};
