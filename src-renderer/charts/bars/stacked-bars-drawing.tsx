/** What recharts draws of stacked bars. Loaded when the first such chart is shown. */
import { useMemo } from "react";
import type { ReactElement, ReactNode } from "react";
import { Bar, BarChart, CartesianGrid, XAxis, YAxis } from "recharts";
import type { BarShapeProps } from "recharts";
import { niceAxis } from "../axes/ticks.ts";
import type { Size } from "../use-size.ts";

export interface StackedBar {
  /** Under the bar. */
  readonly label: string;
  /** The bar in words, on hover. */
  readonly tip: string;
  /** One for each part, from the foot up; what is below zero is not drawn. */
  readonly values: readonly number[];
}

export interface StackedBarsDrawingProps extends Size {
  readonly parts: readonly { readonly label: string; readonly fill: string }[];
  readonly bars: readonly StackedBar[];
  readonly format: (value: number) => string;
}

/** Labels that have room under the bars. */
const LABELS = 8;
const AXIS = 20;

function heightsOf(bar: StackedBar): readonly number[] {
  return bar.values.map((value) => Math.max(0, value));
}

/** Draws a part a pixel apart from the next, of the least amount a hair; it says its bar in words on hover. */
function partDrawer(bars: readonly StackedBar[]): (part: BarShapeProps) => ReactElement | null {
  return ({ x, y, width, height, fill, index }) =>
    height <= 0 ? null : (
      <rect x={x} y={y} width={width} height={Math.max(1, height - 1)} fill={fill}>
        <title>{bars[index]?.tip}</title>
      </rect>
    );
}

export function StackedBarsDrawing(props: StackedBarsDrawingProps): ReactNode {
  const { parts, bars, format, width, height } = props;
  const axis = useMemo(() => {
    const sums = bars.map((bar) => heightsOf(bar).reduce((sum, value) => sum + value, 0));
    return niceAxis({ min: 0, max: Math.max(...sums, 1e-9) }, 2);
  }, [bars]);
  const drawPart = useMemo(() => partDrawer(bars), [bars]);
  return (
    <BarChart
      width={width}
      height={height}
      data={bars}
      margin={{ top: 8, right: 8, bottom: 0, left: 0 }}
      barCategoryGap={4}
      accessibilityLayer={false}
      tabIndex={-1}
    >
      <CartesianGrid vertical={false} stroke="var(--grid)" />
      <XAxis
        dataKey="label"
        tickLine={false}
        axisLine={{ stroke: "var(--axis)" }}
        tick={{ fill: "var(--text-3)", fontSize: 11 }}
        interval={Math.max(1, Math.ceil(bars.length / LABELS)) - 1}
        height={AXIS}
      />
      <YAxis
        domain={[axis.range.min, axis.range.max]}
        ticks={[...axis.ticks]}
        tickFormatter={(tick: number) => format(tick)}
        width={56}
        tickLine={false}
        axisLine={false}
        tick={{ fill: "var(--text-3)", fontSize: 11 }}
      />
      {parts.map(({ label, fill }, index) => (
        <Bar
          key={label}
          dataKey={(bar: StackedBar) => heightsOf(bar)[index] ?? 0}
          stackId="sum"
          fill={fill}
          isAnimationActive={false}
          maxBarSize={28}
          shape={drawPart}
        />
      ))}
    </BarChart>
  );
}
