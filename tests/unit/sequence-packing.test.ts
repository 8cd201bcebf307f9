import { expect, test } from "vitest";
import { pack } from "#main/engine/training/sequence-batches.ts";
import { Random } from "#main/platform/random.ts";

/** Examples whose lengths are log-normal, as those of reasoning traces are, none longer than a row. */
function examples(count: number, mean: number, longest: number) {
  const random = new Random(1);
  return Array.from({ length: count }, () => {
    const length = Math.round(mean * Math.exp(0.6 * random.normal()));
    return {
      ids: Array.from({ length: Math.min(longest, Math.max(8, length)) }, () => 1),
      mask: [] as const,
    };
  });
}

for (const [count, mean, longest] of [
  [1000, 150, 512],
  [2000, 400, 1024],
  [1000, 400, 2048],
] as const) {
  test(`${String(count)} examples of about ${String(mean)} tokens waste under 5% of rows of ${String(longest)}`, () => {
    const given = examples(count, mean, longest);
    const rows = pack(given, longest);
    const lengths = rows.map((row) => row.reduce((sum, { ids }) => sum + ids.length, 0));
    expect(Math.max(...lengths)).toBeLessThanOrEqual(longest);
    expect(new Set(rows.flat())).toEqual(new Set(given));
    expect(rows.flat()).toHaveLength(count);
    const tokens = lengths.reduce((sum, length) => sum + length, 0);
    expect(1 - tokens / (rows.length * longest)).toBeLessThan(0.05);
  });
}

test("examples that fill more than half of a row stand alone", () => {
  const example = { ids: Array.from({ length: 80 }, () => 1), mask: [] };
  expect(pack([example, { ...example }], 150)).toHaveLength(2);
});
