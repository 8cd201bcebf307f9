/** What the picked rows stand for: a pipeline stands for the stages that an action is about. Pure. */
import type { PipelineSummary, RunId, RunSummary } from "#shared/schema/run.ts";
import { lastScored } from "#renderer/ui/pipelines/pipeline-facts.ts";

export interface Picked {
  readonly pipelines: readonly PipelineSummary[];
  /** Stages picked by themselves. */
  readonly runs: readonly RunSummary[];
}

export function pickedRows(
  pipelines: readonly PipelineSummary[],
  keys: ReadonlySet<string>,
): Picked {
  return {
    pipelines: pipelines.filter((pipeline) => keys.has(pipeline.id)),
    runs: pipelines.flatMap((pipeline) => pipeline.runs.filter((run) => keys.has(run.id))),
  };
}

/** Runs to lay over each other: those picked, and of each picked pipeline its reinforcement learning, or else its training. */
export function runsToOverlay(picked: Picked): readonly RunId[] {
  const of = picked.pipelines.flatMap((pipeline) => {
    const learning = pipeline.runs.filter((run) => run.kind === "grpo");
    const started = (learning.length > 0 ? learning : pipeline.runs).filter(
      (run) => run.startedAtMs !== null && run.kind !== "benchmark",
    );
    return started.map((run) => run.id);
  });
  const alone = picked.runs.filter((run) => run.kind !== "benchmark").map((run) => run.id);
  return [...new Set([...of, ...alone])];
}

/** Benchmarks to compare: those picked, and of each picked pipeline the last. */
export function runsToCompare(picked: Picked): readonly RunId[] {
  const of = picked.pipelines.flatMap((pipeline) => lastScored(pipeline)?.id ?? []);
  const alone = picked.runs.filter((run) => run.score !== null).map((run) => run.id);
  return [...new Set([...of, ...alone])];
}

/** Runs that a tag goes on. */
export function runsToTag(picked: Picked): readonly RunSummary[] {
  return [...new Set([...picked.pipelines.flatMap((pipeline) => pipeline.runs), ...picked.runs])];
}

/** Pipelines that would be deleted: a stage alone cannot be, its pipeline can. */
export function launchesOf(
  pipelines: readonly PipelineSummary[],
  picked: Picked,
): readonly PipelineSummary[] {
  const ids = new Set([
    ...picked.pipelines.map((pipeline) => pipeline.id),
    ...picked.runs.map((run) => run.pipelineId),
  ]);
  return pipelines.filter((pipeline) => ids.has(pipeline.id));
}
