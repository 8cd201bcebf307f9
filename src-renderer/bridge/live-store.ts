/**
 * What runs now. The host's workspace-wide stream keeps the newest summary of every run and pipeline that changed since
 * the window opened; lists lay it over what they fetched, so progress moves without fetching.
 */
import { useMemo } from "react";
import { create } from "zustand";
import type { PipelineId, PipelineSummary, RunId, RunSummary } from "#shared/schema/run.ts";

interface LiveState {
  readonly runs: ReadonlyMap<RunId, RunSummary>;
  readonly pipelines: ReadonlyMap<PipelineId, PipelineSummary>;
}

const useLive = create<LiveState>(() => ({ runs: new Map(), pipelines: new Map() }));

/** What was at work before may have ended while nobody listened, with its host even. */
export function startAnew(active: readonly PipelineSummary[]): void {
  useLive.setState(useLive.getInitialState());
  takePipelines(active);
}

export function takePipelines(pipelines: readonly PipelineSummary[]): void {
  const { runs, pipelines: known } = useLive.getState();
  const byPipeline = new Map(known);
  const byRun = new Map(runs);
  for (const pipeline of pipelines) {
    byPipeline.set(pipeline.id, pipeline);
    for (const run of pipeline.runs) byRun.set(run.id, run);
  }
  useLive.setState({ runs: byRun, pipelines: byPipeline });
}

export function takeRun(run: RunSummary): void {
  useLive.setState(({ runs }) => ({ runs: new Map(runs).set(run.id, run) }));
}

export function dropPipeline(id: PipelineId): void {
  useLive.setState(({ pipelines }) => {
    const next = new Map(pipelines);
    next.delete(id);
    return { pipelines: next };
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

/** The newest that is known of a pipeline. */
export function pipelineNow(id: PipelineId): PipelineSummary | undefined {
  return useLive.getState().pipelines.get(id);
}

/** Pipelines at work or waiting, as they were started. */
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
