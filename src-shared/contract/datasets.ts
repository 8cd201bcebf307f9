/**
 * Datasets: records, edits, import and export, cleaning, versions, review. Every change of records
 * is an edit of the scope `dataset:ID` (contract/edits.ts undoes it).
 */
import { z } from "zod";
import {
  BadRow,
  DatasetFormat,
  DatasetId,
  DatasetJob,
  DatasetRecord,
  DatasetShape,
  DatasetStatistics,
  DatasetSummary,
  ImportMapping,
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
import { RecordFilter } from "../schema/record-filter.ts";
import { RunId } from "../schema/run.ts";
import { versions } from "./dataset-versions.ts";
import { procedure } from "./errors.ts";
import { generate } from "./generate.ts";

const one = z.strictObject({ datasetId: DatasetId });
const name = z.string().trim().min(1).max(200);
/** Who reviews; by default the user of the machine. */
const reviewer = z.string().trim().min(1).max(100).optional();

/** Named records, or all that a filter matches at the moment of the edit. */
const target = z.union([
  z.strictObject({ ids: z.array(RecordId).min(1).max(100_000) }),
  z.strictObject({ filter: RecordFilter }),
]);
export type RecordTarget = z.infer<typeof target>;

/** `edit` is null where nothing had to change. */
const edited = z.strictObject({ edit: Edit.nullable(), changed: z.int() });

/** A file on the host's machine, one that was sent with `imports.upload`, or what a sampling run kept. */
const file = z.union([
  z.strictObject({ path: z.string().min(1).max(4096) }),
  z.strictObject({ uploadId: z.string() }),
  z.strictObject({ runId: RunId }),
]);
export type DatasetFile = z.infer<typeof file>;

const bulkAction = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("status"), status: RecordStatus }),
  z.strictObject({
    type: z.literal("tags"),
    add: z.array(z.string().trim().min(1).max(100)).max(50).default([]),
    remove: z.array(z.string().trim().min(1).max(100)).max(50).default([]),
  }),
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

const records = {
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

const imports = {
  /** Begins a file that comes in pieces (a browser's). Gives its id. */
  beginUpload: procedure
    .input(z.strictObject({ name: z.string().max(255), bytes: z.number().min(0) }))
    .output(z.strictObject({ uploadId: z.string() })),
  /** The next piece, in base64; at most 4 MiB of it. Gives how many bytes are there. */
  upload: procedure
    .input(
      z.strictObject({
        uploadId: z.string(),
        offset: z.number().min(0),
        base64: z.string().max(4 * 1024 * 1024),
      }),
    )
    .output(z.strictObject({ bytes: z.number() })),
  /** What a file holds and how its first rows would come in; with a mapping, as that one would have it. */
  inspect: procedure
    .input(
      z.strictObject({
        file,
        format: DatasetFormat.optional(),
        mapping: ImportMapping.optional(),
        rows: z.int().min(1).max(200).default(20),
      }),
    )
    .output(
      z.strictObject({
        name: z.string(),
        bytes: z.number(),
        format: DatasetFormat,
        /** Shapes that fit the columns, best first. */
        shapes: z.array(DatasetShape),
        mapping: ImportMapping,
        columns: z.array(z.string()),
        rows: z.array(
          z.strictObject({
            line: z.int(),
            messages: RecordMessages,
            gold: z.string().nullable(),
            task: z.string().nullable(),
            metadata: z.record(z.string(), z.unknown()),
          }),
        ),
        /** Rows looked at. */
        read: z.int(),
        /** Among those. */
        bad: z.array(BadRow),
      }),
    ),
  /**
   * Reads the whole file first; where rows are bad and `skipBad` is not set, the job fails and nothing
   * comes in. All rows come in at once, as one edit. Into a dataset, or a new one of that name.
   */
  start: procedure
    .input(
      z.strictObject({
        file,
        format: DatasetFormat.optional(),
        mapping: ImportMapping.optional(),
        into: z.union([one, z.strictObject({ name })]),
        skipBad: z.boolean().default(false),
        status: RecordStatus.default("pending"),
      }),
    )
    .output(DatasetJob),
  /** Bad rows of an import. */
  badRows: procedure
    .input(
      z.strictObject({
        jobId: z.string(),
        offset: z.int().min(0).default(0),
        limit: z.int().min(1).max(1000).default(100),
      }),
    )
    .output(z.strictObject({ total: z.int(), rows: z.array(BadRow) })),
};

const review = {
  /** A reviewer looks at a record (open) or leaves it for later (skip): what the timing is measured from. */
  event: procedure
    .input(z.strictObject({ recordId: RecordId, kind: z.enum(["open", "skip"]), reviewer }))
    .output(z.void()),
  /** By reviewer; pauses longer than the limit are not counted. */
  statistics: procedure.input(one).output(
    z.strictObject({
      pauseLimitMs: z.int(),
      reviewers: z.array(
        z.strictObject({
          reviewer: z.string(),
          accepted: z.int(),
          rejected: z.int(),
          flagged: z.int(),
          edited: z.int(),
          skipped: z.int(),
          /** Records with at least one decision or edit. */
          records: z.int(),
          activeMs: z.number(),
          /** Null before two minutes were measured. */
          recordsPerHour: z.number().nullable(),
          /** At the prices of the time. */
          costUsd: z.number(),
          lastAtMs: z.number(),
          /** Of the last sitting alone. */
          session: z.strictObject({
            startedAtMs: z.number(),
            activeMs: z.number(),
            records: z.int(),
          }),
        }),
      ),
    }),
  ),
};

export const datasets = {
  /** Newest first. */
  list: procedure.output(z.array(DatasetSummary)),
  get: procedure.input(one).output(DatasetSummary),
  statistics: procedure
    .input(z.strictObject({ ...one.shape, filter: RecordFilter.default([]) }))
    .output(DatasetStatistics),
  /** CONFLICT where the name is taken. */
  create: procedure.input(z.strictObject({ name })).output(DatasetSummary),
  rename: procedure.input(z.strictObject({ ...one.shape, name })).output(DatasetSummary),
  /** Its versions stay usable; undo brings it back. */
  delete: procedure.input(one).output(edited),
  /** Measures every record again: after a benchmark came in, or duplicates were edited. */
  refresh: procedure.input(one).output(DatasetJob),
  /** Writes a file beside and renames it. CONFLICT where it is there and `overwrite` is not set. */
  export: procedure
    .input(
      z.strictObject({
        ...one.shape,
        target: z.union([target, z.strictObject({ version: z.int().min(1) })]),
        format: DatasetFormat,
        shape: DatasetShape.default("messages"),
        /** In <think> tags inside the text, or in a field of its own. */
        reasoning: z.enum(["inline", "field"]).default("inline"),
        path: z.string().min(1).max(4096),
        overwrite: z.boolean().default(false),
        /** Writes LLaMA-Factory's dataset_info.json beside. */
        datasetInfo: z.boolean().default(false),
      }),
    )
    .output(
      z.strictObject({
        path: z.string(),
        records: z.int(),
        bytes: z.number(),
        sha256: z.string(),
        datasetInfo: z.string().nullable(),
      }),
    ),
  jobs: {
    /** Those at work and those that ended since the host started, newest first. */
    list: procedure
      .input(z.strictObject({ datasetId: DatasetId.optional() }))
      .output(z.array(DatasetJob)),
    get: procedure.input(z.strictObject({ jobId: z.string() })).output(DatasetJob),
    cancel: procedure.input(z.strictObject({ jobId: z.string() })).output(z.void()),
  },
  records,
  versions,
  imports,
  review,
  generate,
};
