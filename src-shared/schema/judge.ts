/** How a judge's scores agree with those of people. */
import { z } from "zod";
import { DatasetId } from "./dataset.ts";

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
  /** Prompts and completions whose price is not known. */
  unpricedTokens: z.int().default(0),
  measuredAtMs: z.number(),
});
export type Agreement = z.infer<typeof Agreement>;

/** Records that people rated by hand: with a number in their metadata, or by accepting and rejecting them. */
export const DatasetRatings = z.strictObject({
  datasetId: DatasetId,
  /** The metadata's name; "status": accepted is the best of the scale, rejected the worst. */
  field: z.string().min(1).max(200).default("rating"),
});
export type DatasetRatings = z.infer<typeof DatasetRatings>;

/** A file's path on the host's machine, a file that was sent to it, or a dataset. */
export const Ratings = z.union([
  z.string().min(1).max(4096),
  z.strictObject({ uploadId: z.string() }),
  DatasetRatings,
]);
export type Ratings = z.infer<typeof Ratings>;

/** What a comparison with people will be, before anything is asked. */
export const AgreementPlan = z.strictObject({
  /** Texts that people rated. */
  n: z.int(),
  /** Records without a rating. */
  leftOut: z.int(),
  /** Texts of which no verdict is kept. */
  toAsk: z.int(),
  /** Of asking for them at most; null where the endpoint has no prices. */
  mostUsd: z.number().nullable(),
});
export type AgreementPlan = z.infer<typeof AgreementPlan>;

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
