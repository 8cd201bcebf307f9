/** Published versions of a dataset: they never change, and recipes train on them. */
import { z } from "zod";
import {
  DatasetId,
  DatasetStatistics,
  DatasetVersion,
  RecordId,
  RecordMessages,
} from "../schema/dataset.ts";
import { RecordFilter } from "../schema/record-filter.ts";
import { procedure } from "./procedure.ts";

const one = z.strictObject({ datasetId: DatasetId });

export const versions = {
  /** Newest first. */
  list: procedure.input(one).output(z.array(DatasetVersion)),
  get: procedure.input(z.strictObject({ ref: z.string() })).output(DatasetVersion),
  /** Statistics of what a filter matches: what publishing it would hold. */
  preview: procedure
    .input(z.strictObject({ ...one.shape, filter: RecordFilter }))
    .output(DatasetStatistics),
  /** Immutable from then on. BAD_INPUT where nothing matches, CONFLICT where the last version is the same. */
  publish: procedure
    .input(
      z.strictObject({
        ...one.shape,
        filter: RecordFilter.default([{ field: "status", values: ["accepted"] }]),
        note: z.string().max(2000).default(""),
      }),
    )
    .output(DatasetVersion),
  /** Record by record; rows of the kinds asked for, in the dataset's order. */
  compare: procedure
    .input(
      z.strictObject({
        from: z.string(),
        to: z.string(),
        kinds: z
          .array(z.enum(["added", "removed", "changed", "same"]))
          .default(["added", "removed", "changed"]),
        offset: z.int().min(0).default(0),
        limit: z.int().min(1).max(500).default(100),
      }),
    )
    .output(
      z.strictObject({
        added: z.int(),
        removed: z.int(),
        changed: z.int(),
        same: z.int(),
        total: z.int(),
        rows: z.array(
          z.strictObject({
            recordId: RecordId,
            position: z.int(),
            kind: z.enum(["added", "removed", "changed", "same"]),
            fromRevision: z.int().nullable(),
            toRevision: z.int().nullable(),
            from: RecordMessages.nullable(),
            to: RecordMessages.nullable(),
            /** What else changed: the right answer (`gold`) and metadata (`meta.` and its name), as text; null: there is none. */
            details: z.array(
              z.strictObject({
                name: z.string(),
                from: z.string().nullable(),
                to: z.string().nullable(),
              }),
            ),
          }),
        ),
      }),
    ),
};
