/** The choice of how much the lines are smoothed. */
import type { ReactNode } from "react";
import { KeyCaps } from "#renderer/ui/key-caps.tsx";
import { asSmoothing, SMOOTHINGS } from "./smoothing.ts";
import type { Smoothing } from "./smoothing.ts";

export function SmoothingSelect({
  smoothing,
  onSmoothing,
}: {
  readonly smoothing: Smoothing;
  readonly onSmoothing: (smoothing: Smoothing) => void;
}): ReactNode {
  return (
    <label className="flex s12 t3">
      <span className="opt">Smooth</span>
      <select
        className="input smoothing"
        aria-label="Smoothing of the lines"
        value={String(smoothing)}
        onChange={(event) => onSmoothing(asSmoothing(event.currentTarget.value))}
      >
        {SMOOTHINGS.map((one) => (
          <option key={one} value={String(one)}>
            {one === 0 ? "off" : `EMA ${String(one)}`}
          </option>
        ))}
      </select>
      <KeyCaps keys="E" />
    </label>
  );
}
