/** What a try-out of rewards shows: how values are spread, groups that teach nothing, and which cases are looked at. */
import { expect, test } from "vitest";
import type { TriedCompletion } from "#shared/schema/recipe-draft.ts";
import {
  binsOf,
  casesOf,
  spreadOf,
  TOTAL,
} from "#renderer/features/recipe/rewards/trial-figures.ts";

function tried(group: number, value: number | null): TriedCompletion {
  return {
    id: `p${String(group)}`,
    prompt: "?",
    completion: String(value),
    gold: "",
    group,
    rewards: [{ name: "short", weight: 1, value, why: "" }],
    total: value,
  };
}

test("few different values have a bar each, many have sixteen of equal width that hold them all", () => {
  expect(binsOf([0, 1, 0.5, 1])).toEqual([
    { from: 0, to: 0, count: 1 },
    { from: 0.5, to: 0.5, count: 1 },
    { from: 1, to: 1, count: 2 },
  ]);
  const many = binsOf(Array.from({ length: 33 }, (_, i) => i));
  // 0 to 32 in steps of 2: two whole numbers a bar, and 32 with 30 and 31 in the last.
  expect(many.map(({ count }) => count)).toEqual([...Array.from({ length: 15 }, () => 2), 3]);
  expect(binsOf([])).toEqual([]);
});

test("a group whose completions all have the same sum is flat; one completion is no group", () => {
  const all = [
    tried(0, 1),
    tried(0, 1),
    tried(1, 0),
    tried(1, 1),
    tried(2, 1),
    tried(3, null),
    tried(3, 1),
  ];
  expect(spreadOf(all, TOTAL)).toEqual({ groups: 3, flat: 2 });
});

test("the lowest, the highest and those without a value", () => {
  const all = [tried(0, 1), tried(0, null), tried(1, -1), tried(1, 0.5)];
  const texts = (order: Parameters<typeof casesOf>[2]): string[] =>
    casesOf(all, "short", order).map(({ completion }) => completion);
  expect(texts("lowest")).toEqual(["-1", "0.5", "1"]);
  expect(texts("highest")).toEqual(["1", "0.5", "-1"]);
  expect(texts("null")).toEqual(["null"]);
  expect(texts("first")).toHaveLength(4);
});
