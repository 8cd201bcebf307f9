/** Texts that are no recipe, however hard they try: words with a line, within a second. */
import { parse } from "yaml";
import { expect, test } from "vitest";
import { readRecipe } from "#main/services/recipes/checks/recipe-checks.ts";
import { diffOptions } from "#main/services/recipes/recipe-diff.ts";
import { readText } from "../../src-renderer/features/recipe/document/recipe-document.ts";

const BOMB = [
  "a: &a [x,x,x,x,x,x,x,x,x]",
  ...["b", "c", "d", "e", "f"].map((name, at) => {
    const before = "abcde".charAt(at);
    return `${name}: &${name} [${Array.from({ length: 9 }, () => `*${before}`).join(",")}]`;
  }),
  "name: *f",
  "models: { base: gradus-base }",
  "stages: []",
].join("\n");

const STAGE = "  - { name: s, kind: sft, model: base, data: { task: addition } }\n";

/** A map that the YAML library reads without any of our checks. */
const PLAIN_MAP = Array.from({ length: 20_000 }, (_, index) => `k${index}: 1`).join("\n");

/** What a call gives, and its computing in ms: a busy machine is not the text's fault. */
function computing<T>(call: () => T): { readonly value: T; readonly ms: number } {
  const started = process.cpuUsage();
  const value = call();
  const { user, system } = process.cpuUsage(started);
  return { value, ms: (user + system) / 1000 };
}

test.each<readonly [string, string, number, RegExp]>([
  ["aliases that unfold to millions", BOMB, 5, /\*d cannot be read: .* more than 10,000 values/],
  [
    "a merge key without a map",
    "<<: foo\nname: x\nmodels: { base: gradus-base }\nstages: []\n",
    1,
    /The key << takes options over/,
  ],
  ["a merge key in a stage", "name: x\nstages:\n  - <<: [1, 2]\n    name: s\n", 3, /The key <</],
  ["a key that stands twice", "name: x\nname: y\n", 2, /the key name stands twice/],
  ["a text in Latin-1", "models: {}\nname: caf\uFFFD\n", 2, /no UTF-8 text/],
  ["a text in UTF-16", "n\u0000a\u0000m\u0000e\u0000:\u0000", 1, /no UTF-8 text/],
  ["a list for a key", "name: x\n? [a, b]\n: 1\n", 2, /A list or a map stands/],
  [
    "20,000 keys",
    `${Array.from({ length: 20_000 }, (_, index) => `k${index}: 1`).join("\n")}\nk7: 2\n`,
    20_001,
    /the key k7 stands twice/,
  ],
  ["an alias of nothing", "name: x\nmodels: *none\n", 2, /no anchor &none/],
  ["a list that holds itself", "name: x\nmodels: &m [1, *m]\n", 2, /\*m cannot be read/],
  ["a map that is merged into itself", "name: x\nmodels: &m\n  <<: *m\n", 3, /\*m cannot be read/],
  [
    "9,000 stages",
    `name: x\nmodels: { base: gradus-base }\nstages:\n${STAGE.repeat(9000)}`,
    260,
    /9,000 stages, and a recipe has at most 256/,
  ],
  ["a text of 2 MB", `name: ${"x".repeat(2_000_000)}`, 1, /longer than 1,000,000 characters/],
  ["a nesting without bottom", `name: ${"[".repeat(100_000)}`, 1, /nested too deeply/],
  ["a nesting of lists in a line", `name:\n${"- ".repeat(100_000)}x`, 2, /nested too deeply/],
  ["a nesting of maps", `name: ${"{a: ".repeat(50_000)}`, 1, /nested too deeply/],
])("%s: words with the line, within a second", (_what, yaml, line, message) => {
  const { value, ms } = computing(() => readRecipe(yaml));
  const { recipe, problems } = value;
  expect(recipe).toBeNull();
  expect(problems[0]).toMatchObject({ level: "error", line });
  expect(problems[0]?.message).toMatch(message);
  // On a machine whose cores are shared a second is as much as that of an idle one takes for a plain map of this size.
  const bound = ms < 1000 ? 1000 : 8 * computing(() => parse(PLAIN_MAP)).ms;
  expect(ms).toBeLessThan(bound);
  if (yaml.length > 300_000) return;
  expect(diffOptions(yaml, "name: y\n")).toBeDefined();
  expect(readText(yaml)).toBeDefined();
});

test("aliases and merge keys that mean something are read", () => {
  const yaml = `
name: shared
models: { base: gradus-base }
shared: &shared { kind: sft, model: base, max_steps: 3 }
stages:
  - { <<: *shared, name: a, data: { task: addition } }
`;
  const { problems } = readRecipe(yaml);
  expect(problems.map(({ path, line }) => [path, line])).toEqual([
    ["shared", 4],
    ["stages[0].data", 6],
  ]);
});

test("an override that unfolds without end is a finding", () => {
  const { problems } = readRecipe("name: x\nmodels: { base: b }\nstages: []\n", ["name=*nothing"]);
  expect(problems[0]?.message).toMatch(/"name=\*nothing"/);
});
