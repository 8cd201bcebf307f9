/**
 * The host's workspace-wide stream, followed for as long as the window lives. What it says of runs goes into the live
 * store; every other change names the topics whose answers are out of date.
 */
import { assertNever } from "#shared/errors.ts";
import type { SystemLiveEvent } from "#shared/schema/live.ts";
import type { PipelineSummary } from "#shared/schema/run.ts";
import { connection, pauseBeforeRetry } from "./connection.ts";
import { host } from "./host.ts";
import {
  dropPipeline,
  pipelineNow,
  runNow,
  startAnew,
  takePipelines,
  takeRun,
} from "./live-store.ts";
import { invalidate, invalidateAll } from "./query-client.ts";

type HostEventListener = (event: SystemLiveEvent, before: PipelineSummary | undefined) => void;
const eventListeners = new Set<HostEventListener>();

/** Hears every event of the workspace, with what was known before of the pipeline that it is about. */
export function onHostEvent(listener: HostEventListener): () => void {
  eventListeners.add(listener);
  return () => eventListeners.delete(listener);
}

function hear(event: SystemLiveEvent): readonly string[] {
  const before = event.type === "pipeline" ? pipelineNow(event.pipeline.id) : undefined;
  const topics = topicsOf(event);
  for (const listener of eventListeners) listener(event, before);
  return topics;
}

/** Applies one event and names the topics whose answers are out of date. */
function topicsOf(event: SystemLiveEvent): readonly string[] {
  switch (event.type) {
    case "snapshot":
      startAnew(event.active);
      return [];
    case "pipeline": {
      const before = pipelineNow(event.pipeline.id);
      takePipelines([event.pipeline]);
      const { id, status, costUsd } = event.pipeline;
      if (before?.status !== status)
        return ["pipelines", "attention", "demo", "cost", `pipeline:${id}`];
      return before.costUsd === costUsd ? [] : ["cost"];
    }
    case "pipeline-deleted":
      dropPipeline(event.pipelineId);
      return ["pipelines", "attention", "cost", "models", `pipeline:${event.pipelineId}`];
    case "run": {
      const before = runNow(event.run.id);
      takeRun(event.run);
      const same = before !== undefined && before.status === event.run.status;
      return same
        ? []
        : [
            "pipelines",
            "attention",
            "cost",
            `run:${event.run.id}`,
            `pipeline:${event.run.pipelineId}`,
          ];
    }
    case "evaluation":
      return [`run:${event.runId}`, "results"];
    case "alarm":
      return ["attention", `run:${event.alarm.runId}`];
    case "checkpoint":
      return ["cost", `run:${event.checkpoint.runId}`];
    case "settings":
      return ["settings", "cost"];
    case "models":
      return ["models"];
    case "model-job":
      return ["model-jobs"];
    case "attention":
      return ["attention"];
    case "recipes":
      return ["recipes"];
    case "queue":
      return ["queue", "pipelines"];
    case "dataset":
      return [
        "datasets",
        `dataset:${event.datasetId}`,
        // Too many changed to name them: lists of records are out of date.
        ...(event.recordIds === null ? ["dataset-names", `records:${event.datasetId}`] : []),
      ];
    case "dataset-job":
      return ["dataset-jobs"];
    case "edits":
      return ["edits"];
    case "annotations":
      return ["tags", ...event.runIds.map((id) => `note:${id}`)];
    case "ledger":
      return ["cost"];
    case "benchmarks":
      return ["benchmarks"];
    default:
      return assertNever(event);
  }
}

/** Follows the host's stream for as long as the window lives, through lost connections and restarted hosts. */
export async function followHost(signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      await connection.whenOpen(signal);
      const events = await host.system.watch(undefined, { signal });
      // Whatever happened while nobody listened is in the answers, not in the stream.
      invalidateAll();
      for await (const event of events) invalidate(hear(event));
    } catch {
      if (signal.aborted) return;
    }
    await pauseBeforeRetry(signal);
  }
}
