import { expect, test } from "vitest";
import { DatasetId } from "#shared/schema/dataset.ts";
import { RecipeId } from "#shared/schema/recipe-draft.ts";
import { PipelineId } from "#shared/schema/run.ts";
import { detectMappings, mappingToSay } from "#main/services/datasets/rows/detect-mapping.ts";
import { wordsOfKeys } from "#renderer/features/recipe/document/words-of-keys.ts";
import { shortName } from "#renderer/ui/pipelines/pipeline-facts.ts";
import { isAtWork } from "#renderer/features/compare/is-at-work.ts";
import { farCommands } from "#renderer/shell/palette/far-commands.ts";
import { optionsFarAway } from "#renderer/shell/palette/palette-options.ts";
import { checkWords } from "#renderer/shell/tour/check-words.ts";
import {
  markMatches,
  parseQuery,
  searchEntries,
} from "../../src-renderer/navigation/palette-search.ts";
import type { PaletteEntry } from "../../src-renderer/navigation/palette-search.ts";

function entry(id: string, over: Partial<PaletteEntry> = {}): PaletteEntry {
  return {
    id,
    kind: "command",
    group: "Do",
    title: id,
    note: undefined,
    keys: undefined,
    notNow: undefined,
    mark: undefined,
    run: () => undefined,
    ...over,
  };
}

test("a title that begins with the word comes first, and its group with it; groups stay together", () => {
  const entries = [
    entry("Stop grpo"),
    entry("grpo run", { kind: "run", group: "Runs" }),
    entry("grpo help"),
    entry("other"),
  ];
  const found = searchEntries(entries, parseQuery("grpo", undefined)).map((one) => one.id);
  expect(found).toEqual(["grpo run", "grpo help", "Stop grpo"]);
});

test("every word must be somewhere, in the title or the note", () => {
  const entries = [entry("Go to Runs", { note: "all pipelines" }), entry("Go to Cost")];
  expect(searchEntries(entries, parseQuery("go pipe", undefined)).map((one) => one.id)).toEqual([
    "Go to Runs",
  ]);
  expect(searchEntries(entries, parseQuery("go nowhere", undefined))).toEqual([]);
});

test("a leading > asks for commands whatever kind was chosen", () => {
  const entries = [entry("demo", { kind: "run", group: "Runs" }), entry("Run the demo")];
  expect(searchEntries(entries, parseQuery("> demo", "run")).map((one) => one.id)).toEqual([
    "Run the demo",
  ]);
});

test("what cannot run now comes after what can", () => {
  const entries = [entry("Stop a", { notNow: "nothing runs" }), entry("Stop b")];
  expect(searchEntries(entries, parseQuery("stop", undefined)).map((one) => one.id)).toEqual([
    "Stop b",
    "Stop a",
  ]);
});

test("matching letters are marked and the parts join to the title", () => {
  const parts = markMatches("Stop grpo-07", ["grpo"]);
  expect(parts).toEqual([
    { at: 0, text: "Stop ", match: false },
    { at: 5, text: "grpo", match: true },
    { at: 9, text: "-07", match: false },
  ]);
});

test("import and publish are found on every screen, and once where the screen offers them", () => {
  const datasets = [{ id: DatasetId.parse("d1"), name: "sums" }];
  const titles = (here: readonly string[]) =>
    farCommands(datasets, new Set(here)).map(({ title }) => title);
  expect(titles([])).toEqual([
    "Import a file as a dataset…",
    "Import a recipe…",
    "Publish a version of sums…",
  ]);
  expect(titles(["datasets.import"])).toEqual(["Import a recipe…", "Publish a version of sums…"]);
});

test("an option's name leads into the newest kept recipe that has it", () => {
  const kept = (id: string, kind: string) => ({
    id: RecipeId.parse(id),
    name: `Recipe ${id}`,
    stages: [{ name: "stage", kind }],
  });
  const noteOf = (recipes: Parameters<typeof optionsFarAway>[0]) =>
    optionsFarAway(recipes).find(({ title }) => title === "learning_rate")?.note;
  expect(noteOf([])).toMatch(/Begin a recipe to set it\.$/u);
  expect(noteOf([kept("r2", "benchmark"), kept("r1", "sft")])).toMatch(
    /Opens it in Recipe r1 r1\.$/u,
  );
});

test("what is asked for is at work where its pipeline or a stage of it is", () => {
  const active = [{ id: PipelineId.parse("p1"), runs: [] }];
  expect(isAtWork(["p1"], active)).toBe(true);
  expect(isAtWork(["p2"], active)).toBe(false);
  expect(checkWords("running")).not.toContain("measured");
  expect(checkWords("finished")).toContain("measured");
});

test("a change of a stage is called by the stage's name", () => {
  const value = { stages: [{ name: "cold" }, { name: "benchmark-base" }], seed: 1 };
  expect(wordsOfKeys(value, ["stages", 1, "num_samples"])).toBe("num_samples of benchmark-base");
  expect(wordsOfKeys(value, ["seed"])).toBe("seed");
});

test("a benchmark in the strip of stages says what it measures", () => {
  expect(shortName({ kind: "benchmark", stageName: "benchmark-base" })).toBe("base");
  expect(shortName({ kind: "benchmark", stageName: "benchmark-" })).toBe("benchmark-");
  expect(shortName({ kind: "sft", stageName: "benchmark-like" })).toBe("benchmark-like");
});

test("columns whose names say what they are are preset where no shape fits", () => {
  const rows = [{ frage: "17 + 25?", antwort: "42", gold: "42" }];
  expect(detectMappings(rows)).toEqual([]);
  expect(mappingToSay(rows)).toMatchObject({ gold: "gold", prompt: null, completion: null });
  expect(mappingToSay([{ frage: "17 + 25?", answer: "42" }])).toMatchObject({ gold: null });
});
