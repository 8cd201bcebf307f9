/** Several sources of examples in one epoch, by their weights: counts worked out by hand. */
import { expect, test } from "vitest";
import { mixedCounts, mixExamples } from "#main/core/examples/mix-examples.ts";
import { inertOptions } from "#shared/schema/inert-options.ts";
import { exampleSources } from "#shared/schema/stages/example-data.ts";
import { SftStage } from "#shared/schema/stages/sft-stage.ts";

const named = (name: string, count: number) =>
  Array.from({ length: count }, (_, i) => `${name}${i}`);
const countOf = (all: readonly string[], name: string) =>
  all.filter((one) => one.startsWith(name)).length;

test("an epoch goes through each source once, and through shorter ones again, in the weights' shares", () => {
  // 600 at weight 3 last 200 turns; 48 at weight 1 are asked 200 times, 4 and a sixth times through.
  expect(
    mixedCounts([
      { size: 600, weight: 3 },
      { size: 48, weight: 1 },
    ]),
  ).toEqual([600, 200]);
  // 10 at weight 3 last 3.33 turns, 40 at weight 1 last 40: 120 of the first.
  expect(
    mixedCounts([
      { size: 10, weight: 3 },
      { size: 40, weight: 1 },
    ]),
  ).toEqual([120, 40]);
  expect(mixedCounts([{ size: 7, weight: 5 }])).toEqual([7]);
  expect(mixedCounts([])).toEqual([]);
});

test("the order depends on the seed alone, and a source that comes again comes in another order", () => {
  const sources = [
    { examples: named("a", 6), weight: 1 },
    { examples: named("b", 4), weight: 2 },
  ];
  const mixed = mixExamples(sources, 7);
  expect(mixed).toEqual(mixExamples(sources, 7));
  expect(mixed).not.toEqual(mixExamples(sources, 8));
  expect([countOf(mixed, "a"), countOf(mixed, "b")]).toEqual([6, 12]);
  const b = mixed.filter((one) => one.startsWith("b"));
  for (const round of [0, 1, 2])
    expect(b.slice(4 * round, 4 * round + 4).toSorted()).toEqual(named("b", 4));
  expect(b.slice(0, 4)).not.toEqual(b.slice(4, 8));
});

test("a lone source stays as it is, so that stages of before train on what they trained on", () => {
  expect(mixExamples([{ examples: named("a", 5), weight: 1 }], 7)).toEqual(named("a", 5));
});

test("a stage's sources stand alone or in a list, each with its place", () => {
  const data = [
    { stage: "traces", weight: 3 },
    { dataset: "d1@2", weight: 1 },
  ];
  const stage = SftStage.parse({ name: "s", kind: "sft", model: "m", data });
  expect(exampleSources(stage.data).map(({ keys }) => keys)).toEqual([
    ["data", 0],
    ["data", 1],
  ]);
  expect(exampleSources({ dataset: "d1" })).toEqual([
    { source: { dataset: "d1" }, keys: ["data"] },
  ]);
  const inert = (value: unknown) =>
    [...inertOptions("sft", (name) => (name === "data" ? value : undefined)).keys()].filter(
      (name) => ["mask_history", "system_prompt"].includes(name),
    );
  const worked = { source: { task: "addition", difficulties: [1] }, examples: 4 };
  expect(inert(data)).toEqual(["system_prompt"]);
  expect(inert(worked)).toEqual(["mask_history"]);
  // A prompt is written for the worked ones, and a history is masked in the others.
  expect(inert([worked, { dataset: "d1" }])).toEqual([]);
});
