/**
 * Round numbers along an axis. Pure.
 *
 * The distance between them is chosen here rather than by d3's `ticks`, which comes nearest to a count and may go half
 * beyond it: in a chart of 88 pixels a count is a bound. It also knows quarters: 25, 50 and 75 of a hundred.
 */
import { range as multiples } from "d3-array";
import { scaleLog } from "d3-scale";
import type { Range } from "../series.ts";

export interface Axis {
  /** Both ends, as values. */
  readonly range: Range;
  readonly ticks: readonly number[];
}

/** The least of 1, 2, 2.5, 5 × 10ⁿ that cuts a span into no more than `count` parts; of whole numbers a whole one. */
function niceStep(span: number, count: number, isWhole: boolean): number {
  const rough = span / Math.max(1, count);
  if (isWhole && rough <= 1) return 1;
  const power = 10 ** Math.floor(Math.log10(rough));
  const units = isWhole && power === 1 ? [1, 2, 5] : [1, 2, 2.5, 5];
  return power * (units.find((unit) => rough / power <= unit) ?? 10);
}

/** A range that has a width, around the only value where it had none; where all is zero, what could be measured lies above. */
export function widened({ min, max }: Range): Range {
  if (max > min) return { min, max };
  if (min === 0) return { min: 0, max: 1 };
  return { min: min - Math.abs(min) / 2, max: max + Math.abs(max) / 2 };
}

/** A range widened to round numbers, and the round numbers in it. */
export function niceAxis(range: Range, count: number, isWhole = false): Axis {
  const { min, max } = widened(range);
  const step = niceStep(max - min, count, isWhole);
  const first = Math.floor(min / step + 1e-9);
  const last = Math.ceil(max / step - 1e-9);
  const ticks = multiples(first, last + 1).map((at) => Number((at * step).toPrecision(12)));
  return { range: { min: ticks[0] ?? min, max: ticks.at(-1) ?? max }, ticks };
}

/** As `niceAxis`, on whole numbers where a tick between two of them would be written as one of them. */
export function readableAxis(range: Range, count: number, format: (value: number) => string): Axis {
  const axis = niceAxis(range, count);
  const misread = axis.ticks.some(
    (tick) => !Number.isInteger(tick) && format(tick) === format(Math.round(tick)),
  );
  const { min, max } = widened(range);
  return misread && max - min >= 1 ? niceAxis(range, count, true) : axis;
}

/** Round whole numbers inside a range that itself must not grow: for steps along the x axis. */
export function innerTicks({ min, max }: Range, count: number): readonly number[] {
  if (!(max > min)) return [min];
  const step = niceStep(max - min, count, true);
  return multiples(Math.ceil(min / step), Math.floor(max / step) + 1).map((at) => at * step);
}

/** 1, 2 and 5 × 10ⁿ in a range above zero. */
export function logTicks({ min, max }: Range): readonly number[] {
  const scale = scaleLog().domain([min, max]);
  const decades = Math.ceil(Math.log10(max)) - Math.floor(Math.log10(min));
  return scale.ticks(decades + 1).filter((tick) => /^[125]/u.test(tick.toExponential()));
}

/** The powers of ten around values above zero, with 2 and 5 between where there are two. */
export function niceLogAxis({ min, max }: Range): Axis {
  // What is a hair beyond a power of ten by rounding does not open another decade.
  const first = Math.floor(Math.log10(min) + 1e-9);
  const last = Math.max(first + 1, Math.ceil(Math.log10(max) - 1e-9));
  const range = { min: 10 ** first, max: 10 ** last };
  const every = Math.max(1, Math.ceil((last - first) / 4));
  const powers = multiples(first, last + 1, every).map((power) => 10 ** power);
  return { range, ticks: last - first === 1 ? logTicks(range) : powers };
}
