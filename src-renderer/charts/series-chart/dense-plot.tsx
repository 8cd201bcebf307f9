/** The lines of a chart of many points, drawn by uPlot on a canvas. Loaded only when a chart needs it. */
import { useEffect, useMemo, useRef } from "react";
import type { ReactNode } from "react";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { useTheme } from "#renderer/theme/theme-choice.ts";
import type { Scale, ScaleKind } from "../axes/scale.ts";
import { seriesTone } from "../series.ts";
import type { Range, Series } from "../series.ts";
import type { PlotProps } from "./sparse-plot.tsx";

type Column = (number | null)[];

/** What uPlot draws for a value: itself or its logarithm; nothing where it has none. */
function drawn(kind: ScaleKind, value: number | null): number | null {
  if (value === null || kind === "linear") return value;
  return value > 0 ? Math.log10(value) : null;
}

/** The axis in drawn units. */
function drawnRange({ kind, range }: Scale): Range {
  return kind === "linear" ? range : { min: Math.log10(range.min), max: Math.log10(range.max) };
}

/** A line's columns in drawn units: the line, and where it has them its raw line and the two ends of its band. */
function columnsOf(series: Series, kind: ScaleKind): readonly Column[] {
  const project = (values: readonly (number | null)[]): Column =>
    kind === "linear" ? [...values] : values.map((value) => drawn(kind, value));
  return [series.raw, series.y, series.low, series.high].flatMap((values) =>
    values === undefined ? [] : [project(values)],
  );
}

/** uPlot wants one x for all lines: the union of their steps, with holes where a line has none. */
function alignSeries(series: readonly Series[], kind: ScaleKind): uPlot.AlignedData {
  const [first] = series;
  if (first === undefined) return [[]];
  const shared = series.every(
    (one) =>
      one.x === first.x ||
      (one.x.length === first.x.length && one.x.every((x, at) => x === first.x[at])),
  );
  if (shared) return [[...first.x], ...series.flatMap((one) => columnsOf(one, kind))];
  return uPlot.join(series.map((one) => [[...one.x], ...columnsOf(one, kind)]));
}

function colorOf(token: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(token).trim();
}

/** What decides how the plot is built; data and ranges can change without building it anew. */
function shapeOf(series: readonly Series[]): string {
  return series
    .map((one, index) =>
      [one.tone ?? index, one.strong, one.raw !== undefined, one.low !== undefined].join(),
    )
    .join(";");
}

function styleOf(series: readonly Series[]): Pick<uPlot.Options, "series" | "bands"> {
  const lines: uPlot.Series[] = [{}];
  const bands: uPlot.Band[] = [];
  for (const [index, one] of series.entries()) {
    const { token, dash } = seriesTone(one.tone ?? index);
    const stroke = colorOf(token);
    // Holes that come of joining lines with other steps are spanned by uPlot itself; a value that is missing is a gap.
    const line = { points: { show: false }, spanGaps: false };
    if (one.raw !== undefined) lines.push({ ...line, stroke: `${stroke}66`, width: 1 });
    lines.push({ ...line, stroke, width: one.strong === true ? 2.25 : 1.5, dash: [...dash] });
    if (one.low === undefined || one.high === undefined) continue;
    const hidden: uPlot.Series = { ...line, stroke: "transparent", width: 0 };
    lines.push(hidden, hidden);
    bands.push({ series: [lines.length - 1, lines.length - 2], fill: `${stroke}38` });
  }
  return { series: lines, bands };
}

function Plot({ series, xRange, scale, width, height }: PlotProps): ReactNode {
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | undefined>(undefined);
  const ranges = useRef<{ x: Range; y: Range }>({ x: xRange, y: drawnRange(scale) });
  const data = useMemo(() => alignSeries(series, scale.kind), [series, scale.kind]);
  const latest = useRef({ series, data, width, height });
  useEffect(() => {
    latest.current = { series, data, width, height };
  });
  useEffect(() => {
    if (box.current === null) return undefined;
    const now = latest.current;
    const made = new uPlot(
      {
        width: now.width,
        height: now.height,
        padding: [0, 0, 0, 0],
        legend: { show: false },
        cursor: { show: false },
        axes: [{ show: false }, { show: false }],
        scales: {
          x: { time: false, range: () => [ranges.current.x.min, ranges.current.x.max] },
          y: { range: () => [ranges.current.y.min, ranges.current.y.max] },
        },
        ...styleOf(now.series),
      },
      now.data,
      box.current,
    );
    plot.current = made;
    return () => {
      plot.current = undefined;
      made.destroy();
    };
  }, []);
  useEffect(() => {
    plot.current?.setSize({ width, height });
  }, [width, height]);
  useEffect(() => {
    ranges.current = { x: xRange, y: drawnRange(scale) };
    // Resetting the scales asks the two functions above for these ranges.
    plot.current?.setData(data, true);
  }, [data, xRange, scale]);
  return <div ref={box} />;
}

/** A canvas knows no custom properties, so another theme is another plot; so are other lines. */
export function DensePlot(props: PlotProps): ReactNode {
  return <Plot key={`${useTheme()} ${shapeOf(props.series)}`} {...props} />;
}
