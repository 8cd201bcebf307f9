/** Where a run's steps stand on the axis along which runs are laid over each other. */
import type { OverlayAxis } from "#shared/contract/cockpit.ts";
import type { MetricSeries } from "#shared/schema/metrics.ts";
import type { RunId } from "#shared/schema/run.ts";
import type { Store } from "#main/store/store.ts";

/** What stages count their tokens in, from the first to the last step. */
const TOKEN_COUNTS = ["num_tokens", "tokens_sampled"];

/** One place for each entry of the series: its step, seconds, or tokens; null where the run does not count them. */
export function placesOn(
  store: Store,
  axis: OverlayAxis,
  runId: RunId,
  { name, step }: MetricSeries,
): number[] | null {
  if (axis === "step") return step;
  if (axis === "time") {
    const at = activeSeconds(store.runs.attempts(runId));
    return rising(store.metrics.before(runId, name, step).map(({ timeMs }) => at(timeMs ?? 0)));
  }
  const known = store.metrics.names(runId);
  const count = TOKEN_COUNTS.find((one) => known.some((metric) => metric.name === one));
  if (count === undefined) return null;
  return rising(store.metrics.before(runId, count, step).map(({ value }) => value ?? 0));
}

/**
 * Seconds for which a run had been at work at a moment: the time between attempts is left out, the work that a resume
 * repeats is counted.
 */
export function activeSeconds(
  attempts: readonly { readonly startedAtMs: number; readonly endedAtMs: number | null }[],
): (timeMs: number) => number {
  return (timeMs) =>
    attempts.reduce(
      (sum, { startedAtMs, endedAtMs }) =>
        sum + Math.max(0, Math.min(timeMs, endedAtMs ?? timeMs) - startedAtMs),
      0,
    ) / 1000;
}

/** A value that was not finite, or a clock that was set back, stays where the entry before stands. */
function rising(places: readonly number[]): number[] {
  let most = 0;
  return places.map((place) => (most = Math.max(most, place)));
}
