/** The lines of a chart of few points, drawn by recharts. Axes, ticks and the crosshair belong to the frame around it. */
import type { ReactNode } from "react";
import { Area, ComposedChart, Line, XAxis, YAxis } from "recharts";
import { minMaxDecimate, seriesTone, SPARSE_LIMIT } from "./series.ts";
import type { Range, Series } from "./series.ts";

export interface PlotProps {
  readonly series: readonly Series[];
  readonly xRange: Range;
  readonly yRange: Range;
  readonly width: number;
  readonly height: number;
}

/** Points of one series as recharts rows: x, y and the band's two ends. */
function rowsOf(
  series: Series,
): readonly { x: number; y: number | null; band: [number, number] | null }[] {
  return series.x.map((x, index) => {
    const low = series.low?.[index] ?? null;
    const high = series.high?.[index] ?? null;
    return {
      x,
      y: series.y[index] ?? null,
      band: low === null || high === null ? null : [low, high],
    };
  });
}

export function SparsePlot({ series, xRange, yRange, width, height }: PlotProps): ReactNode {
  const margin = { top: 0, right: 0, bottom: 0, left: 0 };
  return (
    <ComposedChart
      width={width}
      height={height}
      margin={margin}
      accessibilityLayer={false}
      tabIndex={-1}
    >
      <XAxis dataKey="x" type="number" hide allowDataOverflow domain={[xRange.min, xRange.max]} />
      <YAxis type="number" hide allowDataOverflow domain={[yRange.min, yRange.max]} />
      {series.map((one, index) => {
        const rows = rowsOf(minMaxDecimate(one, SPARSE_LIMIT));
        const { token, dash } = seriesTone(index);
        const few = rows.length <= 12;
        return [
          one.low === undefined ? null : (
            <Area
              key={`${one.id}-band`}
              data={[...rows]}
              dataKey="band"
              stroke="none"
              fill={`var(${token})`}
              fillOpacity={0.22}
              isAnimationActive={false}
              activeDot={false}
              dot={false}
            />
          ),
          <Line
            key={one.id}
            data={[...rows]}
            dataKey="y"
            stroke={`var(${token})`}
            strokeWidth={1.5}
            strokeDasharray={dash.join(" ")}
            dot={
              few ? { r: 2.5, fill: `var(${token})`, strokeWidth: 0, strokeDasharray: "0" } : false
            }
            activeDot={false}
            isAnimationActive={false}
            connectNulls={false}
          />,
        ];
      })}
    </ComposedChart>
  );
}
