import { expect, test } from "vitest";
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
