/** A chart's values at the crosshair, or the newest: beside the title, or by line where there are several. */
import type { ReactNode } from "react";
import { measured } from "./chart-marks.tsx";
import { useCrosshairStep } from "../crosshair.tsx";
import { seriesTone, valueAt } from "../series.ts";
import type { Series } from "../series.ts";

type Format = (value: number | null) => string;

export function CurrentValue({
  series,
  format,
}: {
  readonly series: Series;
  readonly format: Format;
}): ReactNode {
  const step = useCrosshairStep() ?? Number.POSITIVE_INFINITY;
  return <span className="v">{format(valueAt(measured(series), step))}</span>;
}

export function Legend({
  series,
  format,
}: {
  readonly series: readonly Series[];
  readonly format: Format;
}): ReactNode {
  const step = useCrosshairStep() ?? Number.POSITIVE_INFINITY;
  return (
    <span className="legend s11">
      {series.map((one, index) => (
        <span key={one.id} className="t2">
          <LegendLine tone={one.tone ?? index} />
          {one.label} <b>{format(valueAt(measured(one), step))}</b>
        </span>
      ))}
    </span>
  );
}

export function LegendLine({ tone }: { readonly tone: number }): ReactNode {
  const { token, dash } = seriesTone(tone);
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
