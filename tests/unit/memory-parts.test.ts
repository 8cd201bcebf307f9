import { expect, test } from "vitest";
import { COLOURS, drawnParts, totalOf } from "../../src-renderer/features/recipe/memory-parts.ts";

test("no two parts of the memory bar have one colour, and nothing is left out", () => {
  const parts = Array.from({ length: 15 }, (_, i) => ({
    name: `part ${String(i)}`,
    bytes: i * 10,
  }));
  const drawn = drawnParts(parts);
  expect(drawn.length).toBeLessThanOrEqual(COLOURS.length);
  expect(new Set(COLOURS).size).toBe(COLOURS.length);
  expect(totalOf(drawn)).toBe(totalOf(parts));
  // Parts 9 to 14 are the largest six, in their order; part 0 is none, and eight are smaller.
  expect(drawn.map(({ name }) => name)).toEqual([
    ...[9, 10, 11, 12, 13, 14].map((i) => `part ${String(i)}`),
    "8 smaller parts",
  ]);
  expect(drawnParts(parts.slice(0, 8))).toEqual(parts.slice(1, 8));
});
