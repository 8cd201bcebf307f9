/**
 * Datasets: import and export, cleaning, versions, review; their records stand in dataset-records.ts. Every change of
 * records is an edit of the scope `dataset:ID` (contract/edits.ts undoes it).
 */
import { z } from "zod";
import {
  BadRow,
  DatasetId,
  DatasetJob,
  DatasetShape,
  DatasetStatistics,
  DatasetSummary,
  ImportMapping,
  ReasoningForm,
  RecordId,
  RecordMessages,
  RecordStatus,
} from "../schema/dataset.ts";
import { RecordFilter } from "../schema/record-filter.ts";
import { RunId } from "../schema/run.ts";
import { edited, records, reviewer, target } from "./dataset-records.ts";
import { versions } from "./dataset-versions.ts";
import { generate } from "./generate.ts";
import { DatasetFormat } from "../schema/dataset-format.ts";
import { procedure } from "./procedure.ts";

const one = z.strictObject({ datasetId: DatasetId });
const name = z.string().trim().min(1).max(200);

/** A file on the host's machine, one that was sent with `imports.upload`, or what a sampling run kept. */
const file = z.union([
  z.strictObject({ path: z.string().min(1).max(4096) }),
  z.strictObject({ uploadId: z.string() }),
  z.strictObject({ runId: RunId }),
]);
export type DatasetFile = z.infer<typeof file>;

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
        /** Shapes that fit the columns, best first; none: somebody has to say which column is what. */
        shapes: z.array(DatasetShape),
        mapping: ImportMapping,
        columns: z.array(z.string()),
        /** The first row's cells, shortened. */
        example: z.record(z.string(), z.string()),
        /** Columns, and fields of turns, that come along as metadata and are not trained on. */
        beside: z.array(z.string()),
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
  /** A reviewer looks at a record (open), leaves it for later (skip) or turns to something else (leave): what the timing is measured from. */
  event: procedure
    .input(
      z.strictObject({ recordId: RecordId, kind: z.enum(["open", "skip", "leave"]), reviewer }),
    )
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
          /** Left for later, and pending still. */
          skipped: z.int(),
          /** Records whose present status or text is this reviewer's; undo lowers it as the counts before. */
          records: z.int(),
          activeMs: z.number(),
          /** Null before two minutes were measured. */
          recordsPerHour: z.number().nullable(),
          /** At the rates of the time; null where none was set. */
          costUsd: z.number().nullable(),
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
  /** CONFLICT where the name is taken. `forTour`: made for the tour to show; time that goes into it is nobody's work. */
  create: procedure
    .input(z.strictObject({ name, forTour: z.boolean().optional() }))
    .output(DatasetSummary),
  rename: procedure.input(z.strictObject({ ...one.shape, name })).output(DatasetSummary),
  /** Its versions stay usable. Undo brings it back, unless it was deleted for good: then none of its edits can be undone. */
  delete: procedure
    .input(z.strictObject({ ...one.shape, forGood: z.boolean().default(false) }))
    .output(edited),
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
        reasoning: ReasoningForm.default("as-is"),
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
        /** Records that the shape cannot hold, by reason. */
        leftOut: z.array(z.strictObject({ reason: z.string(), records: z.int() })),
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
