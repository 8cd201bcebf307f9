/** How values become heights: straight, or by powers of ten. Pure. */
import { scaleLinear, scaleLog } from "d3-scale";
import type { ScaleContinuousNumeric } from "d3-scale";
import { valueRange } from "../series.ts";
import type { Range, Series } from "../series.ts";
import { niceAxis, niceLogAxis, readableAxis } from "./ticks.ts";
import type { Axis } from "./ticks.ts";

export type ScaleKind = "linear" | "log";

export interface Scale extends Axis {
  readonly kind: ScaleKind;
}

/** Places of values between two ends, in any unit. What cannot be drawn is not finite there. */
export function placesOf(
  { kind, range }: Pick<Scale, "kind" | "range">,
  ends: readonly [number, number],
): ScaleContinuousNumeric<number, number> {
  const scale = kind === "log" ? scaleLog() : scaleLinear();
  return scale.domain([range.min, range.max]).range(ends);
}

/** Position of a value along a range, 0 at its beginning and 100 at its end. */
export function share(value: number, range: Range): number {
  return placesOf({ kind: "linear", range }, [0, 100])(value);
}

/** Height of a value in percent of the chart, from its foot; undefined where it cannot be drawn. */
export function heightOf(scale: Scale, value: number): number | undefined {
  const at = placesOf(scale, [0, 100])(value);
  return Number.isFinite(at) ? at : undefined;
}

interface AxisChoice {
  readonly kind: ScaleKind;
  readonly fromZero: boolean;
  /** At most so many parts. */
  readonly ticks: number;
  /** How its ticks are written. */
  readonly format: (value: number) => string;
}

/** The axis for these series. Where nothing is above zero a logarithmic axis cannot be had, and a straight one is given. */
export function scaleFor(
  series: readonly Series[],
  { kind, fromZero, ticks, format }: AxisChoice,
): Scale {
  const positive = kind === "log" ? valueRange(series, 0) : undefined;
  if (positive !== undefined) return { kind: "log", ...niceLogAxis(positive) };
  const range = valueRange(series) ?? { min: 0, max: 1 };
  const wide = fromZero ? { min: Math.min(0, range.min), max: Math.max(0, range.max) } : range;
  const axis = areWhole(series) ? niceAxis(wide, ticks, true) : readableAxis(wide, ticks, format);
  return { kind: "linear", ...axis };
}

/** Whether what was measured are counts; a smoothed line counts what it was before. */
function areWhole(series: readonly Series[]): boolean {
  return series.every(({ y, raw, low, high }) =>
    [raw ?? y, low ?? [], high ?? []].every((values) =>
      values.every((value) => value === null || Number.isInteger(value)),
    ),
  );
}

/** Values that a logarithmic axis leaves out. */
export function notDrawn(series: readonly Series[], scale: Scale): number {
  if (scale.kind === "linear") return 0;
  let count = 0;
  for (const one of series)
    for (const value of one.y) if (value !== null && !(value > 0)) count += 1;
  return count;
}
