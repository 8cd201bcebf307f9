/** The lines of one chart out of a run's metrics. Pure. */
import type { ChartSpec } from "#renderer/charts/metric-catalogue.ts";
import type { Series } from "#renderer/charts/series.ts";
import { smoothed } from "#renderer/charts/smoothing.ts";
import type { Smoothing } from "#renderer/charts/smoothing.ts";
import type { MetricLine } from "./metric-line.ts";

type Values = readonly (number | null)[];

function scaled(values: Values, divisor: number): Values {
  return divisor === 1 ? values : values.map((value) => (value === null ? null : value / divisor));
}

/** The bound of a band, aligned by step with the line that it belongs to. */
function boundOf(line: MetricLine, bound: MetricLine | undefined): Values {
  if (bound === undefined) return line.steps.map(() => null);
  if (
    bound.steps.length === line.steps.length &&
    bound.steps.every((x, at) => x === line.steps[at])
  )
    return bound.values;
  const at = new Map(bound.steps.map((step, position) => [step, bound.values[position] ?? null]));
  return line.steps.map((step) => at.get(step) ?? null);
}

export function chartSeries(
  spec: ChartSpec,
  byName: ReadonlyMap<string, MetricLine>,
  smoothing: Smoothing,
): readonly Series[] {
  return spec.lines.flatMap((line, index) => {
    const metric = byName.get(line.metric);
    if (metric === undefined) return [];
    const plain: Series = {
      id: line.metric,
      label: line.label,
      x: metric.steps,
      y: scaled(metric.values, spec.divisor),
    };
    const band = index === 0 ? spec.band : undefined;
    const low = band === undefined ? metric.low : boundOf(metric, byName.get(band.low));
    const high = band === undefined ? metric.high : boundOf(metric, byName.get(band.high));
    const whole =
      low === undefined || high === undefined
        ? plain
        : { ...plain, low: scaled(low, spec.divisor), high: scaled(high, spec.divisor) };
    return [smoothed(whole, smoothing)];
  });
}
