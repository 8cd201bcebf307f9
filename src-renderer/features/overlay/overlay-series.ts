/** One metric of many runs as lines of one chart. Pure. */
import type { MetricSeries } from "#shared/schema/metrics.ts";
import type { RunId } from "#shared/schema/run.ts";
import type { Series } from "#renderer/charts/series.ts";
import { smoothed } from "#renderer/charts/smoothing.ts";
import type { Smoothing } from "#renderer/charts/smoothing.ts";

export interface RunLine {
  readonly runId: RunId;
  readonly label: string;
  /** Its place among the runs, which gives its colour and dash. */
  readonly tone: number;
  readonly series: MetricSeries | null;
  /** Where each entry stands on the x axis; null where the run cannot be drawn on it. */
  readonly at: readonly number[] | null;
}

/**
 * Bands of many runs would cover each other, so a bucket is drawn as its least and its greatest value, half a bucket
 * apart: a line that reaches every peak.
 */
function peaks(series: MetricSeries, at: readonly number[]): Pick<Series, "x" | "y"> {
  if (!series.bucketed) return { x: at, y: series.mean };
  const x: number[] = [];
  const y: (number | null)[] = [];
  for (const [index, place] of at.entries()) {
    const next = at[index + 1] ?? place + 1;
    x.push(place, place + (next - place) / 2);
    // From where the line comes, the nearer end first.
    const [low, high] = [series.min[index] ?? null, series.max[index] ?? null];
    const rising = (y.at(-1) ?? 0) <= ((low ?? 0) + (high ?? 0)) / 2;
    if (rising) y.push(low, high);
    else y.push(high, low);
  }
  return { x, y };
}

/** Smoothed lines are of the buckets' means, with the line that reaches every peak behind them. */
export function overlaySeries(
  lines: readonly RunLine[],
  divisor: number,
  smoothing: Smoothing,
  strong: RunId | undefined,
): readonly Series[] {
  const scaled = (values: readonly (number | null)[]): readonly (number | null)[] =>
    divisor === 1 ? values : values.map((value) => (value === null ? null : value / divisor));
  return lines.flatMap((line) => {
    const { series, at, runId } = line;
    if (series === null || at === null || at.length === 0) return [];
    const named = {
      id: runId,
      label: line.label,
      tone: line.tone,
      ...(runId === strong ? { strong: true } : {}),
    };
    if (smoothing !== 0) {
      const mean: Series = { ...named, x: at, y: scaled(series.mean) };
      return [smoothed(mean, smoothing)];
    }
    const { x, y } = peaks(series, at);
    return [{ ...named, x, y: scaled(y) }];
  });
}
