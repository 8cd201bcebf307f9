/** Finished benchmarks side by side. */
import { z } from "zod";
import {
  CompareCandidate,
  ComparisonReport,
  ProblemAnswers,
  ProblemComparison,
  ProblemFilter,
  PublishedScore,
} from "../schema/compare.ts";
import { PipelineId, RunId } from "../schema/run.ts";
import { TwinComparison } from "../schema/twin-comparison.ts";
import { procedure } from "./procedure.ts";

/** Benchmarks, stages or pipelines: a stage means the benchmarks of its model, a pipeline all of its benchmarks. */
const asked = {
  ids: z.array(z.string().max(200)).min(1).max(60),
  /** A benchmark's id; by default each task's first. */
  baseline: z.string().max(200).optional(),
  /** A pipeline or a benchmark: instead of with one baseline, each benchmark is paired with the one of its name there. */
  against: z.string().max(200).optional(),
  /** Ids of published scores to stand beside. */
  published: z.array(z.string().max(200)).max(60).default([]),
};

export const ReportFormat = z.enum(["html", "markdown", "csv", "json"]);
export type ReportFormat = z.infer<typeof ReportFormat>;

export const compare = {
  /** Finished benchmarks, newest first. */
  candidates: procedure.output(z.array(CompareCandidate)),
  report: procedure.input(z.strictObject(asked)).output(ComparisonReport),
  /** GRPO and PPO side by side, of those pipelines that ran both. */
  twins: procedure
    .input(z.strictObject({ pipelineIds: z.array(PipelineId).max(60) }))
    .output(z.array(TwinComparison)),
  problems: procedure
    .input(
      z.strictObject({
        runIds: z.array(RunId).min(1).max(60),
        left: RunId,
        right: RunId,
        show: ProblemFilter.default("all"),
        text: z.string().max(1000).optional(),
        offset: z.int().min(0).default(0),
        limit: z.int().min(1).max(2000).default(500),
      }),
    )
    .output(ProblemComparison),
  /** Every completion that some benchmarks have of one problem. */
  answers: procedure
    .input(z.strictObject({ problemId: z.string(), runIds: z.array(RunId).min(1).max(8) }))
    .output(z.array(ProblemAnswers)),
  /** The comparison as one file that needs nothing else. */
  export: procedure
    .input(z.strictObject({ ...asked, format: ReportFormat }))
    .output(z.strictObject({ name: z.string(), mediaType: z.string(), text: z.string() })),
  /** Scores that were published elsewhere, with their sources. */
  published: procedure.output(z.array(PublishedScore)),
};
