/**
 * Which records: conditions that must all hold; within one condition any of its values will do. The
 * same filter has a text form, `record-filter-text.ts`, for addresses, the filter bar and the command line.
 */
import { z } from "zod";
import { ContaminationKind, FormatProblem, RecordId, RecordStatus, Verdict } from "./dataset.ts";
import { TaskName } from "./stages/problem-data.ts";

const not = z.boolean().optional();

function anyOf<Field extends string, Value extends z.ZodType>(field: Field, value: Value) {
  return z.strictObject({
    field: z.literal(field),
    values: z.array(value).min(1).max(1000),
    not,
  });
}

/** Measures that a range can ask for. */
export const RangeField = z.enum([
  "readability",
  "language",
  "repetition",
  "words",
  "characters",
  "reasoning-words",
  "similarity",
  "difficulty",
  "position",
]);
export type RangeField = z.infer<typeof RangeField>;

export const RecordCondition = z.union([
  /** Words, or a "phrase in quotes", anywhere or in one part of the current text. */
  z.strictObject({
    field: z.literal("text"),
    value: z.string().min(1).max(1000),
    in: z.enum(["prompt", "reasoning", "answer"]).optional(),
    not,
  }),
  anyOf("id", RecordId),
  anyOf("status", RecordStatus),
  anyOf("tag", z.string().min(1).max(100)),
  anyOf("verdict", Verdict),
  anyOf("format", z.union([z.enum(["ok", "bad"]), FormatProblem])),
  /** extra: duplicates but the first of each cluster. */
  anyOf("duplicate", z.enum(["exact", "near", "extra"])),
  /** In a duplicate cluster with one of these records. */
  anyOf("same-as", RecordId),
  anyOf("contamination", z.union([z.literal("any"), ContaminationKind])),
  /** How it came in (`import`, `written` …), a file's name, a teacher, or metadata named "source". */
  anyOf("source", z.string().min(1).max(1000)),
  /** The right answer; "*": any. */
  anyOf("gold", z.string().min(1).max(10_000)),
  /** A value as it is shown, or one of a list; "*": any. */
  z.strictObject({
    field: z.literal("metadata"),
    key: z.string().min(1).max(200),
    values: z.array(z.string().max(10_000)).min(1).max(1000),
    not,
  }),
  anyOf("task", TaskName),
  z.strictObject({ field: z.literal("edited"), not }),
  /** Both ends included; a record without the measure is outside. */
  z.strictObject({
    field: RangeField,
    min: z.number().optional(),
    max: z.number().optional(),
    not,
  }),
]);
export type RecordCondition = z.infer<typeof RecordCondition>;

export const RecordFilter = z.array(RecordCondition).max(50);
export type RecordFilter = z.infer<typeof RecordFilter>;
