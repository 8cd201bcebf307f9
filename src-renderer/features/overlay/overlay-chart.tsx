/** The one chart of the overlay, as high as its region. */
import type { ReactNode } from "react";
import { SeriesChart } from "#renderer/charts/series-chart/series-chart.tsx";
import { useSize } from "#renderer/charts/use-size.ts";
import { Empty, SkeletonRows } from "#renderer/ui/region-state.tsx";
import type { OverlayPartProps } from "./use-overlay-lines.ts";

/** Of the chart's own head and foot. */
const FRAME_PX = 56;
const LEAST_PX = 160;

function Uncounted({ runs }: { readonly runs: number }): ReactNode {
  if (runs === 0) return null;
  return (
    <p className="s12 t3 pad">
      {runs === 1 ? "One run counts" : `${String(runs)} runs count`} no tokens and{" "}
      {runs === 1 ? "is" : "are"} not drawn.
    </p>
  );
}

function noteOf({ together, smoothing }: OverlayPartProps["view"]): string | undefined {
  const notes = [
    ...(together ? ["mean over seeds, band: its 95% interval"] : []),
    ...(smoothing === 0 ? [] : [`EMA ${String(smoothing)} over points drawn`]),
  ];
  return notes.length === 0 ? undefined : notes.join("; ");
}

function Chart({ view, lines }: OverlayPartProps): ReactNode {
  const [box, { height }] = useSize();
  const { spec } = lines;
  if (spec === undefined) return null;
  return (
    <div ref={box} className="grow overlaychart">
      <SeriesChart
        title={spec.title}
        unit={spec.unit}
        help={spec.help}
        note={noteOf(view)}
        series={lines.series}
        format={spec.format}
        fromZero={spec.fromZero}
        scale={view.log ? "log" : "linear"}
        xRange={view.zoom}
        xName={view.unit}
        onZoom={view.setZoom}
        height={Math.max(LEAST_PX, height - FRAME_PX)}
        legend={false}
      />
    </div>
  );
}

export function OverlayChart({ view, lines }: OverlayPartProps): ReactNode {
  return (
    <section className="region" aria-label="Chart">
      {lines.names?.length === 0 && <Empty>None of these runs has metrics yet.</Empty>}
      <Uncounted runs={lines.uncounted} />
      {lines.loaded ? (
        <Chart view={view} lines={lines} />
      ) : (
        lines.metric !== "" && <SkeletonRows rows={8} />
      )}
    </section>
  );
}
