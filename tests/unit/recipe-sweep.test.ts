import { expect, test } from "vitest";
import { parse } from "yaml";
import { overridesOf, parseAxis, pointLabel, sweepPoints } from "#main/services/recipes/sweep.ts";
import { readSweep } from "#renderer/features/recipe/document/sweep-plan.ts";

const A = { key: "stages.grpo.learning_rate", values: [1e-5, 3e-5] };
const B = { key: "seed", values: [1, 2, 3] };

test("a grid is every combination, the last axis fastest", () => {
  expect(sweepPoints([A, B], "grid").map((point) => Object.values(point))).toEqual([
    [1e-5, 1],
    [1e-5, 2],
    [1e-5, 3],
    [3e-5, 1],
    [3e-5, 2],
    [3e-5, 3],
  ]);
});

test("a list takes the first values together, then the second", () => {
  expect(
    sweepPoints([A, { key: "seed", values: [1, 2] }], "list").map((point) => Object.values(point)),
  ).toEqual([
    [1e-5, 1],
    [3e-5, 2],
  ]);
});

test("uneven lists, an axis twice and too many pipelines are refused with what to do", () => {
  expect(() => sweepPoints([A, B], "list")).toThrow("equally many values");
  expect(() => sweepPoints([A, A], "grid")).toThrow("twice");
  const many = { key: "seed", values: Array.from({ length: 101 }, (_, at) => at) };
  expect(() => sweepPoints([A, many], "grid")).toThrow("202 pipelines");
});

test("a point reads as overrides and as a name", () => {
  const [point = {}] = sweepPoints([A, { key: "stages.grpo.loss_type", values: ["dapo"] }], "grid");
  expect(overridesOf(point)).toEqual([
    "stages.grpo.learning_rate=0.00001",
    'stages.grpo.loss_type="dapo"',
  ]);
  expect(pointLabel(point)).toBe("learning_rate 0.00001, loss_type dapo");
});

test("the command line's axis: values are YAML, commas in brackets part nothing", () => {
  const read = (text: string): unknown => parse(text);
  expect(parseAxis("stages.grpo.learning_rate=1e-5, 3e-5", read)).toEqual(A);
  expect(parseAxis("stages.grpo.data.difficulties=[2,3],[4]", read).values).toEqual([[2, 3], [4]]);
  expect(() => parseAxis("seed", read)).toThrow("is no sweep");
  expect(() => parseAxis("seed=1,,2", read)).toThrow("is no sweep");
});

test("the form: seeds alone, seeds times options, and rows in step with seeds", () => {
  const axes = [{ key: A.key, values: "1e-5, 3e-5" }];
  expect(readSweep({ seeds: "1", mode: "grid", axes: [] }, 5)).toEqual({ axes: [], launches: 1 });
  expect(readSweep({ seeds: "3", mode: "grid", axes: [] }, 5)).toEqual({
    axes: [{ key: "seed", values: [5, 6, 7] }],
    launches: 3,
  });
  expect(readSweep({ seeds: "2", mode: "grid", axes }, 1)).toEqual({
    axes: [A, { key: "seed", values: [1, 2] }],
    launches: 4,
  });
  expect(readSweep({ seeds: "2", mode: "list", axes }, 1)).toEqual({
    axes: [
      { key: A.key, values: [1e-5, 1e-5, 3e-5, 3e-5] },
      { key: "seed", values: [1, 2, 1, 2] },
    ],
    launches: 4,
  });
  expect(readSweep({ seeds: "x", mode: "grid", axes: [] }, 1)).toHaveProperty("wrong");
  expect(
    readSweep({ seeds: "1", mode: "grid", axes: [{ key: "seed", values: "" }] }, 1),
  ).toHaveProperty("wrong");
});
