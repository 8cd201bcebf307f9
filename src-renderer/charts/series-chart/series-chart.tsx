/**
 * A chart over steps: title, unit and current value, the lines, both axes and the crosshair. Few points are paths in
 * the document, many are drawn by uPlot; a chart outside the view draws nothing. The geometry is the frame's, so both
 * look alike. Every chart of steps in the window is this one.
 */
import { lazy, memo, Suspense, useEffect, useId, useMemo, useRef, useState } from "react";
import type { ReactNode } from "react";
import { CurrentValue, Legend } from "./chart-legend.tsx";
import { BrushMark, CrosshairMark, GridLines, MarkerLines, measured } from "./chart-marks.tsx";
import type { Limit, Marker } from "./chart-marks.tsx";
import { heightOf, notDrawn, scaleFor, share } from "../axes/scale.ts";
import type { ScaleKind } from "../axes/scale.ts";
import { SPARSE_LIMIT, stepRange, valueRange, withinRange } from "../series.ts";
import type { Range, Series } from "../series.ts";
import { SparsePlot } from "./sparse-plot.tsx";
import { innerTicks } from "../axes/ticks.ts";
import { useBrush } from "./use-brush.ts";
import "./series-chart.css";

// uPlot reads the browser's language at import and throws where it is not a valid tag; then fewer points are drawn.
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
  readonly scale?: ScaleKind;
  readonly limits?: readonly Limit[];
  readonly markers?: readonly Marker[];
  /** Said after the unit, e.g. how the line was smoothed. */
  readonly note?: string | undefined;
  /** Longer words on what is measured, on hover over the unit. */
  readonly help?: string | undefined;
  readonly height?: number;
  readonly xName?: string;
  /** The values by line above the chart; off where a list beside it shows them. */
  readonly legend?: boolean;
  /** Takes a range marked by drag. */
  readonly onZoom?: (range: Range) => void;
  /** The title as a button that opens the chart large, or closes it. */
  readonly onTitle?: (() => void) | undefined;
  /** Told when the chart comes into view, and when it leaves. */
  readonly onInView?: ((inView: boolean) => void) | undefined;
  /** At the end of the header: what can be done with the chart. */
  readonly actions?: ReactNode;
}

/** Height that a tick of the y axis is worth. */
const TICK_PX = 70;

const NO_LIMITS: readonly Limit[] = [];
const NO_MARKERS: readonly Marker[] = [];

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
export function tickText(text: string): string {
  return text.replace(/(\.\d*?)0+(?=\D|$)/u, "$1").replace(/\.(?=\D|$)/u, "");
}

/** The chart in words, for those who do not see it. */
export function summaryOf(
  props: Pick<SeriesChartProps, "title" | "unit" | "series" | "format" | "xName">,
): string {
  const parts = props.series.map((drawn) => {
    const one = measured(drawn);
    const range = valueRange([{ id: one.id, label: one.label, x: one.x, y: one.y }]);
    if (range === undefined) return `${one.label}: no values`;
    return `${one.label}: ${props.format(one.y.at(-1) ?? null)} at ${props.xName ?? "step"} ${one.x.at(-1) ?? 0}, between ${props.format(range.min)} and ${props.format(range.max)}, ${one.x.length} points`;
  });
  return `${props.title}, ${props.unit}. ${parts.join(". ")}`;
}

function Title({
  id,
  title,
  onTitle,
}: {
  readonly id: string;
  readonly title: string;
  readonly onTitle: (() => void) | undefined;
}): ReactNode {
  if (onTitle === undefined) return <b id={id}>{title}</b>;
  return (
    <b>
      <button type="button" id={id} className="figtitle" onClick={onTitle}>
        {title}
      </button>
    </b>
  );
}

/** Draws the chart described by its props. Outside a CrosshairContext each chart still has the shared default crosshair. */
export const SeriesChart = memo(function SeriesChart(props: SeriesChartProps): ReactNode {
  const { title, unit, series, format, fromZero = false, height = 88, xName = "step" } = props;
  const [box, width, visible] = useBox();
  const titleId = useId();
  const { onInView } = props;
  useEffect(() => {
    if (!visible || onInView === undefined) return undefined;
    onInView(true);
    return () => onInView(false);
  }, [visible, onInView]);
  const given = props.xRange;
  const xRange = useMemo(() => {
    const range = given ?? stepRange(series) ?? { min: 0, max: 1 };
    return range.max > range.min ? range : { min: range.min, max: range.min + 1 };
  }, [given, series]);
  const shown = useMemo(
    () => (visible ? series.map((one) => withinRange(one, xRange)) : []),
    [visible, series, xRange],
  );
  const kind = props.scale ?? "linear";
  const ticks = Math.max(2, Math.round(height / TICK_PX));
  const scale = useMemo(
    () => scaleFor(shown, { kind, fromZero, ticks, format }),
    [shown, kind, fromZero, ticks, format],
  );
  const dense = shown.some((one) => one.x.length > SPARSE_LIMIT);
  const summary = useMemo(
    () => summaryOf({ title, unit, series, format, xName }),
    [title, unit, series, format, xName],
  );
  const brush = useBrush(xRange, props.onZoom);
  const plot = { series: shown, xRange, scale, width, height };
  const leftOut = notDrawn(shown, scale);
  const notes = [
    unit,
    props.note,
    scale.kind === "log" ? "log axis" : undefined,
    leftOut > 0 ? `${leftOut.toLocaleString("en-US")} values not above 0 not drawn` : undefined,
  ].filter((text) => text !== undefined && text !== "");
  const only = series.length === 1 ? series[0] : undefined;
  return (
    <figure className="fig" aria-labelledby={titleId}>
      <header>
        <Title id={titleId} title={title} onTitle={props.onTitle} />
        <span className="u" title={props.help ?? notes.join(", ")}>
          {notes.join(", ")}
        </span>
        {only !== undefined && <CurrentValue series={only} format={format} />}
        {props.actions}
      </header>
      {series.length > 1 && props.legend !== false && <Legend series={series} format={format} />}
      <div
        ref={box}
        className="pl"
        style={{ height }}
        role="img"
        aria-label={summary}
        {...brush.handlers}
      >
        <GridLines scale={scale} limits={props.limits ?? NO_LIMITS} />
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
        <MarkerLines markers={props.markers ?? NO_MARKERS} xRange={xRange} />
        <span aria-hidden="true">
          {scale.ticks.map((tick) => (
            <i key={tick} className="yt" style={{ top: `${100 - (heightOf(scale, tick) ?? 0)}%` }}>
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
        <BrushMark marked={brush.marked} xRange={xRange} />
        <CrosshairMark series={shown} xRange={xRange} scale={scale} />
      </div>
    </figure>
  );
});
