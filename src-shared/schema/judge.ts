/** How a judge's scores agree with those of people. */
import { z } from "zod";

/** With a 95% interval; null where one side's scores are all the same. */
const Measure = z.strictObject({ value: z.number(), low: z.number(), high: z.number() }).nullable();

export const Agreement = z.strictObject({
  endpoint: z.string(),
  model: z.string(),
  /** The rubric's file; null where each text came with its own. */
  rubric: z.string().nullable(),
  rubricSha256: z.string().nullable(),
  scale: z.tuple([z.number(), z.number()]),
  /** Texts that both have graded. */
  n: z.int(),
  /** Texts of which the judge gave no verdict that can be used. */
  unusable: z.int(),
  /** Rank correlations. */
  spearman: Measure,
  kendall: Measure,
  /** Cohen's kappa with quadratic weights: 1 where all scores are equal, 0 where it is as by chance. */
  kappa: Measure,
  /** The judge's mean less the people's, in points of the scale. */
  meanDifference: Measure,
  /** What was spent on it; null where a price is not known. */
  costUsd: z.number().nullable(),
  measuredAtMs: z.number(),
});
export type Agreement = z.infer<typeof Agreement>;

/** A text that both have graded. */
export const RatedCase = z.strictObject({
  prompt: z.string(),
  completion: z.string(),
  rating: z.number(),
  /** null: no verdict that can be used. */
  score: z.number().nullable(),
  why: z.string(),
});
export type RatedCase = z.infer<typeof RatedCase>;

/** A verdict as it is kept. */
export const JudgeVerdictKept = z.strictObject({ score: z.number(), reason: z.string() });
