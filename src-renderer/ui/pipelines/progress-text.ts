/** How far a run is, in words. Pure. */
import type { RunSummary } from "#shared/schema/run.ts";
import { isPaused } from "./pipeline-facts.ts";
import { formatDuration, formatNumber, plural } from "../format.ts";

/** Share done in 0–1, from the engine's progress, else from the steps. */
export function shareDone(run: RunSummary): number | undefined {
  const { progress } = run;
  if (progress !== null && progress.total > 0) return Math.min(1, progress.done / progress.total);
  if (run.totalSteps !== null && run.totalSteps > 0)
    return Math.min(1, run.lastStep / run.totalSteps);
  return undefined;
}

/** What a stage counts before it says so itself. */
function unitOf({ kind }: RunSummary): string {
  return kind === "benchmark" || kind === "rejection-sampling" ? "problems" : "steps";
}

/** "400 steps", "1 step". */
function counted(count: number, units: string): string {
  return plural(count, units.replace(/s$/u, ""), units);
}

/** "212 of 400 steps"; without progress, what is known of the steps. */
export function doneText(run: RunSummary): string {
  const { progress } = run;
  if (progress !== null && run.status === "finished") return counted(progress.total, progress.unit);
  if (progress !== null)
    return `${formatNumber(progress.done)} of ${counted(progress.total, progress.unit)}`;
  // What ended before it counted anything does not start any more.
  if (run.totalSteps === null && run.endedAtMs !== null) return "–";
  return run.totalSteps === null
    ? "starting"
    : `${formatNumber(run.lastStep)} of ${counted(run.totalSteps, unitOf(run))}`;
}

/** Time left by the engine's own estimate, corrected for its age. */
export function timeLeftText(run: RunSummary, now: number): string {
  const { progress } = run;
  if (isPaused(run)) return "paused";
  if (progress === null || progress.etaMs === null) return "time left unknown yet";
  // What an attempt before this one thought is no estimate of it.
  if (run.workingSinceMs !== null && progress.timeMs < run.workingSinceMs)
    return "time left unknown yet";
  if (progress.done >= progress.total) return "finishing";
  const left = progress.etaMs - (now - progress.timeMs);
  // What takes longer than was thought has no end that is known.
  if (left <= 0) return "longer than estimated";
  return `${formatDuration(Math.max(1000, Math.round(left / 1000) * 1000))} left`;
}
