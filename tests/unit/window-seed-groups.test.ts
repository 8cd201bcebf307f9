/** Runs of one recipe with several seeds as one line with a band. */
import { expect, test } from "vitest";
import { Recipe } from "#shared/schema/recipe.ts";
import { RunId } from "#shared/schema/run.ts";
import { meanInterval, seededRun } from "#shared/over-seeds.ts";
import { groupSeries, seedGroups } from "../../src-renderer/features/overlay/seed-groups.ts";
import type { RunLine } from "../../src-renderer/features/overlay/overlay-series.ts";

const [a, b, c] = ["p1-grpo", "p2-grpo", "p3-grpo"].map((id) => RunId.parse(id)) as [
  RunId,
  RunId,
  RunId,
];

function recipe(seed: number, beta: number): Recipe {
  return Recipe.parse({
    name: `run ${seed}`,
    seed,
    models: { base: "/models/base" },
    stages: [
      {
        name: "grpo",
        kind: "grpo",
        model: "base",
        seed: seed + 1,
        data: { task: "addition", difficulties: [2] },
        max_steps: 10,
        beta,
      },
    ],
  });
}

function line(runId: RunId, at: number[], mean: (number | null)[]): RunLine {
  const series = { name: "reward", count: at.length, bucketed: false, step: at };
  return { runId, label: runId, tone: 0, at, series: { ...series, min: mean, max: mean, mean } };
}

test("runs of one recipe are a group whatever their seeds and names, and another option parts them", () => {
  const run = (seed: number, beta = 0, stage = "grpo") =>
    seededRun(recipe(seed, beta), stage, seed);
  expect(run(1).key).toBe(run(2).key);
  expect(run(1).seeds).not.toBe(run(2).seeds);
  expect(run(1).key).not.toBe(run(1, 0.1).key);
  expect(run(1).key).not.toBe(run(1, 0, "sft").key);
  const runs = new Map([
    [a, run(1)],
    [c, run(2)],
  ]);
  expect(seedGroups([a, b, c], runs)).toEqual([
    { runId: a, members: [a, c], counted: [a, c], tone: 0 },
    { runId: b, members: [b], counted: [b], tone: 1 },
  ]);
  // A seed that was run again is one seed.
  expect(seedGroups([a, c], new Map([...runs, [c, run(1)]]))).toEqual([
    { runId: a, members: [a, c], counted: [a], tone: 0 },
  ]);
});

test("the interval is Student's over seeds, and one seed has none", () => {
  // 1, 2, 3: mean 2, deviation 1, t(2) = 4.303, 4.303 / √3 = 2.4843.
  const { mean, low, high } = meanInterval([1, 2, 3]);
  expect(mean).toBe(2);
  expect(low).toBeCloseTo(2 - 2.4843, 3);
  expect(high).toBeCloseTo(2 + 2.4843, 3);
  expect(meanInterval([5])).toEqual({ mean: 5, low: null, high: null });
});

test("a group's line is the mean where all of its runs have come, straight between their points", () => {
  const groups = seedGroups(
    [a, b, c],
    new Map([
      [a, { key: "one", seeds: "1" }],
      [b, { key: "one", seeds: "2" }],
    ]),
  );
  const lines = [
    line(a, [1, 2, 3, 4], [0, 10, 20, 30]),
    line(b, [1, 3], [2, 6]),
    line(c, [1, 2], [7, null]),
  ];
  const [band, alone] = groupSeries(groups, lines, 2, a);
  expect(band?.x).toEqual([1, 2, 3]);
  // At 2 the second run stands between 2 and 6; all in halves, as the divisor says.
  expect(band?.y).toEqual([0.5, 3.5, 6.5]);
  // 0 and 1: deviation √½, t(1) = 12.706: ± 12.706 / 2.
  expect(band?.low?.[0]).toBeCloseTo(0.5 - 6.353, 3);
  expect(band?.high?.[0]).toBeCloseTo(0.5 + 6.353, 3);
  expect(band?.strong).toBe(true);
  expect(alone).toMatchObject({ id: c, tone: 1, x: [1], y: [3.5] });
  expect(alone?.low).toBeUndefined();
});
