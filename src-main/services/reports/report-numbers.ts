/** How numbers read in a report. */
import type { Estimate } from "#shared/schema/engine-protocol.ts";

export function percent(share: number): string {
  return fixed(share * 100, 1);
}

export function interval({ low, high }: Pick<Estimate, "low" | "high">): string {
  return `[${percent(low)}, ${percent(high)}]`;
}

export function points(difference: number): string {
  const text = percent(difference);
  return difference > 0 ? `+${text}` : text;
}

export function pValue(p: number): string {
  return p < 0.001 ? "<0.001" : fixed(p, p < 0.1 ? 3 : 2);
}

export function count(value: number): string {
  return value.toLocaleString("en-US");
}

export function duration(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (seconds < 120) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 120 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

export function day(timeMs: number): string {
  return new Date(timeMs).toISOString().slice(0, 16).replace("T", " ");
}

function fixed(value: number, digits: number): string {
  return value.toFixed(digits).replace("-", "−");
}
