/** What lies over a chart's lines: grid and limits, marked moments, the range being marked, and the crosshair. */
import type { CSSProperties, ReactNode } from "react";
import { useCrosshairStep } from "../crosshair.tsx";
import { heightOf, share } from "../axes/scale.ts";
import type { Scale } from "../axes/scale.ts";
import { seriesTone, valueAt } from "../series.ts";
import type { Range, Series } from "../series.ts";

/** A moment worth knowing: a checkpoint, or an alarm. */
export interface Marker {
  readonly id: string;
  readonly x: number;
  readonly kind: "checkpoint" | "warning" | "error" | "info";
  readonly label: string;
}

/** A limit or baseline: dotted and named. */
export interface Limit {
  readonly value: number;
  readonly label: string;
}

const percent = (value: number): string => `${String(value)}%`;

export function GridLines({
  scale,
  limits,
}: {
  readonly scale: Scale;
  readonly limits: readonly Limit[];
}): ReactNode {
  return (
    <div className="grids" aria-hidden="true">
      {scale.ticks.map((tick) => (
        <i
          key={tick}
          className={tick === scale.range.min ? "gx axis0" : "gx"}
          style={{ top: percent(100 - (heightOf(scale, tick) ?? 0)) }}
        />
      ))}
      {limits.map((limit) => {
        const height = heightOf(scale, limit.value);
        if (height === undefined || height < 0 || height > 100) return null;
        return (
          <i
            key={limit.label}
            className={height > 80 ? "gx limit high" : "gx limit"}
            style={{ top: percent(100 - height) }}
          >
            <span>{limit.label}</span>
          </i>
        );
      })}
    </div>
  );
}

const SIGNS = { checkpoint: "\u25C7", warning: "\u25B3", error: "\u2715", info: "\u2013" } as const;

export function MarkerLines({
  markers,
  xRange,
}: {
  readonly markers: readonly Marker[];
  readonly xRange: Range;
}): ReactNode {
  return (
    <span className="markers" aria-hidden="true">
      {markers
        .filter((marker) => marker.x >= xRange.min && marker.x <= xRange.max)
        .map((marker) => (
          <i
            key={marker.id}
            className={`mkr ${marker.kind}`}
            style={{ left: percent(share(marker.x, xRange)) }}
            title={marker.label}
          >
            {SIGNS[marker.kind]}
          </i>
        ))}
    </span>
  );
}

export function BrushMark({
  marked,
  xRange,
}: {
  readonly marked: Range | undefined;
  readonly xRange: Range;
}): ReactNode {
  if (marked === undefined) return null;
  const left = share(marked.min, xRange);
  return (
    <i
      className="brush"
      aria-hidden="true"
      style={{ left: percent(left), width: percent(share(marked.max, xRange) - left) }}
    />
  );
}

/** Values are those that were measured, of a smoothed line too. */
export function measured(series: Series): Series {
  return series.raw === undefined ? series : { ...series, y: series.raw };
}

export function CrosshairMark({
  series,
  xRange,
  scale,
}: {
  readonly series: readonly Series[];
  readonly xRange: Range;
  readonly scale: Scale;
}): ReactNode {
  const step = useCrosshairStep();
  if (step === undefined || step < xRange.min || step > xRange.max) return null;
  const style: CSSProperties & Record<"--x", string> = { "--x": String(share(step, xRange)) };
  return (
    <span style={style} aria-hidden="true">
      <i className="xh" />
      {series.map((one, index) => {
        const value = valueAt(measured(one), step);
        const height = value === null ? undefined : heightOf(scale, value);
        if (height === undefined || height < -1 || height > 101) return null;
        const dot: CSSProperties & Record<"--c", string> = {
          top: percent(100 - height),
          "--c": `var(${seriesTone(one.tone ?? index).token})`,
        };
        return <i key={one.id} className="xd" style={dot} />;
      })}
    </span>
  );
}
