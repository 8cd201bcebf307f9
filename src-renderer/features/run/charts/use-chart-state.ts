/** How the charts of a run stand: everything in the address, so that a view can be sent on and gone back to. */
import { useCallback, useMemo } from "react";
import { useFilter } from "#renderer/navigation/location.ts";
import type { ScaleKind } from "#renderer/charts/axes/scale.ts";
import { asSmoothing } from "#renderer/charts/smoothing.ts";
import type { Smoothing } from "#renderer/charts/smoothing.ts";
import type { ChartState } from "./use-chart-commands.ts";
import { useZoom } from "./zoom/use-zoom.ts";

export function useChartState(
  lastStep: number,
  pinned: number | undefined,
  setPinned: (step: number | undefined) => void,
): ChartState {
  const [zoom, setZoom] = useZoom();
  const [smooth, setSmooth] = useFilter("smooth");
  const [axis, setAxis] = useFilter("axis");
  const [view, setView] = useFilter("view", "charts");
  const [chart, setChart] = useFilter("chart");
  const setSmoothing = useCallback(
    (next: Smoothing) => setSmooth(next === 0 ? "" : String(next)),
    [setSmooth],
  );
  const setScale = useCallback(
    (next: ScaleKind) => setAxis(next === "log" ? "log" : ""),
    [setAxis],
  );
  const setOpened = useCallback((id: string | undefined) => setChart(id ?? "", false), [setChart]);
  const setTable = useCallback((next: boolean) => setView(next ? "table" : "charts"), [setView]);
  return useMemo(
    () => ({
      lastStep,
      pinned,
      setPinned,
      zoom,
      setZoom,
      smoothing: asSmoothing(smooth),
      setSmoothing,
      scale: axis === "log" ? "log" : "linear",
      setScale,
      opened: chart === "" ? undefined : chart,
      setOpened,
      table: view === "table",
      setTable,
    }),
    [
      lastStep,
      pinned,
      setPinned,
      zoom,
      setZoom,
      smooth,
      setSmoothing,
      axis,
      setScale,
      chart,
      setOpened,
      view,
      setTable,
    ],
  );
}
