/** What benchmarks found, and the result table of a pipeline. */
import { z } from "zod";
import { CostTotal } from "./cost.ts";
import { Estimate, EvaluationSample, EvaluationSummary } from "./engine-protocol.ts";
import { PipelineId, RunId } from "./run.ts";

/** Two benchmarks on the same problems, paired problem by problem. The difference is in pass@1, 0–1. */
export const Comparison = z.strictObject({
  /** The benchmark that this one is compared to. */
  withRunId: RunId,
  withLabel: z.string(),
  problems: z.int(),
  difference: Estimate,
  /** Two-sided, of the paired permutation test. */
  p: z.number(),
  verdict: z.enum(["better", "worse", "cannot tell"]),
});
export type Comparison = z.infer<typeof Comparison>;

export const EvaluationRecord = z.strictObject({
  runId: RunId,
  pipelineId: PipelineId,
  /** The model that was measured: a key of the recipe's models, or the stage that made it. */
  label: z.string(),
  summary: EvaluationSummary,
  /** To the benchmark before it in the recipe, where both drew the same problems. */
  comparison: Comparison.nullable(),
});
export type EvaluationRecord = z.infer<typeof EvaluationRecord>;

/** One row of a pipeline's results: a benchmark, and what it took to get from the row before to here. */
export const ResultRow = z.strictObject({
  ...EvaluationRecord.shape,
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
  /** Dollars of all training stages for each point of pass@1 between the first row and the best; null where nothing was gained. */
  usdPerPoint: z.number().nullable(),
});
export type PipelineResults = z.infer<typeof PipelineResults>;

/** A benchmark's problem as a list of many shows it. */
export const ListedProblem = z.strictObject({
  problemIndex: z.int(),
  problemId: z.string(),
  difficulty: z.int(),
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
  difficulty: z.int(),
  prompt: z.string(),
  gold: z.string(),
  correct: z.int(),
  samples: z.array(EvaluationSample),
});
export type ProblemSamples = z.infer<typeof ProblemSamples>;
