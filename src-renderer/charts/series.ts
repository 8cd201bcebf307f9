/** What a chart draws, and the arithmetic that prepares it. Pure: no React, no drawing. */
import { bisectRight, extent } from "d3-array";

/** One line: points in rising x. `low` and `high`, where given, are its band. */
export interface Series {
  readonly id: string;
  readonly label: string;
  readonly x: readonly number[];
  readonly y: readonly (number | null)[];
  readonly low?: readonly (number | null)[];
  readonly high?: readonly (number | null)[];
  /** What a smoothed line was before, drawn faintly behind it. */
  readonly raw?: readonly (number | null)[];
  /** Its place in the order of colours where that is not its place among the series. */
  readonly tone?: number;
  /** Drawn thicker than the others: the chosen one of many. */
  readonly strong?: boolean;
}

export interface Range {
  readonly min: number;
  readonly max: number;
}

/** The most points a line may hold as a path in the document; longer ones are drawn on a canvas. */
export const SPARSE_LIMIT = 300;

/** Colour, dash and marker of the nth series; past six they turn grey. */
export function seriesTone(index: number): {
  readonly token: string;
  readonly dash: readonly number[];
} {
  const dashes = [[], [5, 3], [1.5, 3], [8, 3, 2, 3], [3, 2], [10, 4]];
  return index < 6
    ? { token: `--data-${index + 1}`, dash: dashes[index] ?? [] }
    : { token: "--data-ref", dash: [2, 2] };
}

/**
 * At most `limit` points that keep every peak: the range is cut into limit/2 buckets and each gives its lowest and
 * highest point, in their order. Shorter series come back as they are.
 */
export function minMaxDecimate(series: Series, limit: number): Series {
  const count = series.x.length;
  if (count <= limit) return series;
  const buckets = Math.max(1, Math.floor(limit / 2));
  const kept: number[] = [];
  for (let bucket = 0; bucket < buckets; bucket += 1) {
    const from = Math.floor((bucket * count) / buckets);
    const to = Math.floor(((bucket + 1) * count) / buckets);
    let lowest = from;
    let highest = from;
    for (let index = from; index < to; index += 1) {
      const value = series.y[index] ?? null;
      if (value === null) continue;
      if (value < (series.y[lowest] ?? Number.POSITIVE_INFINITY)) lowest = index;
      if (value > (series.y[highest] ?? Number.NEGATIVE_INFINITY)) highest = index;
    }
    kept.push(Math.min(lowest, highest));
    if (lowest !== highest) kept.push(Math.max(lowest, highest));
  }
  const pick = <T>(values: readonly (T | null)[]): (T | null)[] =>
    kept.map((index) => values[index] ?? null);
  return {
    ...series,
    x: kept.map((index) => series.x[index] ?? 0),
    y: pick(series.y),
    ...(series.low === undefined ? {} : { low: pick(series.low) }),
    ...(series.high === undefined ? {} : { high: pick(series.high) }),
    ...(series.raw === undefined ? {} : { raw: pick(series.raw) }),
  };
}

/** Lowest and highest value that is drawn, bands included, of those above a bound; undefined where nothing is drawn. */
export function valueRange(
  series: readonly Series[],
  above = Number.NEGATIVE_INFINITY,
): Range | undefined {
  const ends = series
    .flatMap((one) => [one.y, one.raw ?? [], one.low ?? [], one.high ?? []])
    .flatMap((values) =>
      extent(values, (value) => (Number.isFinite(value) && (value ?? 0) > above ? value : null)),
    );
  const [min, max] = extent(ends, (end) => end);
  return min === undefined || max === undefined ? undefined : { min, max };
}

/** First and last x of all series. */
export function stepRange(series: readonly Series[]): Range | undefined {
  const [min, max] = extent(
    series.flatMap(({ x }) => [x[0], x.at(-1)]),
    (end) => end,
  );
  return min === undefined ? undefined : { min, max };
}

/** The part of a series in a range and one point beyond each end, so that lines reach the edges. */
export function withinRange(series: Series, range: Range): Series {
  const from = Math.max(0, indexAt(series.x, range.min));
  const to = Math.min(series.x.length, indexAt(series.x, range.max) + 2);
  if (from === 0 && to === series.x.length) return series;
  const cut = <T>(values: readonly T[]): readonly T[] => values.slice(from, to);
  return {
    ...series,
    x: cut(series.x),
    y: cut(series.y),
    ...(series.low === undefined ? {} : { low: cut(series.low) }),
    ...(series.high === undefined ? {} : { high: cut(series.high) }),
    ...(series.raw === undefined ? {} : { raw: cut(series.raw) }),
  };
}

/** Index of the last point at or before x; −1 before the first. */
export function indexAt(xs: readonly number[], x: number): number {
  return bisectRight(xs, x) - 1;
}

/** Value of a series at the last point at or before x. */
export function valueAt(series: Series, x: number): number | null {
  const index = indexAt(series.x, x);
  return index < 0 ? null : (series.y[index] ?? null);
}
