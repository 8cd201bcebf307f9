/** What recharts draws of bars with their intervals. Loaded when the first such chart is shown. */
import { useMemo } from "react";
import type { ReactElement, ReactNode } from "react";
import { Bar, BarChart, CartesianGrid, ErrorBar, XAxis, YAxis } from "recharts";
import { formatPercent } from "#renderer/ui/format.ts";
import type { Size } from "../use-size.ts";
import type { Proportion } from "#renderer/ui/score.tsx";

export interface IntervalBarGroup {
  /** Under the bars, e.g. a stage or a difficulty. */
  readonly label: string;
  /** One bar per series, in the order of `seriesLabels`; undefined where there is no measurement. */
  readonly estimates: readonly (Proportion | undefined)[];
}

const TOP = 18;
const AXIS = 36;
const LONG_LABEL = 14;
const LEFT = 36;
const RIGHT = 8;

/** A label under its bars, broken at its dashes where it is long. */
function BandLabel({
  x,
  y,
  payload,
}: {
  readonly x: number | string;
  readonly y: number | string;
  readonly payload: { readonly value: unknown };
}): ReactElement {
  const text = String(payload.value);
  const at = text.length > LONG_LABEL ? text.indexOf("-") : -1;
  const lines = at < 0 ? [text] : [text.slice(0, at + 1), text.slice(at + 1)];
  return (
    <text x={x} y={y} textAnchor="middle" fill="var(--text-2)" fontSize={11}>
      {lines.map((line, index) => (
        <tspan key={line} x={x} dy={index === 0 ? 10 : 12}>
          {line}
        </tspan>
      ))}
    </text>
  );
}

/** The values over the bars of the only series, above the upper ends of their intervals. */
function BarValues({
  groups,
  width,
  height,
}: Size & { readonly groups: readonly IntervalBarGroup[] }): ReactNode {
  const band = (width - LEFT - RIGHT) / groups.length;
  return groups.map((group, index) => {
    const estimate = group.estimates[0];
    if (estimate === undefined) return null;
    const top = TOP + (height - TOP - AXIS) * (1 - estimate.high);
    return (
      <i
        key={group.label}
        className="barvalue"
        style={{ left: LEFT + (index + 0.5) * band, top }}
        aria-hidden="true"
      >
        {formatPercent(estimate.value)}
      </i>
    );
  });
}

/** A row for each group: v0, v1 … the series' values in percent, e0, e1 … how far their intervals reach. */
function rowsOf(
  groups: readonly IntervalBarGroup[],
): Record<string, string | number | [number, number]>[] {
  return groups.map((group) => {
    const row: Record<string, string | number | [number, number]> = { label: group.label };
    for (const [index, estimate] of group.estimates.entries()) {
      if (estimate === undefined) continue;
      const value = estimate.value * 100;
      row[`v${String(index)}`] = value;
      row[`e${String(index)}`] = [value - estimate.low * 100, estimate.high * 100 - value];
    }
    return row;
  });
}

export interface IntervalBarsDrawingProps extends Size {
  readonly series: readonly { readonly label: string; readonly fill: string }[];
  readonly groups: readonly IntervalBarGroup[];
}

export function IntervalBarsDrawing(props: IntervalBarsDrawingProps): ReactNode {
  const { series, groups, width, height } = props;
  const rows = useMemo(() => rowsOf(groups), [groups]);
  return (
    <>
      <BarChart
        width={width}
        height={height}
        data={rows}
        margin={{ top: TOP, right: RIGHT, bottom: 0, left: 0 }}
        barCategoryGap="28%"
        barGap={2}
        accessibilityLayer={false}
        tabIndex={-1}
      >
        <CartesianGrid vertical={false} stroke="var(--grid)" />
        <XAxis
          dataKey="label"
          tickLine={false}
          axisLine={{ stroke: "var(--axis)" }}
          tick={BandLabel}
          interval={0}
          height={AXIS}
        />
        <YAxis
          domain={[0, 100]}
          ticks={[0, 25, 50, 75, 100]}
          width={LEFT}
          tickLine={false}
          axisLine={false}
          tick={{ fill: "var(--text-3)", fontSize: 11 }}
        />
        {series.map(({ label, fill }, index) => (
          <Bar
            key={label}
            dataKey={`v${String(index)}`}
            fill={fill}
            isAnimationActive={false}
            maxBarSize={44}
            // A bar without height would be left out, and its interval with it.
            minPointSize={1}
          >
            <ErrorBar
              dataKey={`e${String(index)}`}
              width={5}
              strokeWidth={1.5}
              stroke="var(--text-1)"
              isAnimationActive={false}
            />
          </Bar>
        ))}
      </BarChart>
      {series.length === 1 && <BarValues groups={groups} width={width} height={height} />}
    </>
  );
}
