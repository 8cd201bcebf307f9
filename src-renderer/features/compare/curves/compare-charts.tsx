/** pass@k over k, and points gained over dollars spent. */
import { usdPerPointInterval } from "#shared/comparison-text.ts";
import type { ReactNode } from "react";
import type { ComparedGroup } from "#shared/schema/compare.ts";
import { IntervalBars } from "#renderer/charts/bars/interval-bars.tsx";
import { IntervalPlot } from "#renderer/charts/intervals/interval-plot.tsx";
import type { IntervalSeries } from "#renderer/charts/intervals/interval-plot.tsx";
import { formatNumber, formatPoints, formatUsd } from "#renderer/ui/format.ts";
import { modelKey } from "../compared-models.ts";
import type { ComparedModel } from "../compared-models.ts";

interface ChartProps {
  readonly group: ComparedGroup;
  readonly models: ReadonlyMap<string, ComparedModel>;
  readonly asTable: boolean;
}

function nameOf(model: ComparedModel | undefined, fallback: string): string {
  return model === undefined ? fallback : `${model.letter} ${model.label}`;
}

/** The chance that at least one of k samples is right. */
export function PassCurves({ group, models, asTable }: ChartProps): ReactNode {
  const series = group.rows.map((row): IntervalSeries => {
    const model = models.get(modelKey(row));
    return {
      id: row.runId,
      label: nameOf(model, row.label),
      style: model?.style ?? "reference",
      points: row.summary.passK.map(({ k, value, low, high }) => ({
        x: k,
        value: value * 100,
        low: low * 100,
        high: high * 100,
      })),
    };
  });
  return (
    <IntervalPlot
      title="pass@k"
      caption={`${group.title}, %, 95% interval, k on a log scale`}
      series={series}
      xName="k"
      yName="pass@k %"
      logX
      joined
      yRange={{ min: 0, max: 100 }}
      formatX={(k) => formatNumber(k)}
      formatY={(share) => formatNumber(share, asTable ? 1 : 0)}
      asTable={asTable}
    />
  );
}

/** Only rows that cost something beyond the baseline: the axis is logarithmic. */
export function CostPerPoint({ group, models, asTable }: ChartProps): ReactNode {
  const baseline = group.rows.find(({ runId }) => runId === group.baseline);
  const letter =
    baseline === undefined ? "the baseline" : (models.get(modelKey(baseline))?.letter ?? "");
  const series = group.rows.flatMap((row): IntervalSeries[] => {
    const usd = row.trainingUsd - (baseline?.trainingUsd ?? 0);
    if (row.versus === null || usd <= 0) return [];
    const model = models.get(modelKey(row));
    const { value, low, high } = row.versus.difference;
    const per = row.usdPerPoint;
    return [
      {
        id: row.runId,
        label: `${model?.letter ?? row.label}${per === null ? "" : ` ${formatUsd(per.value)}`}`,
        detail: per === null ? "" : usdPerPointInterval(per),
        style: model?.style ?? "reference",
        points: [{ x: usd, value: value * 100, low: low * 100, high: high * 100 }],
      },
    ];
  });
  const front = paretoFront(series)
    .map(({ label }) => label.split(" ")[0] ?? "")
    .join(", ");
  return (
    <IntervalPlot
      title="Cost per point"
      caption={`points over ${letter} by training dollars (log scale); beside each mark, $ a point${front === "" ? "" : `; no other is both cheaper and better than ${front}`}`}
      series={series}
      xName="$"
      yName={`points over ${letter}`}
      logX
      formatX={(usd) => formatUsd(usd)}
      formatY={(points) => (asTable ? formatPoints(points / 100) : formatNumber(points))}
      asTable={asTable}
    />
  );
}

/** Those that no other one beats in both cost and points. */
function paretoFront(series: readonly IntervalSeries[]): readonly IntervalSeries[] {
  return series.filter((one) => {
    const [own] = one.points;
    return (
      own !== undefined &&
      !series.some(({ points: [other] }) => {
        if (other === undefined || other === own) return false;
        return (
          other.x <= own.x &&
          other.value >= own.value &&
          (other.x < own.x || other.value > own.value)
        );
      })
    );
  });
}

export function DifficultyBars({ group, models }: Omit<ChartProps, "asTable">): ReactNode {
  const difficulties = [
    ...new Set(
      group.rows.flatMap(({ summary }) => summary.byDifficulty.map((one) => one.difficulty)),
    ),
  ].toSorted((a, b) => a - b);
  const rows = group.rows.slice(0, 6);
  const first = rows[0];
  if (difficulties.length < 2 || first === undefined) return null;
  return (
    <IntervalBars
      title="By difficulty"
      caption={`pass@1 %, 95% interval, k ${formatNumber(first.summary.k)}`}
      seriesLabels={rows.map((row) => nameOf(models.get(modelKey(row)), row.label))}
      tones={rows.map((row) => models.get(modelKey(row))?.style ?? "reference")}
      groups={difficulties.map((difficulty) => ({
        label: `${difficulty}, n ${formatNumber(first.summary.byDifficulty.find((one) => one.difficulty === difficulty)?.n ?? 0)}`,
        estimates: rows.map((row) =>
          row.summary.byDifficulty.find((one) => one.difficulty === difficulty),
        ),
      }))}
      height={184}
    />
  );
}
