import { describe, expect, test } from "vitest";
import { chartPicture, escapeXml } from "../../src-renderer/charts/files/chart-picture.ts";
import { bandPath, linePath } from "../../src-renderer/charts/series-chart/line-path.ts";
import { csvCell, csvOf } from "../../src-renderer/charts/files/save-chart.ts";
import { heightOf, notDrawn, scaleFor } from "../../src-renderer/charts/axes/scale.ts";
import { withinRange } from "../../src-renderer/charts/series.ts";
import type { Series } from "../../src-renderer/charts/series.ts";
import { ema, smoothed } from "../../src-renderer/charts/smoothing.ts";
import { overlaySeries } from "../../src-renderer/features/overlay/overlay-series.ts";
import { arrange, moved } from "../../src-renderer/features/run/charts/chart-layout.ts";
import { rangeFrom } from "../../src-renderer/charts/axes/step-range.ts";
import { scaledRange } from "../../src-renderer/features/run/charts/zoom/use-zoom.ts";
import { RunId } from "#shared/schema/run.ts";

const line = (y: readonly (number | null)[], x = y.map((_, at) => at)): Series => ({
  id: "a",
  label: "a",
  x,
  y,
});

const AXIS = { kind: "linear", fromZero: true, ticks: 2, format: String } as const;

describe("smoothing", () => {
  test("a constant stays what it is from the first point on", () => {
    expect(ema([3, 3, 3], 0.9)).toEqual([3, 3, 3].map((value) => expect.closeTo(value, 12)));
  });

  test("weighs the past by w and is corrected for its beginning", () => {
    // s: 0.5·1 = 0.5, /0.5 = 1; 0.25 + 0.5·4 = 2.25, /0.75 = 3; 1.125 + 0.5·0 = 1.125, /0.875.
    expect(ema([1, 4, 0], 0.5)).toEqual([1, 3, 1.125 / 0.875]);
  });

  test("leaves holes as they are and keeps the raw line beside", () => {
    expect(ema([1, null, 1], 0.9)).toEqual([1, null, expect.closeTo(1, 12)]);
    const one = line([1, 4, 0]);
    expect(smoothed(one, 0)).toBe(one);
    expect(smoothed(one, 0.6).raw).toEqual([1, 4, 0]);
  });
});

describe("a logarithmic axis", () => {
  test("goes from power to power around the positive values and says what it leaves out", () => {
    const one = line([0.02, 3, 0, -1, null]);
    const scale = scaleFor([one], { ...AXIS, kind: "log" });
    expect(scale.range).toEqual({ min: 0.01, max: 10 });
    expect(heightOf(scale, 0.01)).toBeCloseTo(0, 9);
    // Three decades: 1 is two of them up.
    expect(heightOf(scale, 1)).toBeCloseTo(200 / 3, 9);
    expect(heightOf(scale, 0)).toBeUndefined();
    expect(notDrawn([one], scale)).toBe(2);
  });

  test("is straight where nothing is above zero", () => {
    expect(scaleFor([line([-1, -2])], { ...AXIS, kind: "log", fromZero: false }).kind).toBe(
      "linear",
    );
  });
});

describe("paths", () => {
  const box = {
    width: 100,
    height: 10,
    xRange: { min: 0, max: 4 },
    scale: scaleFor([line([0, 10])], AXIS),
  };

  test("a line breaks where a value is missing", () => {
    expect(linePath([0, 1, 2, 3, 4], [0, 10, null, 5, 0], box)).toBe("M0,10L25,0M75,5L100,10");
  });

  test("a band is closed part by part", () => {
    const band = { ...line([0, 0, 0]), low: [0, 0, null], high: [10, 5, 3] };
    expect(bandPath(band, box)).toBe("M0,0L25,5L25,10L0,10Z");
  });
});

test("a zoomed line keeps one point beyond each edge, so that it reaches them", () => {
  const cut = withinRange(line([0, 1, 2, 3, 4, 5], [0, 10, 20, 30, 40, 50]), { min: 15, max: 35 });
  expect(cut.x).toEqual([10, 20, 30, 40]);
  expect(cut.y).toEqual([1, 2, 3, 4]);
});

describe("the range of steps", () => {
  test("is read from the address, and anything else is no range", () => {
    expect(rangeFrom("100-180")).toEqual({ min: 100, max: 180 });
    for (const text of ["", "180-100", "5-5", "a-b", "-5-9", "1e3-1e4"])
      expect(rangeFrom(text)).toBeUndefined();
  });

  test("halves around a step that keeps its place, and widens to all", () => {
    const whole = { min: 0, max: 100 };
    expect(scaledRange(whole, 25, 0.5, whole)).toEqual({ min: 13, max: 63 });
    expect(scaledRange({ min: 0, max: 20 }, 0, 2, whole)).toEqual({ min: 0, max: 40 });
    expect(scaledRange({ min: 40, max: 90 }, 60, 2, whole)).toBeUndefined();
  });
});

test("the order of charts and those put away are remembered; new charts follow in the catalogue's order", () => {
  const charts = ["a", "b", "c", "d"].map((id) => ({ id }));
  const layout = moved(charts, "c", -2, { order: [], hidden: ["b"] });
  expect(arrange([...charts, { id: "e" }], layout)).toEqual({
    shown: [{ id: "c" }, { id: "a" }, { id: "d" }, { id: "e" }],
    hidden: [{ id: "b" }],
  });
});

test("an overlay's line reaches the least and the greatest value of every bucket", () => {
  const series = {
    name: "loss",
    count: 100,
    bucketed: true,
    step: [0, 10],
    min: [1, 0],
    max: [2, 9],
    mean: [1.5, 1],
  };
  const lines = [{ runId: RunId.parse("r"), label: "r", tone: 4, series, at: series.step }];
  const [one] = overlaySeries(lines, 1, 0, undefined);
  expect(one?.x).toEqual([0, 5, 10, 10.5]);
  expect(one?.y).toEqual([1, 2, 0, 9]);
  expect(one?.tone).toBe(4);
  expect(overlaySeries(lines, 1, 0.9, undefined)[0]?.raw).toEqual([1.5, 1]);
  // Along another axis each bucket stands at its own place; a run without places is not drawn.
  const [first] = lines;
  if (first === undefined) throw new Error("there is one line");
  const along = (at: number[] | null) =>
    overlaySeries([{ ...first, at }], 1, 0, undefined).map(({ x }) => x);
  expect(along([2, 8])).toEqual([[2, 5, 8, 8.5]]);
  expect(along(null)).toEqual([]);
});

describe("a chart's file", () => {
  test("as CSV has exact numbers, a row for each step of any column, and no formula", () => {
    const columns = [
      { name: "=HYPERLINK(1)", points: new Map([[1, 1 / 3]]) },
      { name: "kl", points: new Map([[2, null]]) },
    ];
    expect(csvOf("step", columns)).toBe("step,'=HYPERLINK(1),kl\n1,0.3333333333333333,\n2,,\n");
    expect(csvCell('a,"b"')).toBe('"a,""b"""');
    for (const sign of ["=", "+", "-", "@", "\t"]) expect(csvCell(`${sign}1`)).toBe(`'${sign}1`);
  });

  test("as SVG is well-formed whatever its names are, and draws every line", () => {
    const hostile = '"><script>alert(1)</script>\u0000';
    const text = chartPicture({
      title: hostile,
      unit: hostile,
      series: [
        { ...line([1, 2]), label: hostile, id: "x" },
        { ...line([2, 1]), low: [0, 0], high: [3, 3], raw: [2, 1] },
      ],
      format: String,
      fromZero: true,
      scale: "linear",
      xRange: undefined,
      xName: "step",
      color: (token) => `rgb(${String(token.length)} 0 0)`,
    });
    expect(text).not.toContain("<script");
    expect(text).not.toContain("\u0000");
    // Two lines, a raw line and a band.
    expect(text.match(/<path /gu)).toHaveLength(4);
    expect(escapeXml("<&>")).toBe("&lt;&amp;&gt;");
  });
});
