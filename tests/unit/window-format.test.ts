import { describe, expect, test } from "vitest";
import { RunStatus } from "#shared/schema/run.ts";
import { betweenTags } from "#renderer/features/curation/record/record-parts.ts";
import { nothingAnswered } from "#renderer/features/run/benchmark/nothing-answered.ts";
import { splitPath } from "#renderer/ui/text/split-path.ts";
import { fillTo, placesOf } from "#renderer/ui/usd-places.ts";
import * as format from "../../src-renderer/ui/format.ts";

describe("dollars in one column", () => {
  test("have room for the most decimals, and what an amount is short of them fills it up", () => {
    // $12.50, $0.017 and $0.00036: five decimals.
    const places = placesOf([12.5, null, 0.017, 0.00036]);
    expect(places).toBe(5);
    expect(fillTo("$12.50", places)).toBe("000");
    expect(fillTo("$0.017", places)).toBe("00");
    expect(fillTo("$0.00036", places)).toBe("");
    expect(fillTo("$0", places)).toBe(".00000");
    expect(fillTo("$12,345", 2)).toBe(".00");
    expect(fillTo("$0", placesOf([0, null]))).toBe("");
  });
});

test("two paths of one folder differ in what is shown of them", () => {
  const folder = "/home/someone/gradus/runs/p1/02-cold-start";
  expect(splitPath(folder)).toEqual(["/home/someone/gradus", "/runs/p1/02-cold-start"]);
  expect(splitPath(`${folder}/model`)).toEqual([
    "/home/someone/gradus/runs",
    "/p1/02-cold-start/model",
  ]);
  expect(splitPath("C:\\work\\a-name-that-is-longer-than-its-room")).toEqual([
    "C:\\work",
    "\\a-name-that-is-longer-than-its-room",
  ]);
  expect(splitPath("model")).toEqual(["", "model"]);
});

test("an answer between tags is told from its tags, any other is left as it is", () => {
  expect(betweenTags("<answer>5 < 6</answer>")).toBeUndefined();
  expect(betweenTags("\n<answer>12</answer>\n")).toEqual(["\n<answer>", "12", "</answer>\n"]);
  expect(betweenTags("So <answer>12</answer>")).toBeUndefined();
  expect(betweenTags("12")).toBeUndefined();
});

test("a benchmark at work without an answer does not ask for another list", () => {
  for (const status of RunStatus.options)
    expect(nothingAnswered(status, true)).not.toContain("Choose");
  expect(nothingAnswered("running", true)).toContain("yet");
  expect(nothingAnswered("finished", false)).toContain("Choose another");
});

describe("numbers in the window", () => {
  test("use a real minus, thousands commas and a dash for what is missing", () => {
    expect(format.formatNumber(-25600)).toBe("\u221225,600");
    expect(format.formatNumber(1.005, 1)).toBe("1.0");
    expect(format.formatNumber(null)).toBe("–");
    expect(format.formatNumber(Number.NaN)).toBe("–");
  });

  test("of unknown size keep three figures", () => {
    expect(format.formatCompact(0.02)).toBe("0.0200");
    expect(format.formatCompact(0.81)).toBe("0.810");
    expect(format.formatCompact(12.34)).toBe("12.3");
    expect(format.formatCompact(1662)).toBe("1,662");
    expect(format.formatCompact(2.5e6)).toBe("2.50 M");
    expect(format.formatCompact(2e-5)).toBe("2.0e\u22125");
    expect(format.formatCompact(0)).toBe("0");
  });

  test("that are shares are percent with their interval, and their differences are signed points", () => {
    expect(format.formatPercent(0.536)).toBe("53.6");
    expect(format.formatInterval(0.499, 0.573)).toBe("[49.9, 57.3]");
    expect(format.formatPoints(0.19)).toBe("+19.0");
    expect(format.formatPoints(-0.018)).toBe("\u22121.8");
    expect(format.formatPoints(0)).toBe("0.0");
  });

  test("p values are never printed as zero", () => {
    expect(format.formatP(0.00004)).toBe("<0.001");
    expect(format.formatP(0.0123)).toBe("0.012");
    expect(format.formatP(0.4567)).toBe("0.46");
  });

  test("money under ten cents shows two figures, and an unknown price is said", () => {
    expect(format.formatUsd(18.424)).toBe("$18.42");
    expect(format.formatUsd(0.0123)).toBe("$0.012");
    expect(format.formatUsd(0.00041)).toBe("$0.00041");
    expect(format.formatUsd(0)).toBe("$0");
    // What is not nothing never reads as nothing.
    expect(format.formatUsd(0.000_000_41)).toBe("$0.00000041");
    expect(format.formatUsd(3e-14)).toBe("<$0.000000000001");
    expect(format.formatUsd(-3e-14)).toBe("−<$0.000000000001");
    expect(format.formatUsd(-0.000_02)).toBe("−$0.000020");
    expect(format.formatUsd(1234.5)).toBe("$1,234.50");
    expect(format.formatUsd(294_000)).toBe("$294,000");
    expect(format.formatUsd(null)).toBe("no price");
  });

  test("durations show their two largest units", () => {
    expect(format.formatDuration(450)).toBe("450 ms");
    expect(format.formatDuration(46_000)).toBe("46 s");
    expect(format.formatDuration(200_000)).toBe("3 min 20 s");
    expect(format.formatDuration(41 * 60_000 + 30_000)).toBe("41 min");
    expect(format.formatDuration(7_500_000)).toBe("2 h 5 min");
    expect(format.formatDuration(99 * 3_600_000)).toBe("4 d 3 h");
    expect(format.formatDuration(null)).toBe("–");
  });

  test("bytes are binary and energy says when it was not measured", () => {
    expect(format.formatBytes(512)).toBe("512 B");
    expect(format.formatBytes(11.2 * 2 ** 30)).toBe("11.2 GiB");
    expect(format.formatEnergy(null)).toBe("not measured");
    expect(format.formatEnergy(3600 * 1400)).toBe("1.40 kWh");
  });

  test("times of today are a clock, older ones a date", () => {
    const now = new Date(2026, 10, 25, 14, 0).getTime();
    expect(format.formatWhen(new Date(2026, 10, 25, 9, 5).getTime(), now)).toBe("09:05");
    expect(format.formatWhen(new Date(2026, 10, 24, 23, 59).getTime(), now)).toBe(
      "yesterday 23:59",
    );
    expect(format.formatWhen(new Date(2026, 10, 22, 12, 0).getTime(), now)).toBe("22 Nov");
    expect(format.formatWhen(new Date(2025, 10, 22, 12, 0).getTime(), now)).toBe("22 Nov 2025");
  });
});
