/** How the charts of a run stand: everything in the address, so that a view can be sent on and gone back to. */
import { useCallback } from "react";
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
  return {
    lastStep,
    pinned,
    setPinned,
    zoom,
    setZoom,
    smoothing: asSmoothing(smooth),
    setSmoothing: useCallback(
      (next: Smoothing) => setSmooth(next === 0 ? "" : String(next)),
      [setSmooth],
    ),
    scale: axis === "log" ? "log" : "linear",
    setScale: useCallback((next: ScaleKind) => setAxis(next === "log" ? "log" : ""), [setAxis]),
    opened: chart === "" ? undefined : chart,
    setOpened: useCallback((id: string | undefined) => setChart(id ?? "", false), [setChart]),
    table: view === "table",
    setTable: useCallback((next: boolean) => setView(next ? "table" : "charts"), [setView]),
  };
}
