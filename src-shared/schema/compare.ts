/** Finished benchmarks side by side: what each scored, what tells them apart, and what was published elsewhere. */
import { z } from "zod";
import { Estimate, EvaluationSample, EvaluationSummary } from "./engine-protocol.ts";
import { PipelineId, RunId } from "./run.ts";

/** One benchmark minus another, paired problem by problem. Differences are of pass@1, 0–1. */
export const PairedVerdict = z.strictObject({
  problems: z.int(),
  /** With the interval of the same test at the level at which Holm decides: it leaves out zero exactly where there is a verdict. */
  difference: Estimate,
  /** Of that interval, 0–1: 0.95 for one comparison, more among several. */
  confidence: z.number(),
  /** Two-sided, of the sign-flip permutation test. */
  p: z.number(),
  /** p after Holm's correction for all comparisons of the report; p itself where there is one. */
  pAdjusted: z.number(),
  /** By the corrected p at 5%. */
  verdict: z.enum(["better", "worse", "cannot tell"]),
  wins: z.int(),
  losses: z.int(),
  ties: z.int(),
  /** Problems that would show a gap of this size 8 times in 10; null where there is no gap. */
  problemsNeeded: z.int().nullable(),
  /** The smallest gap that so many problems show 8 times in 10. */
  detectable: z.number().nullable(),
});
export type PairedVerdict = z.infer<typeof PairedVerdict>;

/** Dollars for a point of pass@1, with its interval; `high` is null where the gain's interval reaches zero. */
export const UsdPerPoint = z.strictObject({
  value: z.number(),
  low: z.number(),
  high: z.number().nullable(),
});
export type UsdPerPoint = z.infer<typeof UsdPerPoint>;

export const LineageStage = z.strictObject({
  runId: RunId,
  stageName: z.string(),
  kind: z.string(),
});

export const ComparedRow = z.strictObject({
  runId: RunId,
  pipelineId: PipelineId,
  pipelineName: z.string(),
  /** The model that was measured. */
  label: z.string(),
  seed: z.int(),
  endedAtMs: z.number().nullable(),
  summary: EvaluationSummary,
  /** Stages that made the model, first to last, and what they cost together; no stage for a base. */
  lineage: z.array(LineageStage),
  trainingUsd: z.number(),
  /** The benchmark's own cost. */
  evaluationUsd: z.number().nullable(),
  /** Options of the stage that made the model, by path; of a base, its folder's name. */
  options: z.record(z.string(), z.string()),
  /** Against the baseline; null for the baseline itself, or where `refusal` says why not. */
  versus: PairedVerdict.nullable(),
  refusal: z.string().nullable(),
  /** What differs from the baseline's protocol, and what weakens the verdict. */
  cautions: z.array(z.string()),
  /** Of training, beyond the baseline's, for each point gained. */
  usdPerPoint: UsdPerPoint.nullable(),
});
export type ComparedRow = z.infer<typeof ComparedRow>;

/** A mean over seeds with its 95% interval (Student's t), and the lowest and highest of them; 0–1. */
export const OverSeeds = z.strictObject({
  mean: z.number(),
  low: z.number(),
  high: z.number(),
  min: z.number(),
  max: z.number(),
});
export type OverSeeds = z.infer<typeof OverSeeds>;

/** Rows of one stage of one recipe that differ in their seeds alone. */
export const SeededRows = z.strictObject({
  /** In the rows' order. */
  runIds: z.array(RunId),
  /** The first of each seed: one that ran again says nothing new. */
  counted: z.array(RunId),
  label: z.string(),
  pass1: OverSeeds,
  /** Over the baseline; null where one of them is the baseline, or not comparable with it. */
  difference: OverSeeds.nullable(),
  /** In the mean. */
  trainingUsd: z.number(),
});
export type SeededRows = z.infer<typeof SeededRows>;

/** Benchmarks that are compared with one of them: those of one task, or two of equal name. */
export const ComparedGroup = z.strictObject({
  task: z.string(),
  title: z.string(),
  baseline: RunId,
  rows: z.array(ComparedRow),
  /** Of the rows, those that several seeds of one recipe gave, together. */
  seeds: z.array(SeededRows),
});
export type ComparedGroup = z.infer<typeof ComparedGroup>;

/** A score that was published, not measured here. */
export const PublishedScore = z.strictObject({
  /** MODEL:BENCHMARK, as addresses name it. */
  id: z.string(),
  model: z.string(),
  benchmark: z.string(),
  /** e.g. "pass@1", "cons@64", "rating". */
  measure: z.string(),
  /** 0–1, or a rating. */
  value: z.number(),
  isRating: z.boolean(),
  /** Published without an interval where null. */
  interval: Estimate.nullable(),
  conditions: z.array(z.string()),
  source: z.string(),
  /** Year and month of the source. */
  date: z.string(),
});
export type PublishedScore = z.infer<typeof PublishedScore>;

export const ComparisonReport = z.strictObject({
  groups: z.array(ComparedGroup),
  /** Comparisons that Holm's correction counts. */
  comparisons: z.int(),
  published: z.array(PublishedScore),
  /** What was asked for and cannot be shown, and why. */
  missing: z.array(z.strictObject({ id: z.string(), reason: z.string() })),
});
export type ComparisonReport = z.infer<typeof ComparisonReport>;

/** A finished benchmark that can be added to a comparison. */
export const CompareCandidate = z.strictObject({
  runId: RunId,
  pipelineId: PipelineId,
  pipelineName: z.string(),
  label: z.string(),
  task: z.string(),
  n: z.int(),
  k: z.int(),
  pass1: Estimate,
  endedAtMs: z.number().nullable(),
});
export type CompareCandidate = z.infer<typeof CompareCandidate>;

/** Which problems: by which of two benchmarks solves them. */
export const ProblemFilter = z.enum([
  "all",
  "differ",
  "only-left",
  "only-right",
  "both",
  "neither",
]);
export type ProblemFilter = z.infer<typeof ProblemFilter>;

export const ProblemRow = z.strictObject({
  problemId: z.string(),
  prompt: z.string(),
  gold: z.string(),
  difficulty: z.int().nullable(),
  /** Right samples and all samples of each benchmark, in the order asked; null where it did not ask the problem. */
  right: z.array(z.int().nullable()),
  of: z.array(z.int().nullable()),
});
export type ProblemRow = z.infer<typeof ProblemRow>;

/** Two benchmarks problem by problem. A problem is solved where at least half of its samples are right. */
export const ProblemComparison = z.strictObject({
  both: z.int(),
  onlyLeft: z.int(),
  onlyRight: z.int(),
  neither: z.int(),
  /** McNemar's exact test on the problems that only one of them solves. */
  mcnemarP: z.number(),
  /** Left minus right; null where it is refused. */
  versus: PairedVerdict.nullable(),
  refusal: z.string().nullable(),
  /** Of the problems that the filter leaves. */
  total: z.int(),
  rows: z.array(ProblemRow),
});
export type ProblemComparison = z.infer<typeof ProblemComparison>;

export const ProblemAnswers = z.strictObject({
  runId: RunId,
  label: z.string(),
  samples: z.array(EvaluationSample),
});
export type ProblemAnswers = z.infer<typeof ProblemAnswers>;
