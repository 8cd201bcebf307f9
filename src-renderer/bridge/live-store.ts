/**
 * What runs now. The host's workspace-wide stream keeps the newest summary of every run and pipeline that changed since
 * the window opened; lists lay it over what they fetched, so progress moves without fetching. Changes that lists cannot
 * see this way invalidate their topics.
 */
import { useMemo } from "react";
import { create } from "zustand";
import { assertNever } from "#shared/errors.ts";
import type { SystemLiveEvent } from "#shared/schema/live.ts";
import type { PipelineId, PipelineSummary, RunId, RunSummary } from "#shared/schema/run.ts";
import { connection } from "./connection.ts";
import { host } from "./host.ts";
import { invalidate, invalidateAll } from "./query-client.ts";

interface LiveState {
  readonly runs: ReadonlyMap<RunId, RunSummary>;
  readonly pipelines: ReadonlyMap<PipelineId, PipelineSummary>;
}

const useLive = create<LiveState>(() => ({ runs: new Map(), pipelines: new Map() }));

function takePipelines(pipelines: readonly PipelineSummary[]): void {
  const { runs, pipelines: known } = useLive.getState();
  const byPipeline = new Map(known);
  const byRun = new Map(runs);
  for (const pipeline of pipelines) {
    byPipeline.set(pipeline.id, pipeline);
    for (const run of pipeline.runs) byRun.set(run.id, run);
  }
  useLive.setState({ runs: byRun, pipelines: byPipeline });
}

type HostEventListener = (event: SystemLiveEvent, before: PipelineSummary | undefined) => void;
const eventListeners = new Set<HostEventListener>();

/** Hears every event of the workspace, with what was known before of the pipeline that it is about. */
export function onHostEvent(listener: HostEventListener): () => void {
  eventListeners.add(listener);
  return () => eventListeners.delete(listener);
}

function hear(event: SystemLiveEvent): readonly string[] {
  const { pipelines } = useLive.getState();
  const before = event.type === "pipeline" ? pipelines.get(event.pipeline.id) : undefined;
  const topics = topicsOf(event);
  for (const listener of eventListeners) listener(event, before);
  return topics;
}

/** Applies one event and names the topics whose answers are out of date. */
function topicsOf(event: SystemLiveEvent): readonly string[] {
  switch (event.type) {
    case "snapshot":
      // What was at work before may have ended while nobody listened, with its host even.
      useLive.setState(useLive.getInitialState());
      takePipelines(event.active);
      return [];
    case "pipeline": {
      const before = useLive.getState().pipelines.get(event.pipeline.id);
      takePipelines([event.pipeline]);
      const same = before !== undefined && before.status === event.pipeline.status;
      return same
        ? []
        : ["pipelines", "attention", "demo", "cost", `pipeline:${event.pipeline.id}`];
    }
    case "pipeline-deleted": {
      const pipelines = new Map(useLive.getState().pipelines);
      pipelines.delete(event.pipelineId);
      useLive.setState({ pipelines });
      return ["pipelines", "attention", "cost", "models", `pipeline:${event.pipelineId}`];
    }
    case "run": {
      const { runs } = useLive.getState();
      const before = runs.get(event.run.id);
      useLive.setState({ runs: new Map(runs).set(event.run.id, event.run) });
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

/** Follows the host's stream for as long as the window lives, through lost lines and restarted hosts. */
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

/** Half a second, so that a stream that breaks at once is not opened in a tight loop. */
export function pauseBeforeRetry(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = window.setTimeout(resolve, 500);
    signal.addEventListener("abort", () => {
      window.clearTimeout(timer);
      resolve();
    });
  });
}

/** A run, with the newest that is known of it. */
export function useLiveRun(run: RunSummary): RunSummary {
  return useLive(({ runs }) => runs.get(run.id)) ?? run;
}

function newest(fetched: PipelineSummary, live: LiveState): PipelineSummary {
  // Most of a long list never changes: it stays the same objects.
  if (!live.pipelines.has(fetched.id) && !fetched.runs.some((run) => live.runs.has(run.id)))
    return fetched;
  const pipeline = live.pipelines.get(fetched.id) ?? fetched;
  return { ...pipeline, runs: pipeline.runs.map((run) => live.runs.get(run.id) ?? run) };
}

/** A pipeline and its runs, with the newest that is known of each. */
export function useLivePipeline(
  pipeline: PipelineSummary | undefined,
): PipelineSummary | undefined {
  const live = useLive();
  return useMemo(
    () => (pipeline === undefined ? undefined : newest(pipeline, live)),
    [pipeline, live],
  );
}

/** Pipelines and their runs, with the newest that is known of each. */
export function useLivePipelines(
  pipelines: readonly PipelineSummary[],
): readonly PipelineSummary[] {
  const live = useLive();
  return useMemo(() => pipelines.map((pipeline) => newest(pipeline, live)), [pipelines, live]);
}

/** The run that is computed now, if any. */
export function useActiveRun(): RunSummary | undefined {
  const runs = useLive(({ runs: now }) => now);
  return useMemo(
    () => [...runs.values()].find((run) => run.status === "running" || run.status === "stopping"),
    [runs],
  );
}

/** The newest that is known of a run. */
export function runNow(id: RunId): RunSummary | undefined {
  return useLive.getState().runs.get(id);
}

/** Pipelines at work or waiting, as they were launched. */
export function useActivePipelines(): readonly PipelineSummary[] {
  const live = useLive();
  return useMemo(
    () =>
      [...live.pipelines.values()]
        .filter(({ status }) => ["queued", "running", "stopping"].includes(status))
        .map((pipeline) => newest(pipeline, live))
        .sort((a, b) => a.createdAtMs - b.createdAtMs),
    [live],
  );
}
