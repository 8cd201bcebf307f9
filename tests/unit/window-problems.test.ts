/** Problem sets in the window: terms of the filter, the request of an import, recipes that begin with a set, a recipe's sources. */
import { expect, test } from "vitest";
import { parse } from "yaml";
import { parseProblemFilter } from "#shared/schema/problem-filter-text.ts";
import { ProblemMapping } from "#shared/schema/problem-import.ts";
import { Recipe } from "#shared/schema/recipe.ts";
import {
  FIRST_CHOICE,
  nameFrom,
  requestOf,
  shareOf,
  whyNot,
} from "#renderer/features/problems/import/import-choice.ts";
import { hasTerm, termOf, toggleTerm } from "#renderer/features/problems/set/filter-terms.ts";
import {
  benchmarkRecipe,
  benchmarkSide,
  grpoRecipe,
} from "#renderer/features/problems/set/actions/new-recipe.ts";
import { configIn } from "#renderer/features/recipe/document/config-text.ts";
import {
  sourcesAt,
  withoutSource,
  withSource,
  withSourceMoved,
  sourceOf,
} from "#renderer/features/recipe/document/source-list.ts";
import { newStage } from "#renderer/features/recipe/document/stage-edits.ts";

const MAPPING = ProblemMapping.parse({
  shape: "prompt-answer",
  prompt: "question",
  messages: null,
  system: null,
  answer: "reply",
  solution: null,
  choices: [],
  incorrect: [],
  context: [],
  tests: null,
  entry_point: null,
  setup: null,
  id: null,
  tags: [],
  difficulty: null,
  split: "side",
  verifier: null,
  verifier_options: null,
});

test("a term is put into a filter and taken out again, and what else stands there stays", () => {
  const where = 'tag:"two words" difficulty:3..5';
  const both = toggleTerm(where, "split:train");
  expect(both).toBe('tag:"two words" difficulty:3..5 split:train');
  expect(hasTerm(both, "split:train")).toBe(true);
  expect(toggleTerm(both, "split:test", ["split:train"])).toBe(
    'tag:"two words" difficulty:3..5 split:test',
  );
  expect(toggleTerm(both, "split:train")).toBe(where);
});

test.each(["algebra", "two words", 'a "quoted" one', "colon:inside", "a,b"])(
  "the term of the tag %s asks for that tag",
  (tag) => {
    const { filter, problems } = parseProblemFilter(termOf("tag", tag));
    expect(problems).toEqual([]);
    expect(filter).toEqual([{ field: "tag", values: [tag] }]);
  },
);

test.each([
  ["/data/My Set (1).jsonl", "my-set-1-"],
  ["gsm8k.csv", "gsm8k"],
  ["_x.parquet", "x"],
])("the set's name out of the file %s is %s", (file, name) => {
  expect(nameFrom(file)).toBe(name);
});

test("an import says why it cannot start, and asks the host for what was chosen", () => {
  const choice = { ...FIRST_CHOICE, into: "mine" };
  expect(whyNot({ ...choice, into: "Mine" }, MAPPING)).toContain("lower-case");
  expect(whyNot(choice, { ...MAPPING, prompt: null })).toContain("prompt");
  expect(whyNot({ ...choice, heldOut: "share", share: "x" }, MAPPING)).toContain("percent");
  expect(whyNot({ ...choice, heldOut: "column" }, { ...MAPPING, split: null })).toContain("side");
  expect(whyNot(choice, MAPPING)).toBeUndefined();
  // The column that was found counts until the person says otherwise.
  expect(requestOf(choice, MAPPING)).toEqual({
    into: "mine",
    skipBad: false,
    mapping: { split: "side" },
  });
  expect(requestOf({ ...choice, heldOut: "share", share: "12,5" }, MAPPING)).toMatchObject({
    testShare: 0.125,
    mapping: { split: null },
  });
  expect(requestOf({ ...choice, heldOut: "nothing" }, MAPPING)).toMatchObject({
    mapping: { split: null },
  });
  expect(shareOf("101")).toBeUndefined();
});

test("training on a filter begins a sound recipe whose source is the set's training side", () => {
  const yaml = grpoRecipe({ set: "mine@2", where: "split:test tag:algebra", model: "tiny" });
  const [stage] = Recipe.parse(parse(yaml)).stages;
  expect(stage).toMatchObject({
    kind: "grpo",
    data: { problems: "mine@2", split: "train", where: "tag:algebra" },
    answer_format: "tags",
    // Measured leniently, a problem may be solved by a model that knows no tags: it is told of them.
    system_prompt: expect.stringContaining("<answer>"),
  });
});

test("a benchmark asks the side that the filter names, else the held-out one where there is one", () => {
  expect(benchmarkSide("split:train", 5)).toBe("train");
  expect(benchmarkSide("", 5)).toBe("test");
  expect(benchmarkSide("", 0)).toBe("train");
  const yaml = benchmarkRecipe({ set: "mine", where: "", model: "tiny" }, "test", 7);
  const [stage] = Recipe.parse(parse(yaml)).stages;
  expect(stage).toMatchObject({
    kind: "benchmark",
    data: { problems: "mine", split: "test" },
    num_problems: 7,
  });
});

test("sources are added, moved and removed, and one that is left stands alone without a weight", () => {
  const set = { problems: "mine", split: "train" };
  const task = { task: "countdown", difficulties: [3] };
  expect(sourcesAt(set, ["data"])).toEqual([{ keys: ["data"], source: set }]);
  const two = withSource({ ...set, weight: 3 }, task);
  expect(sourcesAt(two, ["data"]).map(({ keys }) => keys)).toEqual([
    ["data", 0],
    ["data", 1],
  ]);
  expect(withSourceMoved(two, 1, -1)).toEqual([task, { ...set, weight: 3 }]);
  expect(withSourceMoved(two, 0, -1)).toEqual(two);
  expect(withoutSource(two, 1)).toEqual(set);
});

test("a new stage learns from what the stages before learn from, a list of sources too", () => {
  const data = [
    { problems: "mine", split: "train", weight: 2 },
    { task: "sorting", difficulties: [3] },
  ];
  const made = newStage("grpo", {
    models: { base: "tiny" },
    stages: [{ name: "a", kind: "grpo", model: "base", data }],
  });
  expect(made["data"]).toEqual(data);
});

test("a source with another task keeps what the new one has too", () => {
  const known = [
    { name: "countdown", difficulties: [3, 4, 5, 6] },
    { name: "coins", difficulties: [2, 3] },
    { name: "reasoning-gym/chain_sum", difficulties: [] },
  ];
  const before = { task: "arithmetic", difficulties: [3, 4], weight: 2 };
  expect(sourceOf("countdown", known, before)).toEqual({ ...before, task: "countdown" });
  expect(sourceOf("coins", known, before)).toEqual({
    ...before,
    task: "coins",
    difficulties: [2, 3],
  });
  const gym = sourceOf("reasoning-gym/chain_sum", known, before);
  expect(gym).toEqual({ task: "reasoning-gym/chain_sum", config: {}, weight: 2 });
  expect(sourceOf("countdown", known, gym)).toEqual({
    task: "countdown",
    difficulties: [3, 4, 5],
    weight: 2,
  });
});

test.each([
  ["", {}],
  ["max_terms: 3", { max_terms: 3 }],
  ["{ max_terms: 3, allow_negation: true }", { max_terms: 3, allow_negation: true }],
  ["max_terms", undefined],
  ["max_terms: [", undefined],
])("%j typed as a config is %j", (text, config) => {
  expect(configIn(text)).toEqual(config);
});
