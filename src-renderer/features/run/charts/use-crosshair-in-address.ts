/** The crosshair of a run's charts, kept on the step that the address names. */
import { useEffect, useState } from "react";
import { Crosshair } from "#renderer/charts/crosshair.tsx";
import { usePinnedStep } from "./use-pinned-step.ts";

export interface CrosshairInAddress {
  readonly crosshair: Crosshair;
  readonly pinned: number | undefined;
  readonly setPinned: (step: number | undefined) => void;
}

export function useCrosshairInAddress(): CrosshairInAddress {
  const [crosshair] = useState(() => new Crosshair());
  const [pinned, setPinned] = usePinnedStep();
  useEffect(() => {
    crosshair.pin(pinned);
    return crosshair.store.subscribe(({ pinned: step }) => {
      if (step !== pinned) setPinned(step);
    });
  }, [crosshair, pinned, setPinned]);
  return { crosshair, pinned, setPinned };
}
