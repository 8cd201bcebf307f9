/** Proportions as bars from 0 to 100% with their 95% intervals; several series stand side by side. */
import { lazy } from "react";
import type { ReactNode } from "react";
import { formatPercent } from "#renderer/ui/format.ts";
import type { Proportion } from "#renderer/ui/score.tsx";
import type { MarkStyle } from "../intervals/mark.tsx";
import { seriesTone } from "../series.ts";
import { BarFigure } from "./bar-figure.tsx";
import type { IntervalBarGroup } from "./interval-bars-drawing.tsx";

// recharts is a third of the window's code, and most screens draw no bars.
const IntervalBarsDrawing = lazy(async () => ({
  default: (await import("./interval-bars-drawing.tsx")).IntervalBarsDrawing,
}));

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

function estimateText(label: string | undefined, estimate: Proportion | undefined): string {
  if (estimate === undefined) return "no value";
  const { value, low, high } = estimate;
  return `${label ?? ""} ${formatPercent(value)} [${formatPercent(low)}, ${formatPercent(high)}]`;
}

/** Bars with whiskers; the same numbers are in `aria-label` and in the table that the screen shows. */
export function IntervalBars(props: IntervalBarsProps): ReactNode {
  const { title, caption, seriesLabels, groups, tones, height = 196 } = props;
  const series = seriesLabels.map((label, index) => ({ label, fill: fillOf(tones, index) }));
  const summary = groups
    .map(({ label, estimates }) => {
      const texts = estimates.map((one, index) => estimateText(seriesLabels[index], one));
      return `${label}: ${texts.join(", ")}`;
    })
    .join("; ");
  return (
    <BarFigure
      title={title}
      caption={caption}
      summary={summary}
      height={height}
      legend={
        series.length > 1 && (
          <div className="barlegend s11 t2">
            {series.map(({ label, fill }) => (
              <span key={label}>
                <i style={{ background: fill }} />
                {label}
              </span>
            ))}
          </div>
        )
      }
    >
      {(size) => <IntervalBarsDrawing {...size} series={series} groups={groups} />}
    </BarFigure>
  );
}
