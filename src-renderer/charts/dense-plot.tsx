/** The lines of a chart of many points, drawn by uPlot on a canvas. Loaded only when a chart needs it. */
import { useEffect, useRef } from "react";
import type { ReactNode } from "react";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { useTheme } from "../theme/theme-choice.ts";
import { seriesTone } from "./series.ts";
import type { Series } from "./series.ts";
import type { PlotProps } from "./sparse-plot.tsx";

/** uPlot wants one x for all lines: the union of their steps, with holes where a line has none. */
function alignSeries(series: readonly Series[]): uPlot.AlignedData {
  const tables: uPlot.AlignedData[] = series.map((one) => [
    [...one.x],
    [...one.y],
    [...(one.low ?? one.y.map(() => null))],
    [...(one.high ?? one.y.map(() => null))],
  ]);
  return tables.length === 0 ? [[]] : uPlot.join(tables);
}

function colorOf(token: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(token).trim();
}

function optionsFor({ series, xRange, yRange, width, height }: PlotProps): uPlot.Options {
  const lines: uPlot.Series[] = [{}];
  const bands: uPlot.Band[] = [];
  for (const [index] of series.entries()) {
    const { token, dash } = seriesTone(index);
    const stroke = colorOf(token);
    const hidden: uPlot.Series = { stroke: "transparent", width: 0, points: { show: false } };
    lines.push(
      { stroke, width: 1.5, dash: [...dash], points: { show: false }, spanGaps: true },
      hidden,
      hidden,
    );
    const at = 1 + index * 3;
    bands.push({ series: [at + 2, at + 1], fill: `${stroke}38` });
  }
  return {
    width,
    height,
    padding: [0, 0, 0, 0],
    legend: { show: false },
    cursor: { show: false },
    axes: [{ show: false }, { show: false }],
    scales: {
      x: { time: false, range: [xRange.min, xRange.max] },
      y: { range: [yRange.min, yRange.max] },
    },
    series: lines,
    bands,
  };
}

function Plot({ series, xRange, yRange, width, height }: PlotProps): ReactNode {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (box.current === null || width === 0) return undefined;
    const plot = new uPlot(
      optionsFor({ series, xRange, yRange, width, height }),
      alignSeries(series),
      box.current,
    );
    return () => plot.destroy();
    // A redraw of a million points takes two frames, so the plot is simply made anew when anything changes.
  }, [series, xRange, yRange, width, height]);
  return <div ref={box} />;
}

/** A canvas knows no custom properties, so another theme is another plot. */
export function DensePlot(props: PlotProps): ReactNode {
  return <Plot key={useTheme()} {...props} />;
}
