/** What lists say about a pipeline, worked out from its runs. Pure. */
import { PAUSED_PHASE } from "#shared/schema/engine-protocol.ts";
import type { PipelineSummary, RunStatus, RunSummary } from "#shared/schema/run.ts";

/** Ended early, can go on. */
export function canResume(status: RunStatus): boolean {
  return status === "stopped" || status === "failed";
}

export function isActive(status: RunStatus): boolean {
  return status === "queued" || status === "running" || status === "stopping";
}

/** Whether a stage at work waits at a step until it is told to go on. */
export function isPaused(run: RunSummary | undefined): boolean {
  return run?.status === "running" && run.progress?.phase === PAUSED_PHASE;
}

/** Time at work up to `now`: while it works, longer than when the summary was read. */
export function activeMsAt({ activeMs, readAtMs, status }: PipelineSummary, now: number): number {
  return status === "running" ? activeMs + Math.max(0, now - readAtMs) : activeMs;
}

/** The same of one stage; what its attempts took, with the one at work so far. */
export function stageActiveMsAt(
  { activeMs, workingSinceMs }: Pick<RunSummary, "activeMs" | "workingSinceMs">,
  now: number,
): number {
  return workingSinceMs === null ? activeMs : activeMs + Math.max(0, now - workingSinceMs);
}

/** The stage at work; else the first that is not finished; else the last. */
export function currentRun(pipeline: PipelineSummary): RunSummary | undefined {
  return (
    pipeline.runs.find((run) => run.status === "running" || run.status === "stopping") ??
    pipeline.runs.find((run) => run.status !== "finished") ??
    pipeline.runs.at(-1)
  );
}

/** The last benchmark that has a score. */
export function lastScored(
  pipeline: PipelineSummary,
): (RunSummary & { readonly score: NonNullable<RunSummary["score"]> }) | undefined {
  const run = pipeline.runs.findLast((one) => one.score !== null);
  return run === undefined || run.score === null ? undefined : { ...run, score: run.score };
}

export function originWord(origin: PipelineSummary["origin"]): string {
  if (origin === "demo") return "demo";
  if (origin === "measure") return "measurement of a problem set";
  if (origin === "tour") return "tour’s sample";
  return origin === "demo-smoke" ? "short check" : "recipe";
}

/** A stage where there is little room: a benchmark by what it measured. */
export function stageText(run: Pick<RunSummary, "kind" | "stageName">): string {
  return run.kind === "benchmark" ? `score of ${shortName(run)}` : run.stageName;
}

/** A benchmark's name without the word that its score says already. */
export function shortName({ kind, stageName }: Pick<RunSummary, "kind" | "stageName">): string {
  const rest = stageName.replace(/^benchmark-/u, "");
  return kind === "benchmark" && rest !== "" ? rest : stageName;
}
