/** Exponential moving averages of lines. The raw line always stays beside the smoothed one. Pure. */
import type { Series } from "./series.ts";

/** Weights of the past that can be chosen; 0 is off. */
export const SMOOTHINGS = [0, 0.6, 0.9, 0.97] as const;
export type Smoothing = (typeof SMOOTHINGS)[number];

export function asSmoothing(text: string): Smoothing {
  return SMOOTHINGS.find((one) => String(one) === text) ?? 0;
}

export function nextSmoothing(smoothing: Smoothing): Smoothing {
  return SMOOTHINGS[(SMOOTHINGS.indexOf(smoothing) + 1) % SMOOTHINGS.length] ?? 0;
}

/**
 * sₜ = w sₜ₋₁ + (1 − w) xₜ from s₀ = 0, divided by 1 − wᵗ so that the beginning is not drawn to zero (as Adam corrects
 * its moments). A hole stays a hole and counts for nothing.
 */
export function ema(values: readonly (number | null)[], weight: number): (number | null)[] {
  let sum = 0;
  let seen = 0;
  return values.map((value) => {
    if (value === null) return null;
    sum = weight * sum + (1 - weight) * value;
    seen += 1;
    return sum / (1 - weight ** seen);
  });
}

/** The series with its average as the line and what it was drawn faintly behind. */
export function smoothed(series: Series, weight: Smoothing): Series {
  return weight === 0 ? series : { ...series, y: ema(series.y, weight), raw: series.y };
}
