import { expect, test } from "vitest";
import { filterText, parseFilter } from "#shared/schema/record-filter-text.ts";
import { RecordFilter } from "#shared/schema/record-filter.ts";

test.each([
  ["circle", [{ field: "text", value: "circle" }]],
  ['"two trains"', [{ field: "text", value: "two trains" }]],
  ["prompt:circle", [{ field: "text", in: "prompt", value: "circle" }]],
  ["status:pending,flagged", [{ field: "status", values: ["pending", "flagged"] }]],
  ["-tag:wordy", [{ field: "tag", values: ["wordy"], not: true }]],
  ['tag:"lucky guess",short', [{ field: "tag", values: ["lucky guess", "short"] }]],
  ["words:300..", [{ field: "words", min: 300 }]],
  ["readability:40..60.5", [{ field: "readability", min: 40, max: 60.5 }]],
  ["position:7", [{ field: "position", min: 7, max: 7 }]],
  ["-similarity:..0.9", [{ field: "similarity", max: 0.9, not: true }]],
  ["same-as:2087", [{ field: "same-as", values: [2087] }]],
  ["duplicate:extra", [{ field: "duplicate", values: ["extra"] }]],
  [
    "contamination:13-gram,same-problem",
    [{ field: "contamination", values: ["13-gram", "same-problem"] }],
  ],
  ["format:bad", [{ field: "format", values: ["bad"] }]],
  ["is:edited", [{ field: "edited" }]],
  [
    "status:accepted words:300..400 circle",
    [
      { field: "status", values: ["accepted"] },
      { field: "words", min: 300, max: 400 },
      { field: "text", value: "circle" },
    ],
  ],
] as const)("%s is read, and written the same", (text, filter) => {
  const reading = parseFilter(text);
  expect(reading).toEqual({ filter, problems: [] });
  expect(RecordFilter.safeParse(reading.filter).success).toBe(true);
  expect(filterText(reading.filter)).toBe(text);
});

test("signs of comparison become ranges; of whole numbers, > and < leave the number out", () => {
  expect(parseFilter("words:>300").filter).toEqual([{ field: "words", min: 301 }]);
  expect(parseFilter("words:<=300").filter).toEqual([{ field: "words", max: 300 }]);
  const [condition] = parseFilter("readability:>60").filter;
  expect(condition).toMatchObject({ field: "readability" });
  const min = condition !== undefined && "min" in condition ? (condition.min ?? 0) : 0;
  expect(min).toBeGreaterThan(60);
  expect(min).toBeLessThan(60.0001);
});

test("a text with quotes, backslashes, commas and colons survives the way there and back", () => {
  for (const value of ['say "x"', "a\\b", "a,b", "a:b", "-minus", "√2", "line\nbreak"]) {
    const filter: RecordFilter = [{ field: "text", value }];
    expect(parseFilter(filterText(filter))).toEqual({ filter, problems: [] });
  }
});

test("what is not understood is said and left out", () => {
  const { filter, problems } = parseFilter("colour:red status:done words:many status:pending");
  expect(filter).toEqual([{ field: "status", values: ["pending"] }]);
  expect(problems).toHaveLength(3);
  expect(problems[0]).toMatch(/there is no field "colour"; there are id, status/);
});
