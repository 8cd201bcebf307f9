/** Which live events a stream tells: those of the workspace, of one pipeline, or of one run. */
import type {
  LiveEvent,
  PipelineLiveEvent,
  RunLiveEvent,
  SystemLiveEvent,
} from "#shared/schema/live.ts";
import type { PipelineId, RunId } from "#shared/schema/run.ts";

/** Events that are about no pipeline. */
type WorkspaceEvent = Extract<
  LiveEvent,
  {
    type:
      | "settings"
      | "models"
      | "model-job"
      | "attention"
      | "dataset"
      | "dataset-job"
      | "edits"
      | "annotations"
      | "ledger"
      | "benchmarks"
      | "recipes"
      | "queue";
  }
>;

function isOfWorkspace(event: LiveEvent): event is WorkspaceEvent {
  const { pipelineId, runId } = subjectOf(event);
  return pipelineId === undefined && runId === undefined;
}

/** Whom an event is about. */
function subjectOf(event: LiveEvent): { pipelineId?: PipelineId; runId?: RunId } {
  switch (event.type) {
    case "pipeline":
      return { pipelineId: event.pipeline.id };
    case "pipeline-deleted":
      return { pipelineId: event.pipelineId };
    case "run":
      return { runId: event.run.id, pipelineId: event.run.pipelineId };
    case "alarm":
      return { runId: event.alarm.runId };
    case "checkpoint":
      return { runId: event.checkpoint.runId };
    case "event":
      return { runId: event.event.runId };
    case "metrics":
    case "rewound":
    case "rollouts":
    case "samples":
    case "evaluation":
      return { runId: event.runId };
    case "settings":
    case "models":
    case "model-job":
    case "attention":
    case "dataset":
    case "dataset-job":
    case "edits":
    case "annotations":
    case "ledger":
    case "benchmarks":
    case "recipes":
    case "queue":
      return {};
    default:
      return event satisfies never;
  }
}

/** What concerns the workspace as a whole. */
export function ofSystem(event: LiveEvent): SystemLiveEvent | undefined {
  switch (event.type) {
    case "metrics":
    case "rewound":
    case "rollouts":
    case "samples":
    case "event":
      return undefined;
    default:
      return event;
  }
}

/** @param runIds of the pipeline */
export function ofPipeline(
  event: LiveEvent,
  pipelineId: PipelineId,
  runIds: ReadonlySet<RunId>,
): PipelineLiveEvent | undefined {
  if (isOfWorkspace(event)) return undefined;
  const of = subjectOf(event);
  return of.pipelineId === pipelineId || (of.runId !== undefined && runIds.has(of.runId))
    ? event
    : undefined;
}

export function ofRun(
  event: LiveEvent,
  runId: string,
  pipelineId: string,
): RunLiveEvent | undefined {
  if (isOfWorkspace(event)) return undefined;
  switch (event.type) {
    case "pipeline":
      return undefined;
    case "pipeline-deleted":
      return event.pipelineId === pipelineId ? event : undefined;
    default:
      return subjectOf(event).runId === runId ? event : undefined;
  }
}
