import Database from "better-sqlite3";
import { describe, expect, onTestFinished, test } from "vitest";
import { Random } from "#main/platform/random.ts";
import { levelFor } from "#main/store/rollouts/metric-blocks.ts";
import type { MetricPoint } from "#shared/schema/engine-protocol.ts";
import { insertTwoStages, temporaryStore } from "../helpers/store-fixture.ts";

function blocksIn(folder: string): unknown[] {
  const db = new Database(`${folder}/gradus.sqlite`, { readonly: true });
  onTestFinished(() => {
    db.close();
  });
  return db.prepare("SELECT * FROM metric_blocks ORDER BY series_id, level, block").all();
}

/** 5,000 points with gaps between their steps, some of them not finite. */
function patchyPoints(): MetricPoint[] {
  const random = new Random(3);
  let step = 0;
  return Array.from({ length: 5000 }, () => {
    step += 1 + Math.floor(random.uniform() * 5);
    const value = random.uniform() < 0.02 ? null : Math.round(random.uniform() * 1000);
    return { name: "loss", step, value, timeMs: step };
  });
}

describe("a range read through blocks", () => {
  const points = patchyPoints();

  test.each([
    [0, 20_000, 40],
    [777, 9001, 25],
    [8, 15, 100],
    [1234, 1234, 10],
    [3000, 12_345, 7],
  ])("holds exactly its own points: steps %i to %i in %i buckets", (from, to, buckets) => {
    const { store } = temporaryStore();
    const { train } = insertTwoStages(store);
    store.transaction(() => store.metrics.insert(train, points));
    const own = points.filter(({ step }) => step >= from && step <= to);
    const finite = own.flatMap(({ value }) => (value === null ? [] : [value]));
    const range = { fromStep: from, toStep: to, buckets };
    const [series] = store.metrics.series(train, range);
    expect(series?.count).toBe(own.length);
    expect(series?.step.length).toBe(Math.min(buckets, own.length));
    const lows = series?.min.filter((value) => value !== null) ?? [];
    const highs = series?.max.filter((value) => value !== null) ?? [];
    expect(lows.length === 0 ? undefined : Math.min(...lows)).toBe(
      finite.length === 0 ? undefined : Math.min(...finite),
    );
    expect(highs.length === 0 ? undefined : Math.max(...highs)).toBe(
      finite.length === 0 ? undefined : Math.max(...finite),
    );
  });

  test("one spike among all points is the greatest of its bucket, at every zoom", () => {
    const { store: other } = temporaryStore();
    const run = insertTwoStages(other).train;
    const flat = Array.from({ length: 20_000 }, (_, step) => ({
      name: "grad_norm",
      step,
      value: step === 13_337 ? 99 : 1,
      timeMs: 0,
    }));
    other.transaction(() => other.metrics.insert(run, flat));
    for (const [fromStep, toStep] of [
      [0, 19_999],
      [13_000, 14_000],
      [13_336, 13_338],
    ]) {
      const [series] = other.metrics.series(run, { fromStep, toStep, buckets: 50 });
      expect(Math.max(...(series?.max ?? []).map((value) => value ?? 0))).toBe(99);
    }
  });
});

test("the least and greatest of a single bucket equal those of all points, the mean too", () => {
  const { store } = temporaryStore();
  const { train } = insertTwoStages(store);
  // 1 + 2 + … + 1000 = 500,500, over 1000 points 500.5.
  const points = Array.from({ length: 1000 }, (_, i) => ({
    name: "x",
    step: i,
    value: i + 1,
    timeMs: 0,
  }));
  store.transaction(() => store.metrics.insert(train, points));
  expect(store.metrics.series(train, { buckets: 1 })).toEqual([
    { name: "x", count: 1000, bucketed: true, step: [0], min: [1], max: [1000], mean: [500.5] },
  ]);
});

test("a run that went back to a checkpoint has the blocks of one that never went further", () => {
  const points = patchyPoints();
  const kept = points.filter(({ step }) => step <= 7001);
  const rewound = temporaryStore();
  const runA = insertTwoStages(rewound.store).train;
  rewound.store.transaction(() => rewound.store.metrics.insert(runA, points));
  rewound.store.metrics.deleteAfter(runA, 7001, 0);
  const straight = temporaryStore();
  const runB = insertTwoStages(straight.store).train;
  // In batches, as they come.
  straight.store.transaction(() => {
    for (let at = 0; at < kept.length; at += 37)
      straight.store.metrics.insert(runB, kept.slice(at, at + 37));
  });
  expect(blocksIn(rewound.folder)).toEqual(blocksIn(straight.folder));
  expect(rewound.store.metrics.names(runA)).toEqual(straight.store.metrics.names(runB));
});

test("points of later steps that are older than the checkpoint stay, and stay in the blocks", () => {
  const { store } = temporaryStore();
  const { train } = insertTwoStages(store);
  store.metrics.insert(train, [
    { name: "x", step: 50, value: 7, timeMs: 1 },
    { name: "x", step: 60, value: 8, timeMs: 9 },
  ]);
  store.metrics.deleteAfter(train, 10, 5);
  expect(store.metrics.names(train)).toEqual([
    { name: "x", points: 1, firstStep: 50, lastStep: 50, lastValue: 7 },
  ]);
});

test("an export pages through every point with its exact value", () => {
  const { store } = temporaryStore();
  const { train } = insertTwoStages(store);
  const points = [0.1, 1 / 3, null].map((value, step) => ({ name: "x", step, value, timeMs: 4 }));
  store.metrics.insert(train, points);
  const toStep = 9;
  expect(store.metrics.page(train, "x", { afterStep: -1, toStep, limit: 2 })).toEqual([
    { step: 0, value: 0.1, timeMs: 4 },
    { step: 1, value: 1 / 3, timeMs: 4 },
  ]);
  expect(store.metrics.page(train, "x", { afterStep: 1, toStep, limit: 2 })).toEqual([
    { step: 2, value: null, timeMs: 4 },
  ]);
});

test("blocks are as large as leaves the range enough of them", () => {
  // 8^2 = 64: 1,000,000 / 64 = 15,625; 8^3 = 512: 1,953 ≥ 600; 8^4 = 4096: 244 < 600.
  expect(levelFor(0, 999_999, 600)).toBe(3);
  expect(levelFor(0, 4799, 600)).toBe(1);
  expect(levelFor(0, 4798, 600)).toBe(0);
});
