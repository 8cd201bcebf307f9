/** Imported benchmarks: sets of problems with their answers, graded by mathematical equivalence. */
import { z } from "zod";
import { ProblemSetName } from "./problem.ts";

/** A benchmark is a problem set. */
export const BenchmarkSetId = ProblemSetName;

export const BenchmarkSet = z.strictObject({
  id: BenchmarkSetId,
  name: z.string(),
  /** Added under each problem, e.g. how to give the answer; may be empty. */
  instruction: z.string(),
  licence: z.string(),
  source: z.string(),
  /** Of the problems and answers, in order: equal sets have equal hashes. */
  sha256: z.string(),
  problems: z.int(),
  createdAtMs: z.number(),
});
export type BenchmarkSet = z.infer<typeof BenchmarkSet>;

export const BenchmarkItem = z.strictObject({
  problem: z.string(),
  answer: z.string(),
  difficulty: z.int().nullable(),
});
export type BenchmarkItem = z.infer<typeof BenchmarkItem>;

/** One line of a file that cannot be used, and why. */
export const BadLine = z.strictObject({ line: z.int(), reason: z.string() });
export type BadLine = z.infer<typeof BadLine>;
