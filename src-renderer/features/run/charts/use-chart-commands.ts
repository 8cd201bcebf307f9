/** Keys of the charts: the pinned step, the range of steps, smoothing, axis and table. */
import { useMemo } from "react";
import { useCommands } from "#renderer/navigation/command-registry.ts";
import type { Command } from "#renderer/navigation/command-registry.ts";
import type { ScaleKind } from "#renderer/charts/axes/scale.ts";
import type { Range } from "#renderer/charts/series.ts";
import { nextSmoothing } from "#renderer/charts/smoothing.ts";
import type { Smoothing } from "#renderer/charts/smoothing.ts";
import { scaledRange } from "./zoom/use-zoom.ts";
import { screenCommands } from "#renderer/ui/screen-commands.ts";

export interface ChartState {
  readonly lastStep: number;
  readonly pinned: number | undefined;
  readonly setPinned: (step: number | undefined) => void;
  readonly zoom: Range | undefined;
  readonly setZoom: (range: Range | undefined) => void;
  readonly smoothing: Smoothing;
  readonly setSmoothing: (smoothing: Smoothing) => void;
  readonly scale: ScaleKind;
  readonly setScale: (scale: ScaleKind) => void;
  readonly opened: string | undefined;
  readonly setOpened: (id: string | undefined) => void;
  readonly table: boolean;
  readonly setTable: (table: boolean) => void;
}

function commandsOf(state: ChartState): readonly Command[] {
  const { lastStep, pinned, zoom, setPinned, setZoom } = state;
  const whole = { min: 0, max: Math.max(1, lastStep) };
  const move = (by: number): void =>
    setPinned(Math.max(0, Math.min(lastStep, (pinned ?? lastStep) + by)));
  const widen = (factor: number): void => {
    const range = zoom ?? whole;
    const inside = pinned !== undefined && pinned >= range.min && pinned <= range.max;
    const around = inside ? pinned : (range.min + range.max) / 2;
    setZoom(scaledRange(range, around, factor, whole));
  };
  const command = screenCommands("run");
  return [
    command("step-before", "One step back", "ArrowLeft", () => move(-1)),
    command("step-after", "One step on", "ArrowRight", () => move(1)),
    command("steps-before", "Ten steps back", "Shift+ArrowLeft", () => move(-10)),
    command("steps-after", "Ten steps on", "Shift+ArrowRight", () => move(10)),
    command("follow", "Back to all charts, or follow the newest step", "Escape", () => {
      if (state.opened === undefined) setPinned(undefined);
      else state.setOpened(undefined);
    }),
    command("table", "Charts as a table, or back", "V", () => state.setTable(!state.table)),
    command("zoom-in", "Zoom in around the pinned step", "+", () => widen(0.5)),
    command("zoom-out", "Zoom out", "-", () => widen(2)),
    command("zoom-all", "Show all steps", "0", () => setZoom(undefined)),
    command("log-axis", "Logarithmic axes, or straight", "Y", () =>
      state.setScale(state.scale === "log" ? "linear" : "log"),
    ),
    command("smoothing", "Smooth the lines more, or not", "E", () =>
      state.setSmoothing(nextSmoothing(state.smoothing)),
    ),
  ];
}

/** @param state must be the same object while nothing of it changes. */
export function useChartCommands(state: ChartState): void {
  useCommands(useMemo(() => commandsOf(state), [state]));
}
