import { describe, expect, test } from "vitest";
import * as series from "../../src-renderer/charts/series.ts";
import { scaleFor } from "../../src-renderer/charts/axes/scale.ts";
import { innerTicks, niceAxis } from "../../src-renderer/charts/axes/ticks.ts";

const line = (y: readonly (number | null)[]): series.Series => ({
  id: "loss",
  label: "loss",
  x: y.map((_, index) => index),
  y,
});

describe("decimation", () => {
  test("keeps every bucket's lowest and highest point in their order", () => {
    // Two buckets of four: [5 1 9 2] gives 1 (at 1) then 9 (at 2); [3 8 0 4] gives 8 (at 5) then 0 (at 6).
    const kept = series.minMaxDecimate(line([5, 1, 9, 2, 3, 8, 0, 4]), 4);
    expect(kept.x).toEqual([1, 2, 5, 6]);
    expect(kept.y).toEqual([1, 9, 8, 0]);
  });

  test("keeps a single spike among a hundred thousand points", () => {
    const values = Array.from({ length: 100_000 }, () => 0);
    values[73_123] = 42;
    const kept = series.minMaxDecimate(line(values), 300);
    expect(kept.x.length).toBeLessThanOrEqual(300);
    expect(kept.x).toContain(73_123);
  });

  test("leaves short series alone and carries the band along", () => {
    const short = line([1, 2, 3]);
    expect(series.minMaxDecimate(short, 300)).toBe(short);
    const banded = { ...line([4, 1, 3, 2]), low: [3, 0, 2, 1], high: [5, 2, 4, 3] };
    const kept = series.minMaxDecimate(banded, 2);
    expect(kept.y).toEqual([4, 1]);
    expect(kept.low).toEqual([3, 0]);
    expect(kept.high).toEqual([5, 2]);
  });
});

describe("axes", () => {
  test("end on round numbers around the values", () => {
    expect(niceAxis({ min: 0, max: 1.31 }, 2)).toEqual({
      range: { min: 0, max: 2 },
      ticks: [0, 1, 2],
    });
    expect(niceAxis({ min: 0.21, max: 0.39 }, 2).ticks).toEqual([0.2, 0.3, 0.4]);
  });

  test("of a constant still have a height", () => {
    const { range } = niceAxis({ min: 3, max: 3 }, 2);
    expect(range.min).toBeLessThan(3);
    expect(range.max).toBeGreaterThan(3);
    const zero = niceAxis({ min: 0, max: 0 }, 2).range;
    expect(zero.max).toBeGreaterThan(zero.min);
  });

  test("along steps have whole ticks inside the range", () => {
    expect(innerTicks({ min: 1, max: 60 }, 3)).toEqual([20, 40, 60]);
    expect(innerTicks({ min: 0, max: 2 }, 6)).toEqual([0, 1, 2]);
    // 10 in four parts are 2.5 each, which no step is; 25 is a whole number.
    expect(innerTicks({ min: 0, max: 10 }, 4)).toEqual([0, 5, 10]);
    expect(innerTicks({ min: 0, max: 100 }, 4)).toEqual([0, 25, 50, 75, 100]);
  });

  test("of counts, and where halves are not written, are whole", () => {
    const ticksOf = (values: readonly number[], format: (value: number) => string) =>
      scaleFor([line(values)], { kind: "linear", fromZero: true, ticks: 4, format }).ticks;
    const plain = (value: number): string => String(value);
    expect(ticksOf([0, 9.5], plain)).toEqual([0, 2.5, 5, 7.5, 10]);
    expect(ticksOf([0, 10], plain)).toEqual([0, 5, 10]);
    expect(ticksOf([0, 1], plain)).toEqual([0, 1]);
    expect(ticksOf([0, 9.5], (value) => value.toFixed(0))).toEqual([0, 5, 10]);
    // A share under 1 whose text has no room for its fractions is no count.
    expect(ticksOf([0, 0.009], (value) => value.toFixed(1)).at(-1)).toBe(0.01);
    // A smoothed line of counts.
    const smoothed = { ...line([0.5, 9.5]), raw: [0, 10] };
    const choice = { kind: "linear", fromZero: true, ticks: 4, format: plain } as const;
    expect(scaleFor([smoothed], choice).ticks).toEqual([0, 5, 10]);
  });
});

test("the value under the crosshair is that of the last point at or before it", () => {
  const points = { id: "a", label: "a", x: [0, 10, 20], y: [1, 2, null] };
  expect(series.valueAt(points, -1)).toBeNull();
  expect(series.valueAt(points, 0)).toBe(1);
  expect(series.valueAt(points, 19)).toBe(2);
  expect(series.valueAt(points, 20)).toBeNull();
});

test("ranges span values, bands and steps, and are undefined where there is nothing", () => {
  const banded = { ...line([2, null, 4]), low: [1, null, 3], high: [5, null, 6] };
  expect(series.valueRange([banded])).toEqual({ min: 1, max: 6 });
  expect(series.valueRange([line([null])])).toBeUndefined();
  expect(series.stepRange([banded, { ...line([1]), x: [9] }])).toEqual({ min: 0, max: 9 });
  expect(series.stepRange([])).toBeUndefined();
});
