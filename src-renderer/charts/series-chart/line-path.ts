/** Lines and bands as SVG path data in a box of pixels, for the window and for exported pictures. Pure. */
import { area, line } from "d3-shape";
import { placesOf } from "../axes/scale.ts";
import type { Scale } from "../axes/scale.ts";
import type { Range, Series } from "../series.ts";

export interface Box {
  readonly width: number;
  readonly height: number;
  readonly xRange: Range;
  readonly scale: Scale;
}

/** Tenths of a pixel. */
const DIGITS = 1;

interface Places {
  readonly x: (x: number) => number;
  /** Not finite where there is no value, or none that can be drawn. */
  readonly y: (value: number | null | undefined) => number;
}

function placesIn({ width, height, xRange, scale }: Box): Places {
  const x = placesOf({ kind: "linear", range: xRange }, [0, width]);
  const y = placesOf(scale, [height, 0]);
  return { x, y: (value) => y(value ?? Number.NaN) };
}

/** One line; a hole in the values is a hole in the line. */
export function linePath(
  xs: readonly number[],
  values: readonly (number | null)[],
  box: Box,
): string {
  const { x, y } = placesIn(box);
  const places = values.map(y);
  const path = line<number>()
    .defined((_, at) => Number.isFinite(places[at]))
    .x(x)
    .y((_, at) => places[at] ?? 0)
    .digits(DIGITS);
  return path(xs) ?? "";
}

/** The area between two lines, one closed part for each run of points that both have. */
export function bandPath(series: Series, box: Box): string {
  const { x, y } = placesIn(box);
  const highs = series.x.map((_, at) => y(series.high?.[at]));
  const lows = series.x.map((_, at) => {
    const lowest = series.low?.[at] ?? null;
    const place = y(lowest);
    // On a logarithmic axis a band whose lower end is not above zero reaches down to the foot.
    return box.scale.kind === "log" && lowest !== null && !Number.isFinite(place)
      ? box.height
      : place;
  });
  const path = area<number>()
    .defined((_, at) => Number.isFinite(highs[at]) && Number.isFinite(lows[at]))
    .x(x)
    .y0((_, at) => lows[at] ?? 0)
    .y1((_, at) => highs[at] ?? 0)
    .digits(DIGITS);
  return path(series.x) ?? "";
}

/** Where single points stand, for lines of so few that each is marked. */
export function pointPlaces(
  series: Series,
  box: Box,
): readonly { readonly x: number; readonly cx: number; readonly cy: number }[] {
  const { x, y } = placesIn(box);
  return series.x.flatMap((at, index) => {
    const cy = y(series.y[index]);
    return Number.isFinite(cy) ? [{ x: at, cx: x(at), cy }] : [];
  });
}
