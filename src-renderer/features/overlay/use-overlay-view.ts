/** How the overlay stands: its runs, metric, axes, range and chosen run, all of it in the address. */
import { useCallback, useMemo } from "react";
import type { OverlayAxis } from "#shared/contract/cockpit.ts";
import type { RunId } from "#shared/schema/run.ts";
import { runIdFrom } from "#renderer/bridge/ids.ts";
import { rangeFrom, rangeText } from "#renderer/charts/axes/step-range.ts";
import { useCrosshair } from "#renderer/charts/crosshair.tsx";
import type { Range } from "#renderer/charts/series.ts";
import { asSmoothing } from "#renderer/charts/smoothing.ts";
import type { Smoothing } from "#renderer/charts/smoothing.ts";
import { useFilter } from "#renderer/navigation/location.ts";
import { asAxis, AXIS_NAMES } from "./overlay-axis.ts";

export interface OverlayView {
  readonly ids: readonly RunId[];
  readonly remove: (runIds: readonly RunId[]) => void;
  /** "" shows the first of the usual ones. */
  readonly metric: string;
  readonly setMetric: (name: string) => void;
  readonly smoothing: Smoothing;
  readonly setSmoothing: (smoothing: Smoothing) => void;
  /** Runs of one recipe with other seeds are one line with a band. */
  readonly together: boolean;
  readonly setTogether: (together: boolean) => void;
  readonly log: boolean;
  readonly setLog: (log: boolean) => void;
  readonly x: OverlayAxis;
  /** Of the x axis. */
  readonly unit: string;
  readonly setX: (x: OverlayAxis) => void;
  readonly zoom: Range | undefined;
  readonly setZoom: (range: Range | undefined) => void;
  /** The run that is drawn thicker. */
  readonly strong: RunId | undefined;
  readonly setStrong: (runId: RunId | undefined) => void;
}

/** Runs named in an address, each once and no more than a chart holds. */
function idsIn(text: string): readonly RunId[] {
  const ids = text.split(",").flatMap((part) => runIdFrom(part) ?? []);
  return [...new Set(ids)].slice(0, 50);
}

export function useOverlayView(): OverlayView {
  const crosshair = useCrosshair();
  const [runsText, setRuns] = useFilter("runs");
  const [metric, setMetric] = useFilter("metric");
  const [smoothText, setSmooth] = useFilter("smooth");
  const [seedsText, setSeeds] = useFilter("seeds");
  const [axis, setAxis] = useFilter("axis");
  const [xText, setXText] = useFilter("x");
  const [zoomText, setZoomText] = useFilter("zoom");
  const [strongText, setStrong] = useFilter("run");
  const ids = useMemo(() => idsIn(runsText), [runsText]);
  const x = asAxis(xText);
  return {
    ids,
    remove: (runIds) => setRuns(ids.filter((one) => !runIds.includes(one)).join(",")),
    metric,
    setMetric,
    smoothing: asSmoothing(smoothText),
    setSmoothing: useCallback(
      (next: Smoothing) => setSmooth(next === 0 ? "" : String(next)),
      [setSmooth],
    ),
    together: seedsText === "together",
    setTogether: useCallback(
      (together: boolean) => setSeeds(together ? "together" : ""),
      [setSeeds],
    ),
    log: axis === "log",
    setLog: useCallback((log: boolean) => setAxis(log ? "log" : ""), [setAxis]),
    x,
    unit: AXIS_NAMES[x].unit,
    setX: useCallback(
      (next: OverlayAxis) => {
        // The old range and the old place mean nothing on another axis.
        setZoomText("", false);
        crosshair.pin(undefined);
        setXText(next === "step" ? "" : next);
      },
      [setZoomText, crosshair, setXText],
    ),
    zoom: useMemo(() => rangeFrom(zoomText), [zoomText]),
    setZoom: useCallback(
      // A zoom can be gone back from.
      (range: Range | undefined) => setZoomText(range === undefined ? "" : rangeText(range), false),
      [setZoomText],
    ),
    strong: ids.find((id) => id === strongText),
    setStrong: (runId) => setStrong(runId ?? ""),
  };
}
