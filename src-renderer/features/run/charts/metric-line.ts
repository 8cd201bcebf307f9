/** One metric over the steps of a run. */
import type { MetricSeries } from "#shared/schema/metrics.ts";

export interface MetricLine {
  readonly name: string;
  readonly steps: readonly number[];
  readonly values: readonly (number | null)[];
  /** Least and greatest values of each bucket, where the points were too many to draw one by one. */
  readonly low: readonly (number | null)[] | undefined;
  readonly high: readonly (number | null)[] | undefined;
}

export function lineOf(series: MetricSeries): MetricLine {
  return {
    name: series.name,
    steps: series.step,
    values: series.mean,
    low: series.bucketed ? series.min : undefined,
    high: series.bucketed ? series.max : undefined,
  };
}
