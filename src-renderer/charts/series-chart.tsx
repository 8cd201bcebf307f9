/**
 * A chart over steps: title, unit and current value, the lines, both axes and the crosshair. Few points are drawn by
 * recharts, many by uPlot; a chart outside the view draws nothing. The geometry is the frame's, so both look alike.
 */
import { lazy, Suspense, useEffect, useId, useMemo, useRef, useState } from "react";
import type { CSSProperties, PointerEvent, ReactNode } from "react";
import { useCrosshair, useCrosshairStep } from "./crosshair.tsx";
import {
  innerTicks,
  niceAxis,
  seriesTone,
  SPARSE_LIMIT,
  stepRange,
  valueAt,
  valueRange,
} from "./series.ts";
import type { Range, Series } from "./series.ts";
import { SparsePlot } from "./sparse-plot.tsx";
import "./series-chart.css";

// uPlot reads the browser's language at import and throws where it is not a valid tag; recharts then draws fewer points.
const DensePlot = lazy(() =>
  import("./dense-plot.tsx").then(
    (module) => ({ default: module.DensePlot }),
    () => ({ default: SparsePlot }),
  ),
);

export interface SeriesChartProps {
  readonly title: string;
  /** What is drawn and in which unit. */
  readonly unit: string;
  readonly series: readonly Series[];
  readonly format: (value: number | null) => string;
  /** Both ends of the x axis where they are known better than from the data, e.g. all steps of the run. */
  readonly xRange?: Range | undefined;
  /** Draw the y axis from zero. */
  readonly fromZero?: boolean;
  /** Limits and baselines: dotted and named. */
  readonly limits?: readonly { readonly value: number; readonly label: string }[];
  readonly height?: number;
  readonly xName?: string;
}

/** Width of an element and whether it is in view. */
function useBox(): readonly [React.RefObject<HTMLDivElement | null>, number, boolean] {
  const ref = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  const [visible, setVisible] = useState(false);
  useEffect(() => {
    const element = ref.current;
    if (element === null) return undefined;
    const resize = new ResizeObserver((entries) =>
      setWidth(Math.floor(entries[0]?.contentRect.width ?? 0)),
    );
    const intersect = new IntersectionObserver(
      (entries) => setVisible(entries.at(-1)?.isIntersecting ?? false),
      { rootMargin: "100px" },
    );
    resize.observe(element);
    intersect.observe(element);
    return () => {
      resize.disconnect();
      intersect.disconnect();
    };
  }, []);
  return [ref, width, visible];
}

/** A tick needs no figures that only say zero: "40.0" is "40", "0.500" is "0.5". */
function tickText(text: string): string {
  return text.replace(/(\.\d*?)0+(?=\D|$)/u, "$1").replace(/\.(?=\D|$)/u, "");
}

function share(value: number, range: Range): number {
  return ((value - range.min) / (range.max - range.min)) * 100;
}

/** The value at the crosshair, or the newest. */
function Value({
  series,
  format,
}: {
  readonly series: Series;
  readonly format: SeriesChartProps["format"];
}): ReactNode {
  const step = useCrosshairStep() ?? Number.POSITIVE_INFINITY;
  return <span className="v">{format(valueAt(series, step))}</span>;
}

/** The same for several lines, beside their names. */
function Legend({ series, format }: Pick<SeriesChartProps, "series" | "format">): ReactNode {
  const step = useCrosshairStep() ?? Number.POSITIVE_INFINITY;
  return (
    <span className="legend s11">
      {series.map((one, index) => (
        <span key={one.id} className="t2">
          <LegendLine index={index} />
          {one.label} <b>{format(valueAt(one, step))}</b>
        </span>
      ))}
    </span>
  );
}

function CrosshairMark({
  series,
  xRange,
  yRange,
}: {
  readonly series: readonly Series[];
  readonly xRange: Range;
  readonly yRange: Range;
}): ReactNode {
  const step = useCrosshairStep();
  if (step === undefined || step < xRange.min || step > xRange.max) return null;
  const style: CSSProperties & Record<"--x", string> = { "--x": String(share(step, xRange)) };
  return (
    <span style={style} aria-hidden="true">
      <i className="xh" />
      {series.map((one, index) => {
        const value = valueAt(one, step);
        if (value === null) return null;
        const dot: CSSProperties & Record<"--c", string> = {
          top: `${100 - share(value, yRange)}%`,
          "--c": `var(${seriesTone(index).token})`,
        };
        return <i key={one.id} className="xd" style={dot} />;
      })}
    </span>
  );
}

function summaryOf(props: SeriesChartProps): string {
  const parts = props.series.map((one) => {
    const range = valueRange([{ id: one.id, label: one.label, x: one.x, y: one.y }]);
    if (range === undefined) return `${one.label}: no values`;
    return `${one.label}: ${props.format(one.y.at(-1) ?? null)} at step ${one.x.at(-1) ?? 0}, between ${props.format(range.min)} and ${props.format(range.max)}, ${one.x.length} points`;
  });
  return `${props.title}, ${props.unit}. ${parts.join(". ")}`;
}

/** Draws the chart described by its props. Outside a CrosshairContext each chart still has the shared default crosshair. */
export function SeriesChart(props: SeriesChartProps): ReactNode {
  const {
    title,
    unit,
    series,
    format,
    fromZero = false,
    limits = [],
    height = 88,
    xName = "step",
  } = props;
  const [box, width, visible] = useBox();
  const crosshair = useCrosshair();
  const titleId = useId();
  const xRange = useMemo(() => {
    const range = props.xRange ?? stepRange(series) ?? { min: 0, max: 1 };
    return range.max > range.min ? range : { min: range.min, max: range.min + 1 };
  }, [props.xRange, series]);
  const yAxis = useMemo(() => {
    const range = valueRange(series) ?? { min: 0, max: 1 };
    return niceAxis(
      fromZero ? { min: Math.min(0, range.min), max: Math.max(0, range.max) } : range,
      2,
    );
  }, [series, fromZero]);
  const dense = series.some((one) => one.x.length > SPARSE_LIMIT);
  const stepUnder = (event: PointerEvent<HTMLDivElement>): number => {
    const bounds = event.currentTarget.getBoundingClientRect();
    const x =
      xRange.min + ((event.clientX - bounds.left) / bounds.width) * (xRange.max - xRange.min);
    return Math.round(Math.min(xRange.max, Math.max(xRange.min, x)));
  };
  const plot = { series, xRange, yRange: yAxis.range, width, height };
  return (
    <figure className="fig" aria-labelledby={titleId}>
      <header>
        <b id={titleId}>{title}</b>
        <span className="u" title={unit}>
          {unit}
        </span>
        {series.length === 1 && series[0] !== undefined && (
          <Value series={series[0]} format={format} />
        )}
      </header>
      {series.length > 1 && <Legend series={series} format={format} />}
      <div
        ref={box}
        className="pl"
        style={{ height }}
        role="img"
        aria-label={summaryOf(props)}
        onPointerMove={(event) => crosshair.hover(stepUnder(event))}
        onPointerLeave={() => crosshair.hover(undefined)}
        onPointerUp={(event) => crosshair.pin(stepUnder(event))}
      >
        <div className="grids" aria-hidden="true">
          {yAxis.ticks.map((tick) => (
            <i
              key={tick}
              className={tick === yAxis.range.min ? "gx axis0" : "gx"}
              style={{ top: `${100 - share(tick, yAxis.range)}%` }}
            />
          ))}
          {limits
            .filter((limit) => limit.value >= yAxis.range.min && limit.value <= yAxis.range.max)
            .map((limit) => (
              <i
                key={limit.label}
                className="gx limit"
                style={{ top: `${100 - share(limit.value, yAxis.range)}%` }}
              >
                <span>{limit.label}</span>
              </i>
            ))}
        </div>
        {visible && width > 0 && (
          <div className="plot" aria-hidden="true">
            {dense ? (
              <Suspense fallback={null}>
                <DensePlot {...plot} />
              </Suspense>
            ) : (
              <SparsePlot {...plot} />
            )}
          </div>
        )}
        <span aria-hidden="true">
          {yAxis.ticks.map((tick) => (
            <i key={tick} className="yt" style={{ top: `${100 - share(tick, yAxis.range)}%` }}>
              {tickText(format(tick))}
            </i>
          ))}
          {innerTicks(xRange, width > 320 ? 8 : 4).map((tick, index) => (
            <i key={tick} className="xt" style={{ left: `${share(tick, xRange)}%` }}>
              {index === 0
                ? `${xName} ${tick.toLocaleString("en-US")}`
                : tick.toLocaleString("en-US")}
            </i>
          ))}
        </span>
        <CrosshairMark series={series} xRange={xRange} yRange={yAxis.range} />
      </div>
    </figure>
  );
}

function LegendLine({ index }: { readonly index: number }): ReactNode {
  const { token, dash } = seriesTone(index);
  return (
    <svg width="16" height="8" viewBox="0 0 16 8" aria-hidden="true">
      <line
        x1="0"
        x2="16"
        y1="4"
        y2="4"
        stroke={`var(${token})`}
        strokeWidth="2"
        strokeDasharray={dash.join(" ")}
      />
    </svg>
  );
}
