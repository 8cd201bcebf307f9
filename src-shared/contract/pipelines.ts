/** Pipelines, the queue they wait in, and sweeps. */
import { eventIterator } from "@orpc/contract";
import { z } from "zod";
import { RuntimeChoice } from "../schema/engine-protocol.ts";
import { PipelineResults } from "../schema/evaluation.ts";
import { PipelineLiveEvent } from "../schema/live.ts";
import {
  QueuedPipeline,
  RecipeId,
  Sweep,
  SweepAxis,
  SweepId,
  SweepMode,
} from "../schema/recipe-draft.ts";
import { Pipeline, PipelineId, PipelineSummary, RunStatus } from "../schema/run.ts";
import { procedure } from "./procedure.ts";

export const demo = {
  /** The built-in recipe, on the built-in base or on a model of one's own. `smoke` proves the wiring in minutes. */
  start: procedure
    .input(
      z.strictObject({
        model: z.string().optional(),
        seed: z.int().min(0).optional(),
        smoke: z.boolean().optional(),
        /** Made for the tour to show: it is no part of what was spent. */
        forTour: z.boolean().optional(),
        /** By default the one of the settings. */
        runtime: RuntimeChoice.optional(),
      }),
    )
    .output(z.strictObject({ pipelineId: PipelineId })),
};

const one = z.strictObject({ pipelineId: PipelineId });

/** keep: write a checkpoint at the next step, resume goes on there. discard: end now, as cancelled. */
export const StopMode = z.enum(["keep", "discard"]);
export type StopMode = z.infer<typeof StopMode>;

export const pipelines = {
  /** Newest first. */
  list: procedure
    .input(
      z.strictObject({
        status: z.array(RunStatus).optional(),
        text: z.string().optional(),
        offset: z.int().min(0).default(0),
        limit: z.int().min(1).max(1000).default(200),
      }),
    )
    .output(z.strictObject({ total: z.int(), pipelines: z.array(PipelineSummary) })),
  get: procedure.input(one).output(Pipeline),
  /** Checks the recipe (BAD_RECIPE names the first problem), writes its runs and queues it. */
  start: procedure
    .input(
      z.strictObject({
        yaml: z.string().max(1_000_000),
        seed: z.int().min(0).optional(),
        /** `key=value` pairs, the key a path such as `stages.grpo.max_steps`. */
        overrides: z.array(z.string().max(10_000)).max(1000).optional(),
        runtime: RuntimeChoice.optional(),
        /** Folder that relative paths in the recipe start from. */
        relativeTo: z.string().optional(),
        /** The kept recipe that the text is of. */
        recipeId: RecipeId.optional(),
      }),
    )
    .output(z.strictObject({ pipelineId: PipelineId })),
  /** One pipeline for each combination of the axes. Every one is checked before any is written. */
  startSweep: procedure
    .input(
      z.strictObject({
        yaml: z.string().max(1_000_000),
        axes: z.array(SweepAxis).min(1).max(20),
        mode: SweepMode,
        overrides: z.array(z.string().max(10_000)).max(1000).optional(),
        runtime: RuntimeChoice.optional(),
        relativeTo: z.string().optional(),
        recipeId: RecipeId.optional(),
      }),
    )
    .output(z.strictObject({ sweepId: SweepId, pipelineIds: z.array(PipelineId) })),
  /** Newest first. */
  sweeps: procedure.output(z.array(Sweep)),
  /** What waits, in the order of its turn. */
  queue: procedure.output(z.array(QueuedPipeline)),
  /** CONFLICT where it does not wait any more. */
  move: procedure
    .input(z.strictObject({ ...one.shape, to: z.enum(["up", "down", "first", "last"]) }))
    .output(z.array(QueuedPipeline)),
  hold: procedure
    .input(z.strictObject({ ...one.shape, held: z.boolean() }))
    .output(z.array(QueuedPipeline)),
  stop: procedure.input(z.strictObject({ ...one.shape, mode: StopMode })).output(z.void()),
  /** The stage at work waits at its next step, in memory, until it is continued or stopped. CONFLICT where none is at work. */
  pause: procedure.input(one).output(z.void()),
  continue: procedure.input(one).output(z.void()),
  /**
   * Goes on at the stage and step where it stopped or failed. `capUsd`: what each judge or teacher of the stages that are
   * left may spend in all, instead of the recipe's caps.
   */
  resume: procedure
    .input(z.strictObject({ ...one.shape, capUsd: z.number().positive().optional() }))
    .output(z.void()),
  /** Removes the records and files of a pipeline that is not at work. */
  delete: procedure.input(one).output(z.void()),
  results: procedure.input(one).output(PipelineResults),
  watch: procedure.input(one).output(eventIterator(PipelineLiveEvent)),
};
