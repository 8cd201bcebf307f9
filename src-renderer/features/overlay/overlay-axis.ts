/** Along what the overlay is drawn, as the address, the chart and files name it. */
import type { OverlayAxis } from "#shared/contract/cockpit.ts";

export const AXES: readonly OverlayAxis[] = ["step", "time", "tokens"];

export const AXIS_NAMES: Readonly<Record<OverlayAxis, { choice: string; unit: string }>> = {
  step: { choice: "Steps", unit: "step" },
  time: { choice: "Time at work", unit: "seconds" },
  tokens: { choice: "Tokens", unit: "tokens" },
};

/** Steps where the text names no axis. */
export function asAxis(text: string): OverlayAxis {
  return AXES.find((one) => one === text) ?? "step";
}

export function nextAxis(axis: OverlayAxis): OverlayAxis {
  return AXES[(AXES.indexOf(axis) + 1) % AXES.length] ?? "step";
}
