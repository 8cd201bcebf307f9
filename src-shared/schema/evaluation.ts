/** What benchmarks found, and the result table of a pipeline. */
import { z } from "zod";
import { PairedVerdict, UsdPerPoint } from "./compare.ts";
import { CostTotal, Unpriced } from "./cost.ts";
import { EvaluationSample, EvaluationSummary } from "./engine-protocol.ts";
import { PipelineId, RunId } from "./run.ts";
import { TwinComparison } from "./twin-comparison.ts";

export const EvaluationRecord = z.strictObject({
  runId: RunId,
  pipelineId: PipelineId,
  /** The model that was measured: a key of the recipe's models, or the stage that made it. */
  label: z.string(),
  summary: EvaluationSummary,
});
export type EvaluationRecord = z.infer<typeof EvaluationRecord>;

/** To the nearest benchmark before it in its pipeline that it may be compared with. */
export const ComparisonToBefore = z.strictObject({
  withRunId: RunId,
  withLabel: z.string(),
  /** Corrected for all comparisons of the pipeline; null where `refusal` says why there is none. */
  versus: PairedVerdict.nullable(),
  refusal: z.string().nullable(),
  cautions: z.array(z.string()),
});
export type ComparisonToBefore = z.infer<typeof ComparisonToBefore>;

/** null for the first benchmark on its problems in a pipeline. */
export const ComparedEvaluation = z.strictObject({
  ...EvaluationRecord.shape,
  comparison: ComparisonToBefore.nullable(),
});
export type ComparedEvaluation = z.infer<typeof ComparedEvaluation>;

/** One row of a pipeline's results: a benchmark, and what it took to get from the row before to here. */
export const ResultRow = z.strictObject({
  ...ComparedEvaluation.shape,
  /** Stages between the row before and this one, benchmarks left out. */
  stages: z.array(z.string()),
  /** Cost of those stages. */
  cost: CostTotal,
});
export type ResultRow = z.infer<typeof ResultRow>;

export const PipelineResults = z.strictObject({
  pipelineId: PipelineId,
  rows: z.array(ResultRow),
  stages: z.array(
    z.strictObject({ runId: RunId, stageName: z.string(), kind: z.string(), cost: CostTotal }),
  ),
  total: CostTotal,
  /** Bought for the pipeline and corrections, beside its stages. */
  boughtUsd: z.number(),
  ...Unpriced.shape,
  /** Of the stages behind the model that gained most over its baseline, for each point of pass@1; null where nothing was gained. */
  usdPerPoint: UsdPerPoint.nullable(),
  /** Stages that ran with a critic beside them. */
  twins: z.array(TwinComparison),
});
export type PipelineResults = z.infer<typeof PipelineResults>;

/** A benchmark's problem as a list of many shows it. */
export const ListedProblem = z.strictObject({
  problemIndex: z.int(),
  problemId: z.string(),
  difficulty: z.int().nullable(),
  /** Its beginning. */
  prompt: z.string(),
  correct: z.int(),
  samples: z.int(),
});
export type ListedProblem = z.infer<typeof ListedProblem>;

/** A benchmark's problem with its completions. */
export const ProblemSamples = z.strictObject({
  problemIndex: z.int(),
  problemId: z.string(),
  difficulty: z.int().nullable(),
  prompt: z.string(),
  gold: z.string(),
  correct: z.int(),
  samples: z.array(EvaluationSample),
});
export type ProblemSamples = z.infer<typeof ProblemSamples>;
