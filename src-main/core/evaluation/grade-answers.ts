/** Grades a file of answers by mathematical equivalence, for the command line. */
import { readFileSync } from "node:fs";
import { z } from "zod";
import { AppError } from "#shared/errors.ts";
import { writeTextAtomically } from "#main/platform/atomic-write.ts";
import { verifyMaths } from "../verifiers/maths/verify-maths.ts";

const Case = z.object({
  id: z.union([z.string(), z.number()]),
  gold: z.string(),
  answer: z.string(),
  match: z.array(z.enum(["latex", "expr"])).default(["latex", "expr"]),
  precision: z.int().min(0).max(15).default(6),
  strict: z.boolean().default(true),
  allow_set_relation_comp: z.boolean().default(false),
});

export interface Graded {
  readonly count: number;
  readonly correct: number;
  readonly durationMs: number;
}

/** Reads JSONL of cases, writes JSONL of {id, correct} in the same order. Throws BAD_INPUT naming the first bad line; then nothing is written. */
export function gradeAnswers(cases: string, out: string): Graded {
  const lines = readFileSync(cases, "utf8").split(/\r?\n/u);
  const parsed = lines.flatMap((line, index) => (line.trim() === "" ? [] : [caseOf(line, index)]));
  const startedAtMs = performance.now();
  const graded = parsed.map((one) => ({
    id: one.id,
    correct: verifyMaths(one.gold, one.answer, {
      match: one.match,
      precision: one.precision,
      strict: one.strict,
      allowSetRelation: one.allow_set_relation_comp,
    }),
  }));
  const durationMs = performance.now() - startedAtMs;
  writeTextAtomically(out, graded.map((line) => `${JSON.stringify(line)}\n`).join(""));
  return {
    count: graded.length,
    correct: graded.filter(({ correct }) => correct).length,
    durationMs,
  };
}

function caseOf(line: string, index: number): z.infer<typeof Case> {
  let reason = "it is no JSON";
  try {
    const parsed = Case.safeParse(JSON.parse(line));
    if (parsed.success) return parsed.data;
    const issue = parsed.error.issues[0];
    if (issue !== undefined) reason = `${issue.path.join(".")}: ${issue.message}`;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw new AppError(
    "BAD_INPUT",
    `Line ${index + 1} cannot be graded: ${reason}.`,
    'A line is {"id": …, "gold": "…", "answer": "…"}, with match, precision, strict and allow_set_relation_comp where they differ from the defaults.',
  );
}
