/**
 * Problems of one's own: a prompt, a gold answer, the verifier that judges answers, and free columns that rewards can
 * read. A problem set holds versions of a list of them; a version never changes.
 */
import { z } from "zod";
import { JsonValue } from "./json-value.ts";

/** What judges an answer, beside the tasks' own rules. A file each in core/verifiers. */
export const VerifierName = z.enum([
  "maths",
  "number",
  "text",
  "choice",
  "list",
  "set",
  "regex",
  "json",
  "python-tests",
  "javascript-tests",
]);
export type VerifierName = z.infer<typeof VerifierName>;

/** A verifier with its options; what options there are, its file says. */
export const VerifierSpec = z.strictObject({
  /** A `VerifierName`, or the name of the task that made the problem. */
  name: z.string().min(1).max(200),
  options: z.record(z.string(), JsonValue).default({}),
});
export type VerifierSpec = z.infer<typeof VerifierSpec>;

export const ProblemMessage = z.strictObject({
  role: z.enum(["system", "user", "assistant"]),
  content: z.string(),
});
export type ProblemMessage = z.infer<typeof ProblemMessage>;

export const ProblemSplit = z.enum(["train", "test"]);
export type ProblemSplit = z.infer<typeof ProblemSplit>;

export const SetProblem = z.strictObject({
  /** Its id column's value, or the number of its line as text. Unique in the version. */
  id: z.string().min(1).max(500),
  /** Ends with a user's turn. A plain prompt is one user's turn. */
  messages: z.array(ProblemMessage).min(1),
  /** The right answer as the verifier reads it; null where the problem has none. */
  gold: z.string().nullable(),
  verifier: VerifierSpec,
  /** A worked solution, where the file has one. */
  solution: z.string().nullable(),
  tags: z.array(z.string()),
  /** A whole number from 0; null where the file says nothing. */
  difficulty: z.int().min(0).nullable(),
  /** The file's other columns. */
  columns: z.record(z.string(), JsonValue),
  split: ProblemSplit,
});
export type SetProblem = z.infer<typeof SetProblem>;

/** As a stage reads it. */
export const MeasuredSetProblem = SetProblem.extend({
  /** Share of the answers of the model that was measured last which were right; absent where nobody measured it. */
  passRate: z.number().min(0).max(1).optional(),
}).strict();
export type MeasuredSetProblem = z.infer<typeof MeasuredSetProblem>;

export const ProblemSetName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9._-]{0,63}$/, "lower-case letters, digits, dots and dashes");
export type ProblemSetName = z.infer<typeof ProblemSetName>;
