/** Lines and bands as SVG path data in a box of pixels, for the window and for exported pictures. Pure. */
import { drawn, drawnRange, share } from "./scale.ts";
import type { Scale } from "./scale.ts";
import type { Range, Series } from "./series.ts";

export interface Box {
  readonly width: number;
  readonly height: number;
  readonly xRange: Range;
  readonly scale: Scale;
}

function rounded(value: number): string {
  return String(Math.round(value * 10) / 10);
}

type Place = (x: number, value: number | null) => string | undefined;

function placeIn({ width, height, xRange, scale }: Box): Place {
  const range = drawnRange(scale);
  return (x, value) => {
    const at = drawn(scale.kind, value);
    if (at === null || !Number.isFinite(at)) return undefined;
    return `${rounded((share(x, xRange) / 100) * width)} ${rounded(height - (share(at, range) / 100) * height)}`;
  };
}

/** One line; a hole in the values is a hole in the line. */
export function linePath(
  xs: readonly number[],
  values: readonly (number | null)[],
  box: Box,
): string {
  const place = placeIn(box);
  let path = "";
  let pen = false;
  for (const [index, x] of xs.entries()) {
    const at = place(x, values[index] ?? null);
    if (at !== undefined) path += `${pen ? "L" : "M"}${at}`;
    pen = at !== undefined;
  }
  return path;
}

/** The area between two lines, one closed part for each run of points that both have. */
export function bandPath(series: Series, box: Box): string {
  const place = placeIn(box);
  let path = "";
  let up: string[] = [];
  let down: string[] = [];
  const close = (): void => {
    if (up.length > 0) path += `M${up.join("L")}L${down.toReversed().join("L")}Z`;
    up = [];
    down = [];
  };
  for (const [index, x] of series.x.entries()) {
    const high = place(x, series.high?.[index] ?? null);
    const lowest = series.low?.[index] ?? null;
    const below = box.scale.kind === "log" && lowest !== null ? footOf(x, box) : undefined;
    const low = place(x, lowest) ?? below;
    if (high === undefined || low === undefined) close();
    else {
      up.push(high);
      down.push(low);
    }
  }
  close();
  return path;
}

/** On a logarithmic axis a band whose lower end is not above zero reaches down to the foot. */
function footOf(x: number, box: Box): string {
  return `${rounded((share(x, box.xRange) / 100) * box.width)} ${rounded(box.height)}`;
}

/** Where single points stand, for lines of so few that each is marked. */
export function pointPlaces(
  series: Series,
  box: Box,
): readonly { readonly x: number; readonly cx: number; readonly cy: number }[] {
  const place = placeIn(box);
  return series.x.flatMap((x, index) => {
    const at = place(x, series.y[index] ?? null);
    if (at === undefined) return [];
    const [cx = 0, cy = 0] = at.split(" ").map(Number);
    return [{ x, cx, cy }];
  });
}
