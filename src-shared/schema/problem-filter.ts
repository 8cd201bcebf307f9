/**
 * Which problems of a set: conditions that must all hold; within one condition any of its values will do. The same
 * filter has a text form, `problem-filter-text.ts`, for recipes (`where:`), the window and the command line.
 */
import { z } from "zod";
import { ProblemSplit } from "./problem.ts";

const not = z.boolean().optional();
const words = z.array(z.string().min(1).max(1000)).min(1).max(1000);

/** Measures that a range can ask for. */
export const ProblemRangeField = z.enum(["pass_rate", "difficulty", "position"]);
export type ProblemRangeField = z.infer<typeof ProblemRangeField>;

export const ProblemCondition = z.union([
  /** Anywhere in what is asked, whatever its case. */
  z.strictObject({ field: z.literal("text"), value: z.string().min(1).max(1000), not }),
  z.strictObject({ field: z.literal("id"), values: words, not }),
  z.strictObject({ field: z.literal("tag"), values: words, not }),
  z.strictObject({ field: z.literal("verifier"), values: words, not }),
  /** The right answer; "*": any. */
  z.strictObject({ field: z.literal("gold"), values: words, not }),
  z.strictObject({
    field: z.literal("split"),
    values: z.array(ProblemSplit).min(1).max(2),
    not,
  }),
  /** A column's value as it is shown, or one of a list; "*": any. */
  z.strictObject({
    field: z.literal("column"),
    key: z.string().min(1).max(200),
    values: words,
    not,
  }),
  /** Both ends included; a problem without the measure is outside. */
  z.strictObject({
    field: ProblemRangeField,
    min: z.number().optional(),
    max: z.number().optional(),
    not,
  }),
]);
export type ProblemCondition = z.infer<typeof ProblemCondition>;

export const ProblemFilter = z.array(ProblemCondition).max(50);
export type ProblemFilter = z.infer<typeof ProblemFilter>;
