/** A chart as an SVG file of its own: the same geometry as in the window, with its colours written in. Pure. */
import { bandPath, linePath } from "../series-chart/line-path.ts";
import type { Box } from "../series-chart/line-path.ts";
import { heightOf, scaleFor, share } from "../axes/scale.ts";
import type { ScaleKind } from "../axes/scale.ts";
import { seriesTone, stepRange } from "../series.ts";
import type { Range, Series } from "../series.ts";
import { innerTicks } from "../axes/ticks.ts";

export interface Picture {
  readonly title: string;
  readonly unit: string;
  readonly series: readonly Series[];
  readonly format: (value: number | null) => string;
  readonly fromZero: boolean;
  readonly scale: ScaleKind;
  readonly xRange: Range | undefined;
  readonly xName: string;
  /** The colour of a token such as --data-1 or --text-1, as CSS writes colours. */
  readonly color: (token: string) => string;
}

const WIDTH = 960;
const HEIGHT = 480;
const LEFT = 72;
const RIGHT = 24;
const TOP = 64;
const BOTTOM = 40;
const INNER = { width: WIDTH - LEFT - RIGHT, height: HEIGHT - TOP - BOTTOM };

/** Text that stands for itself in XML. */
export function escapeXml(text: string): string {
  const names: Readonly<Record<string, string>> = {
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    '"': "&quot;",
    "'": "&#39;",
  };
  return (
    text
      // XML knows no control characters, not even escaped.
      .replaceAll(/\p{Cc}/gu, "\uFFFD")
      .replaceAll(/[&<>"']/gu, (sign) => names[sign] ?? "")
  );
}

function label(
  x: number,
  y: number,
  anchor: "start" | "middle" | "end",
  color: string,
  text: string,
  weight = 400,
): string {
  return `<text x="${String(x)}" y="${String(y)}" text-anchor="${anchor}" fill="${color}" font-weight="${String(weight)}">${escapeXml(text)}</text>`;
}

function lineOf(series: Series, index: number, box: Box, color: Picture["color"]): string {
  const { token, dash } = seriesTone(series.tone ?? index);
  const stroke = color(token);
  const dashes = dash.length === 0 ? "" : ` stroke-dasharray="${dash.join(" ")}"`;
  const line = (values: readonly (number | null)[], width: number, extra: string): string =>
    `<path d="${linePath(series.x, values, box)}" fill="none" stroke="${stroke}" stroke-width="${String(width)}" stroke-linejoin="round"${extra}/>`;
  return [
    series.low === undefined
      ? ""
      : `<path d="${bandPath(series, box)}" fill="${stroke}" fill-opacity="0.22"/>`,
    series.raw === undefined ? "" : line(series.raw, 1, ' opacity="0.4"'),
    line(series.y, 1.5, dashes),
  ].join("");
}

function legend(picture: Picture): string {
  let x = LEFT;
  const items = picture.series.map((one, index) => {
    const { token, dash } = seriesTone(one.tone ?? index);
    const at = x;
    x += 34 + one.label.length * 7;
    return `<line x1="${String(at)}" x2="${String(at + 20)}" y1="46" y2="46" stroke="${picture.color(token)}" stroke-width="2" stroke-dasharray="${dash.join(" ")}"/>${label(at + 26, 50, "start", picture.color("--text-2"), one.label)}`;
  });
  return items.join("");
}

export function chartPicture(picture: Picture): string {
  const { series, color } = picture;
  const known = picture.xRange ?? stepRange(series) ?? { min: 0, max: 1 };
  const xRange = known.max > known.min ? known : { min: known.min, max: known.min + 1 };
  const scale = scaleFor(series, { ...picture, kind: picture.scale, ticks: 5 });
  const box: Box = { ...INNER, xRange, scale };
  const rows = scale.ticks.map((tick) => {
    const y = Math.round(((100 - (heightOf(scale, tick) ?? 0)) / 100) * INNER.height) + 0.5;
    return `<line x1="0" x2="${String(INNER.width)}" y1="${String(y)}" y2="${String(y)}" stroke="${color("--grid")}"/>${label(-8, y + 4, "end", color("--text-3"), picture.format(tick))}`;
  });
  const columns = innerTicks(xRange, 8).map((tick, index) =>
    label(
      (share(tick, xRange) / 100) * INNER.width,
      INNER.height + 20,
      "middle",
      color("--text-3"),
      index === 0
        ? `${picture.xName} ${tick.toLocaleString("en-US")}`
        : tick.toLocaleString("en-US"),
    ),
  );
  const unit = scale.kind === "log" ? `${picture.unit}, log axis` : picture.unit;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${String(WIDTH)}" height="${String(HEIGHT)}" viewBox="0 0 ${String(WIDTH)} ${String(HEIGHT)}" font-family="Inter, system-ui, sans-serif" font-size="13">`,
    `<rect width="100%" height="100%" fill="${color("--bg-1")}"/>`,
    label(LEFT, 26, "start", color("--text-1"), picture.title, 600),
    label(WIDTH - RIGHT, 26, "end", color("--text-3"), unit),
    series.length > 1 ? legend(picture) : "",
    `<g transform="translate(${String(LEFT)} ${String(TOP)})">`,
    ...rows,
    `<svg width="${String(INNER.width)}" height="${String(INNER.height)}" overflow="hidden">`,
    ...series.map((one, index) => lineOf(one, index, box, color)),
    "</svg>",
    ...columns,
    "</g></svg>",
  ].join("\n");
}
