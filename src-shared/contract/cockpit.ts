/** What the run screen and the overlay of runs ask for beyond a run's records: ranges, searches, tokens, annotations. */
import { z } from "zod";
import { MetricSeries, RolloutHit, RolloutTokens } from "../schema/metrics.ts";
import { RunId, RunNote, Tag } from "../schema/run.ts";
import { procedure } from "./procedure.ts";

const one = z.strictObject({ runId: RunId });

export const RolloutFilter = z.strictObject({
  /** In the completion or its prompt, capitals of a–z ignored. */
  text: z.string().max(10_000).optional(),
  minReward: z.number().optional(),
  maxReward: z.number().optional(),
  correct: z.boolean().optional(),
  /** "length": cut at the limit. */
  finishReason: z.enum(["stop", "length"]).optional(),
  fromStep: z.int().optional(),
  toStep: z.int().optional(),
});
export type RolloutFilter = z.infer<typeof RolloutFilter>;

/** Along what runs are laid over each other; "time": since the run's start, without the time between its attempts. */
export const OverlayAxis = z.enum(["step", "time", "tokens"]);
export type OverlayAxis = z.infer<typeof OverlayAxis>;

export const cockpit = {
  /** One metric of several runs, each in at most `buckets` buckets, and which metrics any of them has. */
  overlay: procedure
    .input(
      z.strictObject({
        runIds: z.array(RunId).min(1).max(50),
        name: z.string(),
        axis: OverlayAxis.default("step"),
        fromStep: z.int().optional(),
        toStep: z.int().optional(),
        buckets: z.int().min(1).max(5000).default(300),
      }),
    )
    .output(
      z.strictObject({
        names: z.array(z.strictObject({ name: z.string(), runs: z.int() })),
        series: z.array(
          z.strictObject({
            runId: RunId,
            /** null where the run has no such metric. */
            series: MetricSeries.nullable(),
            /** Where each entry's first step stands on the axis: steps, seconds or tokens, never falling; null where the run does not count them. */
            at: z.array(z.number()).nullable(),
          }),
        ),
      }),
    ),
  /** Every point of one metric, exactly as it came, a page at a time. */
  points: procedure
    .input(
      z.strictObject({
        ...one.shape,
        name: z.string(),
        afterStep: z.int().default(-1),
        toStep: z.int().optional(),
        limit: z.int().min(1).max(50_000).default(50_000),
      }),
    )
    .output(
      z.array(z.strictObject({ step: z.int(), value: z.number().nullable(), timeMs: z.number() })),
    ),
  /** Completions of the whole run that match, in order of step, group and index. */
  search: procedure
    .input(
      z.strictObject({
        ...one.shape,
        filter: RolloutFilter,
        offset: z.int().min(0).default(0),
        limit: z.int().min(1).max(500).default(100),
      }),
    )
    .output(z.strictObject({ total: z.int(), hits: z.array(RolloutHit) })),
  /** One completion token by token; texts are null where the model's tokenizer is not to be had any more. */
  tokens: procedure
    .input(z.strictObject({ ...one.shape, step: z.int(), group: z.int(), index: z.int() }))
    .output(RolloutTokens),
  note: procedure.input(one).output(RunNote),
  /** CONFLICT where the note was changed since `changedAtMs`. */
  setNote: procedure
    .input(
      z.strictObject({
        ...one.shape,
        text: z.string().max(100_000),
        changedAtMs: z.number().nullable(),
      }),
    )
    .output(RunNote),
  /** Adds and takes away tags of all the named runs, or of none. */
  tag: procedure
    .input(
      z.strictObject({
        runIds: z.array(RunId).min(1).max(20_000),
        add: z.array(Tag).max(50),
        remove: z.array(Tag).max(50),
      }),
    )
    .output(z.void()),
  /** Every tag in the workspace with the number of its runs, the most used first. */
  tags: procedure.output(z.array(z.strictObject({ tag: Tag, runs: z.int() }))),
};
