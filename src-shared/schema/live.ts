/**
 * What the host tells its windows while things happen. Every stream begins with a snapshot; each
 * event carries an id (oRPC event meta), and a stream opened again with the last id goes on after it
 * where the host still holds what followed, else begins with a new snapshot.
 */
import { z } from "zod";
import { DatasetId, DatasetJob, RecordId } from "./dataset.ts";
import { EditState, EditScope } from "./edit.ts";
import { ModelJob } from "./model.ts";
import { MetricPoint } from "./engine-protocol.ts";
import {
  Alarm,
  Checkpoint,
  PipelineId,
  PipelineSummary,
  RunEvent,
  RunId,
  RunSummary,
} from "./run.ts";

const pipelineChanged = z.strictObject({
  type: z.literal("pipeline"),
  pipeline: PipelineSummary,
});
const pipelineDeleted = z.strictObject({
  type: z.literal("pipeline-deleted"),
  pipelineId: PipelineId,
});
/** Status, progress, score or cost of a run changed. */
const runChanged = z.strictObject({ type: z.literal("run"), run: RunSummary });
const metrics = z.strictObject({
  type: z.literal("metrics"),
  runId: RunId,
  points: z.array(MetricPoint),
});
/** A run went back to a checkpoint: its points, rollouts and samples of later steps are gone and will come again. */
const rewound = z.strictObject({ type: z.literal("rewound"), runId: RunId, step: z.int() });
/** The rollouts of a step can be asked for. */
const rollouts = z.strictObject({ type: z.literal("rollouts"), runId: RunId, step: z.int() });
const samples = z.strictObject({ type: z.literal("samples"), runId: RunId, count: z.int() });
const evaluation = z.strictObject({ type: z.literal("evaluation"), runId: RunId });
const alarm = z.strictObject({ type: z.literal("alarm"), alarm: Alarm });
const checkpoint = z.strictObject({ type: z.literal("checkpoint"), checkpoint: Checkpoint });
const event = z.strictObject({ type: z.literal("event"), event: RunEvent });

/** Of a pipeline's stream: everything about it and its runs. */
export const PipelineLiveEvent = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("snapshot"), pipeline: PipelineSummary }),
  pipelineChanged,
  pipelineDeleted,
  runChanged,
  metrics,
  rewound,
  rollouts,
  samples,
  evaluation,
  alarm,
  checkpoint,
  event,
]);
export type PipelineLiveEvent = z.infer<typeof PipelineLiveEvent>;

/** Of a run's stream. */
export const RunLiveEvent = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("snapshot"), run: RunSummary }),
  runChanged,
  metrics,
  rewound,
  rollouts,
  samples,
  evaluation,
  alarm,
  checkpoint,
  event,
  pipelineDeleted,
]);
export type RunLiveEvent = z.infer<typeof RunLiveEvent>;

/** Of the whole workspace: what lists, the status bar and the attention list need; no metric points, no log. */
export const SystemLiveEvent = z.discriminatedUnion("type", [
  /** Pipelines that run, wait or stop at the moment. */
  z.strictObject({ type: z.literal("snapshot"), active: z.array(PipelineSummary) }),
  pipelineChanged,
  pipelineDeleted,
  runChanged,
  evaluation,
  alarm,
  checkpoint,
  z.strictObject({ type: z.literal("settings") }),
  z.strictObject({ type: z.literal("models") }),
  /** Getting a model went on. */
  z.strictObject({ type: z.literal("model-job"), job: ModelJob }),
  z.strictObject({ type: z.literal("attention") }),
  /** A kept recipe was changed, or there is one more or less. */
  z.strictObject({ type: z.literal("recipes") }),
  /** The order in which pipelines wait changed. */
  z.strictObject({ type: z.literal("queue") }),
  /** Records, versions or the name of a dataset changed; `recordIds` where they are few, else null. */
  z.strictObject({
    type: z.literal("dataset"),
    datasetId: DatasetId,
    recordIds: z.array(RecordId).nullable(),
  }),
  z.strictObject({ type: z.literal("dataset-job"), job: DatasetJob }),
  /** Something was edited, undone or done again in this scope. */
  z.strictObject({ type: z.literal("edits"), scope: EditScope, state: EditState }),
  /** Notes or tags of these runs changed. */
  z.strictObject({ type: z.literal("annotations"), runIds: z.array(RunId) }),
  /** An entry that no run made was added. */
  z.strictObject({ type: z.literal("ledger") }),
  /** An imported benchmark came or went. */
  z.strictObject({ type: z.literal("benchmarks") }),
]);
export type SystemLiveEvent = z.infer<typeof SystemLiveEvent>;

/** Everything the host announces, before it is divided into streams. */
export type LiveEvent = Exclude<
  PipelineLiveEvent | RunLiveEvent | SystemLiveEvent,
  { type: "snapshot" }
>;
