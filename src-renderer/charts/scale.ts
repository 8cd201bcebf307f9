/** How values become heights: straight, or by powers of ten. Pure. */
import { niceAxis, valueRange } from "./series.ts";
import type { Range, Series } from "./series.ts";

export type ScaleKind = "linear" | "log";

export interface Scale {
  readonly kind: ScaleKind;
  /** Both ends of the axis, as values. */
  readonly range: Range;
  readonly ticks: readonly number[];
}

/** Position of a value along a range, 0 at its beginning and 100 at its end. */
export function share(value: number, range: Range): number {
  return ((value - range.min) / (range.max - range.min)) * 100;
}

/** What is drawn for a value: itself or its logarithm; nothing where it has none. */
export function drawn(kind: ScaleKind, value: number | null): number | null {
  if (value === null || kind === "linear") return value;
  return value > 0 ? Math.log10(value) : null;
}

/** The axis in drawn units. */
export function drawnRange(scale: Scale): Range {
  if (scale.kind === "linear") return scale.range;
  return { min: Math.log10(scale.range.min), max: Math.log10(scale.range.max) };
}

/** Height of a value in percent of the chart, from its foot; undefined where it cannot be drawn. */
export function heightOf(scale: Scale, value: number): number | undefined {
  const at = drawn(scale.kind, value);
  return at === null ? undefined : share(at, drawnRange(scale));
}

/** Powers of ten around the positive values, with 2 and 5 between where there are few. */
function logAxis(low: number, high: number): Pick<Scale, "range" | "ticks"> {
  const first = Math.floor(Math.log10(low) + 1e-9);
  const last = Math.max(first + 1, Math.ceil(Math.log10(high) - 1e-9));
  const every = Math.max(1, Math.ceil((last - first) / 4));
  const ticks: number[] = [];
  for (let power = first; power <= last; power += 1) {
    if ((power - first) % every === 0) ticks.push(10 ** power);
    if (last - first === 1 && power < last) ticks.push(2 * 10 ** power, 5 * 10 ** power);
  }
  return { range: { min: 10 ** first, max: 10 ** last }, ticks };
}

/** Least positive and greatest value of what is drawn. */
function positiveRange(series: readonly Series[]): Range | undefined {
  let min = Number.POSITIVE_INFINITY;
  let max = 0;
  for (const one of series)
    for (const values of [one.y, one.raw ?? [], one.low ?? [], one.high ?? []])
      for (const value of values) {
        if (value === null || !(value > 0) || !Number.isFinite(value)) continue;
        if (value < min) min = value;
        if (value > max) max = value;
      }
  return max > 0 ? { min, max } : undefined;
}

/** The axis for these series. Where nothing is above zero a logarithmic axis cannot be had, and a straight one is given. */
export function scaleFor(
  series: readonly Series[],
  kind: ScaleKind,
  fromZero: boolean,
  ticks = 2,
): Scale {
  const positive = kind === "log" ? positiveRange(series) : undefined;
  if (positive !== undefined) return { kind: "log", ...logAxis(positive.min, positive.max) };
  const range = valueRange(series) ?? { min: 0, max: 1 };
  const wide = fromZero ? { min: Math.min(0, range.min), max: Math.max(0, range.max) } : range;
  return { kind: "linear", ...niceAxis(wide, ticks) };
}

/** Values that a logarithmic axis leaves out. */
export function notDrawn(series: readonly Series[], scale: Scale): number {
  if (scale.kind === "linear") return 0;
  let count = 0;
  for (const one of series)
    for (const value of one.y) if (value !== null && !(value > 0)) count += 1;
  return count;
}
