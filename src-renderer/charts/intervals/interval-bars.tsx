/** Proportions as bars from 0 to 100% with their 95% intervals, drawn by recharts; several series stand side by side. */
import { useEffect, useId, useMemo, useRef, useState } from "react";
import type { ReactElement, ReactNode } from "react";
import { Bar, BarChart, CartesianGrid, ErrorBar, XAxis, YAxis } from "recharts";
import { formatPercent } from "#renderer/ui/format.ts";
import type { Proportion } from "#renderer/ui/score.tsx";
import type { MarkStyle } from "./mark.tsx";
import { seriesTone } from "../series.ts";
import "./interval-bars.css";

export interface IntervalBarGroup {
  /** Under the bars, e.g. a stage or a difficulty. */
  readonly label: string;
  /** One bar per series, in the order of `seriesLabels`; undefined where there is no measurement. */
  readonly estimates: readonly (Proportion | undefined)[];
}

export interface IntervalBarsProps {
  readonly title: string;
  /** What is drawn, which interval, n and k. */
  readonly caption: string;
  readonly seriesLabels: readonly string[];
  readonly groups: readonly IntervalBarGroup[];
  /** Marks of the series, where they have their own; else the order decides. */
  readonly tones?: readonly MarkStyle[];
  readonly height?: number;
}

function fillOf(tones: readonly MarkStyle[] | undefined, index: number): string {
  const tone = tones?.[index] ?? index;
  return `var(${tone === "reference" ? "--data-ref" : seriesTone(tone).token})`;
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
}: {
  readonly groups: readonly IntervalBarGroup[];
  readonly width: number;
  readonly height: number;
}): ReactNode {
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

/** Bars with whiskers; the same numbers are in `aria-label` and in the table that the screen shows. */
export function IntervalBars({
  title,
  caption,
  seriesLabels,
  groups,
  tones,
  height = 196,
}: IntervalBarsProps): ReactNode {
  const box = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  const titleId = useId();
  useEffect(() => {
    if (box.current === null) return undefined;
    const observer = new ResizeObserver((entries) =>
      setWidth(Math.floor(entries[0]?.contentRect.width ?? 0)),
    );
    observer.observe(box.current);
    return () => observer.disconnect();
  }, []);
  const rows = useMemo(
    () =>
      groups.map((group) => {
        const row: Record<string, string | number | [number, number]> = { label: group.label };
        for (const [index, estimate] of group.estimates.entries()) {
          if (estimate === undefined) continue;
          const value = estimate.value * 100;
          row[`v${String(index)}`] = value;
          row[`e${String(index)}`] = [value - estimate.low * 100, estimate.high * 100 - value];
        }
        return row;
      }),
    [groups],
  );
  const summary = groups
    .map(
      (group) =>
        `${group.label}: ${group.estimates.map((one, index) => (one === undefined ? "no value" : `${seriesLabels[index] ?? ""} ${formatPercent(one.value)} [${formatPercent(one.low)}, ${formatPercent(one.high)}]`)).join(", ")}`,
    )
    .join("; ");
  return (
    <figure className="fig" aria-labelledby={titleId}>
      <header>
        <b id={titleId}>{title}</b>
        <span className="u" title={caption}>
          {caption}
        </span>
      </header>
      {seriesLabels.length > 1 && (
        <div className="barlegend s11 t2">
          {seriesLabels.map((label, index) => (
            <span key={label}>
              <i
                style={{
                  background: fillOf(tones, index),
                }}
              />
              {label}
            </span>
          ))}
        </div>
      )}
      <div
        ref={box}
        className="bars"
        style={{ height }}
        role="img"
        aria-label={`${title}, ${caption}. ${summary}`}
      >
        {width > 0 && (
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
            {seriesLabels.map((label, index) => (
              <Bar
                key={label}
                dataKey={`v${String(index)}`}
                fill={fillOf(tones, index)}
                isAnimationActive={false}
                maxBarSize={44}
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
        )}
        {width > 0 && seriesLabels.length === 1 && (
          <BarValues groups={groups} width={width} height={height} />
        )}
      </div>
    </figure>
  );
}
