/** Points with their 95% intervals over a linear or logarithmic axis, joined by lines or alone. Few points: an SVG that stretches, with marks and text in HTML that do not. */
import { Fragment, useId } from "react";
import type { ReactNode } from "react";
import { extent } from "d3-array";
import { line } from "d3-shape";
import { placesOf } from "../axes/scale.ts";
import type { Range } from "../series.ts";
import { logTicks, readableAxis, widened } from "../axes/ticks.ts";
import { Mark, markClass } from "./mark.tsx";
import type { MarkStyle } from "./mark.tsx";
import "./interval-plot.css";

export interface IntervalPoint {
  readonly x: number;
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

export interface IntervalSeries {
  readonly id: string;
  readonly label: string;
  /** Beside the label where there is room. */
  readonly detail?: string;
  readonly style: MarkStyle;
  readonly points: readonly IntervalPoint[];
}

export interface IntervalPlotProps {
  readonly title: string;
  /** What is drawn, which interval, n and k. */
  readonly caption: string;
  readonly series: readonly IntervalSeries[];
  readonly xName: string;
  readonly yName: string;
  readonly logX?: boolean;
  readonly joined?: boolean;
  /** Both ends of y where they are known, e.g. 0 and 100. */
  readonly yRange?: Range;
  readonly height?: number;
  readonly formatX: (x: number) => string;
  readonly formatY: (y: number) => string;
  /** The numbers instead of the drawing. */
  readonly asTable: boolean;
}

const DASHES = ["", "6 3", "2 2", "8 3 2 3", "3 2", "10 4"];

/** Values at which a logarithmic axis is marked: 1, 2, 5 × 10ⁿ, or every power of two where the data are such. */
function logTicksOf(range: Range, xs: readonly number[]): readonly number[] {
  const powersOfTwo = xs.every((x) => Number.isInteger(Math.log2(x)));
  if (powersOfTwo) return [...new Set(xs)].toSorted((a, b) => a - b);
  const ticks = logTicks(range);
  const few = ticks.filter((tick) => Number.isInteger(Math.log10(tick)));
  return ticks.length > 7 && few.length >= 2 ? few : ticks;
}

function rangeOf(values: readonly number[]): Range {
  const [min = 0, max = 0] = extent(values);
  return widened({ min, max });
}

export function IntervalPlot(props: IntervalPlotProps): ReactNode {
  const { title, caption, series, logX = false, joined = false, height = 196 } = props;
  const titleId = useId();
  const points = series.flatMap((one) => one.points);
  const summary = series
    .map(
      (one) =>
        `${one.label}: ${one.points.map((point) => `${props.formatY(point.value)} [${props.formatY(point.low)}, ${props.formatY(point.high)}] at ${props.xName} ${props.formatX(point.x)}`).join(", ")}`,
    )
    .join("; ");
  return (
    <figure className="fig captioned" aria-labelledby={titleId}>
      <header>
        <b id={titleId}>{title}</b>
        <span className="u" title={caption}>
          {caption}
        </span>
      </header>
      {points.length === 0 ? (
        <p className="s12 t3">Nothing to draw.</p>
      ) : props.asTable ? (
        <PointTable {...props} />
      ) : (
        <div
          className={joined ? "pl intervals labelled" : "pl intervals"}
          style={{ height }}
          role="img"
          aria-label={`${title}, ${caption}. ${summary}`}
        >
          <Drawing {...props} logX={logX} joined={joined} points={points} />
        </div>
      )}
    </figure>
  );
}

function Drawing({
  series,
  points,
  logX,
  joined,
  xName,
  yRange,
  formatX,
  formatY,
}: IntervalPlotProps & {
  readonly points: readonly IntervalPoint[];
  readonly logX: boolean;
  readonly joined: boolean;
}): ReactNode {
  const xs = points.map(({ x }) => x);
  const rough = rangeOf(xs);
  const margin = joined ? 1.06 : 1.35;
  const spread = logX
    ? { min: rough.min / margin, max: rough.max * margin }
    : { min: rough.min, max: rough.max };
  const xScale = placesOf({ kind: logX ? "log" : "linear", range: spread }, [0, 100]);
  const yEnds = yRange ?? rangeOf(points.flatMap(({ low, high }) => [low, high]));
  const y = readableAxis(yEnds, 4, formatY);
  const yScale = placesOf({ kind: "linear", range: y.range }, [100, 0]);
  const ticks = logX
    ? logTicksOf(spread, xs)
    : readableAxis(spread, 4, formatX).ticks.filter(
        (tick) => tick >= spread.min && tick <= spread.max,
      );
  const path = line<IntervalPoint>()
    .x(({ x }) => xScale(x))
    .y(({ value }) => yScale(value));
  return (
    <span aria-hidden="true">
      <svg viewBox="0 0 100 100" preserveAspectRatio="none">
        {y.ticks.map((tick) => (
          <line
            key={tick}
            className={`${tick === y.range.min ? "axis" : "grid"} ns`}
            x1="0"
            x2="100"
            y1={yScale(tick)}
            y2={yScale(tick)}
          />
        ))}
        {joined &&
          series.map((one, index) => (
            <path
              key={one.id}
              className={`ln ns ${markClass(one.style)}`}
              stroke="var(--c)"
              strokeDasharray={
                one.style === "reference" ? "4 3" : (DASHES[index % DASHES.length] ?? "")
              }
              d={path(one.points) ?? ""}
            />
          ))}
      </svg>
      {y.ticks.map((tick) => (
        <i key={tick} className="yt" style={{ top: `${yScale(tick)}%` }}>
          {formatY(tick)}
        </i>
      ))}
      {ticks.map((tick, index) => (
        <i key={tick} className="xt" style={{ left: `${xScale(tick)}%` }}>
          {index === 0 && xName !== "$" ? `${xName} ${formatX(tick)}` : formatX(tick)}
        </i>
      ))}
      {series.map((one) => (
        <Fragment key={one.id}>
          {one.points.map((point) => (
            <Fragment key={point.x}>
              <i
                className={`wk ${markClass(one.style)}`}
                style={{
                  left: `${xScale(point.x)}%`,
                  top: `${yScale(point.high)}%`,
                  height: `${yScale(point.low) - yScale(point.high)}%`,
                }}
              />
              <Mark tone={one.style} left={xScale(point.x)} top={yScale(point.value)} />
            </Fragment>
          ))}
        </Fragment>
      ))}
      {endLabels(series, xScale, yScale, joined).map(({ id, label, detail, left, top, before }) => (
        <i
          key={id}
          className={before ? "dl before" : "dl"}
          style={{ left: `${left}%`, top: `${top}%` }}
        >
          {label}
          {detail !== undefined && <span className="dldetail"> {detail}</span>}
        </i>
      ))}
    </span>
  );
}

/** Height of a label in percent of a plot of the usual height. */
const LABEL_GAP = 7;

interface PlacedLabel {
  readonly id: string;
  readonly label: string;
  readonly detail: string | undefined;
  readonly left: number;
  readonly top: number;
  readonly before: boolean;
}

/** Each series' name at its last point: beside joined lines all to the right, pushed apart; else on the side with room. */
function endLabels(
  series: readonly IntervalSeries[],
  xScale: (x: number) => number,
  yScale: (y: number) => number,
  joined: boolean,
): readonly PlacedLabel[] {
  const labels = series.flatMap((one) => {
    const last = one.points.at(-1);
    if (last === undefined) return [];
    const left = xScale(last.x);
    const before = !joined && left > 45;
    return [
      { id: one.id, label: one.label, detail: one.detail, left, top: yScale(last.value), before },
    ];
  });
  let lowest = Number.NEGATIVE_INFINITY;
  return labels
    .toSorted((a, b) => a.top - b.top)
    .map((one) => {
      const top = Math.max(one.top, lowest + LABEL_GAP);
      lowest = top;
      return { ...one, top };
    });
}

function PointTable({ series, xName, yName, formatX, formatY }: IntervalPlotProps): ReactNode {
  return (
    <table>
      <thead>
        <tr>
          <th>Series</th>
          <th className="num">{xName}</th>
          <th className="num">{yName}</th>
          <th>95% interval</th>
        </tr>
      </thead>
      <tbody>
        {series.flatMap((one) =>
          one.points.map((point) => (
            <tr key={`${one.id} ${point.x}`}>
              <td>{one.label}</td>
              <td className="num">{formatX(point.x)}</td>
              <td className="num">{formatY(point.value)}</td>
              <td className="ci">
                [{formatY(point.low)}, {formatY(point.high)}]
              </td>
            </tr>
          )),
        )}
      </tbody>
    </table>
  );
}
