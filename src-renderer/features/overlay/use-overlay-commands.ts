/** Keys of the overlay: its range, axes, smoothing and crosshair. */
import { useMemo } from "react";
import { useCrosshair } from "#renderer/charts/crosshair.tsx";
import { nextSmoothing } from "#renderer/charts/smoothing.ts";
import { useCommands } from "#renderer/navigation/command-registry.ts";
import { nextAxis } from "./overlay-axis.ts";
import type { OverlayView } from "./use-overlay-view.ts";
import { screenCommands } from "#renderer/ui/screen-commands.ts";

export function useOverlayCommands(view: OverlayView): void {
  const { setZoom, x, setX, log, setLog, smoothing, setSmoothing, together, setTogether } = view;
  const crosshair = useCrosshair();
  useCommands(
    useMemo(() => {
      const command = screenCommands("overlay");
      return [
        command("all", "Show the whole runs", "0", () => setZoom(undefined)),
        command("x", "Along steps, time at work or tokens", "X", () => setX(nextAxis(x))),
        command("log", "Logarithmic axis, or straight", "Y", () => setLog(!log)),
        command("smooth", "Smooth the lines more, or not", "E", () =>
          setSmoothing(nextSmoothing(smoothing)),
        ),
        command(
          "seeds",
          "Seeds of one recipe as one line with a band, or each by itself",
          "B",
          () => setTogether(!together),
        ),
        command("release", "Follow the newest step", "Escape", () => crosshair.pin(undefined)),
      ];
    }, [setZoom, setX, x, setLog, log, smoothing, setSmoothing, together, setTogether, crosshair]),
  );
}
