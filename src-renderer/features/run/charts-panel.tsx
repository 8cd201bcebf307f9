/** All metrics of a run as small charts under one crosshair, or as one table. */
import { useMemo } from "react";
import type { ReactNode } from "react";
import { SeriesChart } from "../../charts/series-chart.tsx";
import type { Range, Series } from "../../charts/series.ts";
import { chartSpecs } from "./metric-catalogue.ts";
import type { MetricLine } from "./metric-line.ts";
import type { ChartSpec } from "./metric-catalogue.ts";
import "./charts-panel.css";

export interface ChartsPanelProps {
  readonly lines: readonly MetricLine[];
  /** First and last step of the stage where they are known. */
  readonly xRange: Range | undefined;
}

/** So few charts may be large. */
const ROOMY = 8;

function scaled(values: readonly (number | null)[], divisor: number): readonly (number | null)[] {
  return divisor === 1 ? values : values.map((value) => (value === null ? null : value / divisor));
}

/** Lines of one chart; bounds of a band are aligned by step with the line they belong to. */
function seriesOf(spec: ChartSpec, byName: ReadonlyMap<string, MetricLine>): readonly Series[] {
  return spec.lines.flatMap((line, index) => {
    const metric = byName.get(line.metric);
    if (metric === undefined) return [];
    const plain: Series = {
      id: line.metric,
      label: line.label,
      x: metric.steps,
      y: scaled(metric.values, spec.divisor),
      ...(metric.low === undefined || metric.high === undefined || spec.lines.length > 1
        ? {}
        : { low: scaled(metric.low, spec.divisor), high: scaled(metric.high, spec.divisor) }),
    };
    if (spec.band === undefined || index > 0) return [plain];
    const bound = (name: string): readonly (number | null)[] => {
      const other = byName.get(name);
      const at = new Map(
        other?.steps.map((step, position) => [step, other.values[position] ?? null]),
      );
      return metric.steps.map((step) => at.get(step) ?? null);
    };
    return [{ ...plain, low: bound(spec.band.low), high: bound(spec.band.high) }];
  });
}

export function ChartsPanel({ lines, xRange }: ChartsPanelProps): ReactNode {
  const charts = useMemo(() => {
    const byName = new Map(lines.map((line) => [line.name, line]));
    return chartSpecs([...byName.keys()]).map((spec) => ({ spec, series: seriesOf(spec, byName) }));
  }, [lines]);
  return (
    <div className={charts.length <= ROOMY ? "chartgrid roomy" : "chartgrid"}>
      {charts.map(({ spec, series }) => (
        <SeriesChart
          key={spec.id}
          title={spec.title}
          unit={spec.unit}
          series={series}
          format={spec.format}
          fromZero={spec.fromZero}
          xRange={xRange}
          height={charts.length <= ROOMY ? 132 : 88}
        />
      ))}
    </div>
  );
}
