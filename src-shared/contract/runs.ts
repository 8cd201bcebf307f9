/** Stage runs: what they are, what they measured and what they sampled. */
import { eventIterator } from "@orpc/contract";
import { z } from "zod";
import { Acceptance } from "../schema/acceptance.ts";
import { CostEntry, Unpriced } from "../schema/cost.ts";
import { ComparedEvaluation, ListedProblem } from "../schema/evaluation.ts";
import { RunLiveEvent } from "../schema/live.ts";
import { MetricName, MetricSeries, RolloutGroup, RolloutStep } from "../schema/metrics.ts";
import {
  Alarm,
  Checkpoint,
  Level,
  PipelineId,
  Run,
  RunEvent,
  RunId,
  RunStatus,
  RunSummary,
} from "../schema/run.ts";
import { StopMode } from "./pipelines.ts";
import { procedure } from "./procedure.ts";

const one = z.strictObject({ runId: RunId });

export const runs = {
  /** Newest pipeline first, stages in the recipe's order. */
  list: procedure
    .input(
      z.strictObject({
        pipelineId: PipelineId.optional(),
        status: z.array(RunStatus).optional(),
        kind: z.array(z.string()).optional(),
        text: z.string().optional(),
        offset: z.int().min(0).default(0),
        limit: z.int().min(1).max(5000).default(1000),
      }),
    )
    .output(z.strictObject({ total: z.int(), runs: z.array(RunSummary) })),
  get: procedure.input(one).output(
    z.strictObject({
      run: Run,
      checkpoints: z.array(Checkpoint),
      alarms: z.array(Alarm),
      cost: CostEntry.nullable(),
      /** What it asked of endpoints without prices. */
      ...Unpriced.shape,
      evaluation: ComparedEvaluation.nullable(),
      /** Of a stage that sampled solutions to learn from; null of others, and where none were sampled yet. */
      acceptance: Acceptance.nullable(),
    }),
  ),
  stop: procedure.input(z.strictObject({ ...one.shape, mode: StopMode })).output(z.void()),
  resume: procedure.input(one).output(z.void()),
  /** Every metric's name, and the named series (all, where none is named) in at most `buckets` buckets each. */
  metrics: procedure
    .input(
      z.strictObject({
        ...one.shape,
        names: z.array(z.string()).max(200).optional(),
        fromStep: z.int().optional(),
        toStep: z.int().optional(),
        buckets: z.int().min(1).max(20_000).default(300),
      }),
    )
    .output(z.strictObject({ names: z.array(MetricName), series: z.array(MetricSeries) })),
  rolloutSteps: procedure.input(one).output(z.array(RolloutStep)),
  rollouts: procedure
    .input(z.strictObject({ ...one.shape, step: z.int() }))
    .output(z.array(RolloutGroup)),
  /** A completion's whole text. */
  completion: procedure
    .input(z.strictObject({ ...one.shape, step: z.int(), group: z.int(), index: z.int() }))
    .output(z.strictObject({ text: z.string() })),
  /** A benchmark's problems, filtered by how many of a problem's completions are right; a problem's completions are `compare.answers`. */
  problems: procedure
    .input(
      z.strictObject({
        ...one.shape,
        correct: z.enum(["any", "all-right", "mixed", "all-wrong"]).default("any"),
        difficulty: z.int().optional(),
        text: z.string().optional(),
        offset: z.int().min(0).default(0),
        limit: z.int().min(1).max(500).default(50),
      }),
    )
    .output(z.strictObject({ total: z.int(), problems: z.array(ListedProblem) })),
  /** History, oldest first; the last `limit` of it, or what came after `afterId`. */
  events: procedure
    .input(
      z.strictObject({
        ...one.shape,
        afterId: z.int().optional(),
        levels: z.array(Level).optional(),
        limit: z.int().min(1).max(5000).default(500),
      }),
    )
    .output(z.array(RunEvent)),
  /** The end of what the engine process printed. */
  log: procedure
    .input(
      z.strictObject({ ...one.shape, maxBytes: z.int().min(1).max(1_000_000).default(65_536) }),
    )
    .output(z.strictObject({ text: z.string(), truncated: z.boolean() })),
  watch: procedure.input(one).output(eventIterator(RunLiveEvent)),
};
