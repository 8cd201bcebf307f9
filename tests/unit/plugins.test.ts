/** Task plug-ins: the document's own example passes, and what is wrong with others is said with its line. */
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import type { Sandbox } from "#main/core/sandbox-port.ts";
import { generateByPlugin, verifyByPlugin } from "#main/core/problems/plugins/call-plugin.ts";
import type { Plugin } from "#main/core/problems/plugins/plugin.ts";
import { soundTask } from "#main/core/problems/plugins/sound-task.ts";
import { SandboxPool } from "#main/processes/sandbox/sandbox-pool.ts";
import { checkPlugin } from "#main/core/problems/plugins/check-plugin.ts";
import { findPlugins, readPlugin } from "#main/services/plugins/find-plugins.ts";
import { AppError } from "#shared/errors.ts";
import { COINS_YAML, documentBlock } from "../helpers/coins-plugin.ts";
import { temporaryFolder } from "../helpers/store-fixture.ts";

const pool = new SandboxPool({ workers: 1 });
afterAll(() => {
  pool.close();
});

function workspaceWith(name: string, yaml: string, text: string, file = "coins.js"): string {
  const workspace = temporaryFolder();
  const folder = join(workspace, "plugins", name);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "plugin.yaml"), yaml);
  writeFileSync(join(folder, file), text);
  return workspace;
}

function coins(text: string): Plugin {
  return readPlugin(workspaceWith("coins", COINS_YAML, text), "coins");
}

test("the document's example is found and passes every check", async () => {
  const workspace = workspaceWith("coins", COINS_YAML, documentBlock("js"));
  expect(findPlugins(workspace)).toMatchObject([{ plugin: { manifest: { title: "Coins" } } }]);
  const report = await checkPlugin(pool, readPlugin(workspace, "coins"));
  expect(report.checks.filter(({ ok }) => !ok)).toEqual([]);
  expect(report.checks).toHaveLength(7);
});

test("the document's examples have at most 30 lines", () => {
  for (const language of ["js", "python"])
    expect(documentBlock(language).trim().split("\n").length).toBeLessThanOrEqual(30);
});

function pythonCoins(text: string): Plugin {
  const yaml = COINS_YAML.replace("coins.js", "coins.py");
  return readPlugin(workspaceWith("coins", yaml, text, "coins.py"), "coins");
}

test("the document's example in Python passes every check, and what fails in Python is said with its line", async () => {
  const report = await checkPlugin(pool, pythonCoins(documentBlock("python")));
  expect(report.checks.filter(({ ok }) => !ok)).toEqual([]);
  expect(report.checks).toHaveLength(7);
  const wrong = [
    [
      "def generate(seed, difficulty):\n    return helper(seed)\n\ndef helper(seed):\n    return 1 / 0",
      "ZeroDivisionError: division by zero, coins.py line 5, in generate(1, 2)",
    ],
    ["def generate(:", "coins.py line 1"],
    ["import os\nos.fork()", "coins.py line 2"],
    ["a = 1", "coins.py has no function generate"],
    [
      "def generate(seed, difficulty):\n    return {'prompt': float('nan')}",
      "it gave nan as prompt, and only texts, finite numbers",
    ],
    [
      "def generate(seed, difficulty):\n    return {'prompt': 'a', 'gold': '1', 'data': {'n': 2**53}}",
      "which would lose digits (write it as a text) as data.n",
    ],
    [
      "def generate(seed, difficulty):\n    return {'prompt': 'a', 'gold': '1', 'data': [{1}]}",
      "it gave a value of type set as data[0]",
    ],
    [
      "def generate(seed, difficulty):\n    return {'prompt': 'x' * 10**7}",
      "its answer is longer than",
    ],
  ] as const;
  for (const [text, words] of wrong) {
    const failure = await generateByPlugin(pool, pythonCoins(text), [
      { seed: 1, difficulty: 2 },
    ]).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: "BAD_INPUT", message: expect.stringContaining(words) });
  }
}, 120_000);

const GENERATE = `export function generate(seed) { return { prompt: "n " + seed, gold: String(seed) }; }\n`;

test.each([
  [
    "a random source of its own",
    `export function generate() { return { prompt: String(Math.random()), gold: "1" }; } export function verify(p, a) { return a === p.gold; }`,
    "equal seeds give equal problems",
  ],
  [
    "a verifier that takes anything",
    `${GENERATE}export function verify() { return true; }`,
    "junk is refused",
  ],
  [
    "a verifier that takes no gold",
    `${GENERATE}export function verify() { return { correct: false, score: 0.5 }; }`,
    "gold answers are accepted",
  ],
  [
    "a solution that is wrong",
    `${GENERATE}export function verify(p, a) { return a === p.gold; } export function solve() { return { think: "", answer: "no" }; }`,
    "worked solutions are accepted",
  ],
])("%s fails its check", async (_, text, check) => {
  const report = await checkPlugin(pool, coins(text));
  expect(report.ok).toBe(false);
  expect(report.checks.filter(({ ok }) => !ok).map(({ name }) => name)).toContain(check);
});

const quick: Sandbox = {
  run: async (program, options) => pool.run({ ...program, limits: { timeMs: 1500 } }, options),
  close: () => {},
};

test.each([
  [
    "throws",
    `\nexport function generate(seed) {\n  throw new Error("no " + seed);\n}`,
    "no 1, coins.js line 3, in generate(1, 2)",
  ],
  ["cannot be parsed", `export function generate( {\n  return 1;\n}`, "SyntaxError"],
  ["has no generate", `export const a = 1;`, "coins.js has no function generate"],
  ["never ends", `export function generate() { for (;;); }`, "it ran for more than 1.5 s"],
  [
    "floods",
    `export function generate() { for (;;) console.log("x".repeat(1000)); }`,
    "it printed more than",
  ],
  [
    "gives 10 MB",
    `export function generate() { return { prompt: "x".repeat(1e7), gold: "" }; }`,
    "its answer is longer than",
  ],
  [
    "gives no prompt",
    `export function generate() { return { gold: "1" }; }`,
    'gave {"gold":"1"}, and prompt must be a text that is not empty',
  ],
  [
    "gives a number as gold",
    `export function generate(seed) { return { prompt: "a", gold: seed }; }`,
    "gold must be a text, or null where no answer is the right one",
  ],
  [
    "gives a gold that is no number",
    `export function generate() { return { prompt: "a", gold: NaN }; }`,
    "it gave NaN as gold, and only texts, finite numbers",
  ],
  [
    "gives what holds itself",
    `export function generate() { const a = { prompt: "a", gold: "1" }; a.data = a; return a; }`,
    "an object that holds itself or is very deep",
  ],
  [
    "gives what JSON does not keep",
    `export function generate() { return { prompt: "a", gold: "1", data: { by: new Map() } }; }`,
    "it gave an instance of Map as data.by",
  ],
  [
    "gives a key too many",
    `export function generate() { return { prompt: "a", gold: "1", hint: "b" }; }`,
    "must give { prompt, gold } with data and canonical where they are needed, without hint",
  ],
  [
    "is written for Node",
    `module.exports = { generate() {} };`,
    "'module' is not defined, coins.js line 1",
  ],
  [
    "exports its functions otherwise",
    `export default { generate() {} };`,
    "coins.js has no function generate; it has default",
  ],
  ["gives nothing", `export function generate() {}`, "generate(1, 2) gave null"],
  [
    "wants a file",
    `import fs from "node:fs"; export function generate() { return fs; }`,
    "there is no module",
  ],
])("a plug-in that %s ends in words", async (_, text, words) => {
  const failure = await generateByPlugin(quick, coins(text), [{ seed: 1, difficulty: 2 }]).catch(
    (error: unknown) => error,
  );
  expect(failure).toBeInstanceOf(AppError);
  expect(failure).toMatchObject({ code: "BAD_INPUT", message: expect.stringContaining(words) });
});

test.each([
  ["false", { correct: false, score: 0 }],
  ["true", { correct: true, score: 1 }],
  [
    `{ correct: false, score: 0.25, detail: "one of four" }`,
    { correct: false, score: 0.25, detail: "one of four" },
  ],
  [`{ correct: true, score: 0.5 }`, { correct: true, score: 1 }],
])("a verdict %s is read", async (written, verdict) => {
  const plugin = coins(`${GENERATE}export const verify = () => (${written});`);
  const problem = { prompt: "n", gold: "1", data: null };
  expect(await verifyByPlugin(pool, plugin, [{ problem, answer: "1" }])).toMatchObject([verdict]);
});

test.each([
  ["1", "gave 1, and must give true or false, or { correct, score, detail }"],
  [`"yes"`, 'gave "yes", and must give true or false'],
  ["NaN", "it gave NaN, and only texts"],
  ["undefined", "gave null, and must give true or false"],
  [`{ correct: "yes" }`, "and correct must be true or false"],
  ["{ correct: true, score: 1.5 }", "and score must be a number from 0 to 1"],
  ["{ correct: true, detail: 5 }", "and detail must be a text"],
])("what is no verdict, such as %s, is said with what is one", async (written, words) => {
  const plugin = coins(`${GENERATE}export const verify = () => (${written});`);
  const problem = { prompt: "n", gold: "1", data: null };
  await expect(verifyByPlugin(pool, plugin, [{ problem, answer: "1" }])).rejects.toThrow(words);
});

test("an item that fails is named, not the last of its call", async () => {
  const plugin = pythonCoins(
    "def generate(seed, difficulty):\n    return {'prompt': 'a', 'gold': '1', 'data': {seed} if seed == 2 else seed}",
  );
  const draws = [1, 2, 3].map((seed) => ({ seed, difficulty: 2 }));
  await expect(generateByPlugin(pool, plugin, draws)).rejects.toThrow("in generate(2, 2)");
});

test.each([
  ["Größe", COINS_YAML, "its folder's name must be of lower-case letters, digits and dashes"],
  ["with space", COINS_YAML, "its folder's name must be of lower-case letters"],
  ["countdown", COINS_YAML.replace("coins", "countdown"), "a built-in task has this name"],
  ["others", COINS_YAML, "its folder is others"],
  ["coins", COINS_YAML.replace("difficulties: [2, 3, 4]", "difficulties: []"), "difficulties"],
  ["coins", COINS_YAML.replace("coins.js", "../coins.js"), "a .js or .py file beside plugin.yaml"],
  ["coins", "a: [", "no YAML"],
  ["coins", "", "plugin.yaml is empty"],
  ["coins", "a: 1\n---\nb: 2", "plugin.yaml has several documents"],
  ["coins", "- a", "plugin.yaml is no list of keys such as name: coins"],
  ["coins", `${COINS_YAML}foo: 1\n`, 'plugin.yaml has "foo", and takes only name, version'],
  [
    "coins",
    COINS_YAML.replace("title: Coins", "title: 5"),
    "is wrong at title, which must be a text",
  ],
  ["coins", COINS_YAML.replace("title: Coins\n", ""), "plugin.yaml lacks title: a text"],
  [
    "coins",
    COINS_YAML.replace("[2, 3, 4]", "[0.5]"),
    "difficulties, which must be a list of whole numbers from 1 on",
  ],
  ["coins", COINS_YAML.replace("coins.js", "other.js"), "other.js is not there"],
])("a folder %s whose plugin.yaml is wrong is listed with why", (name, yaml, why) => {
  expect(findPlugins(workspaceWith(name, yaml, GENERATE))).toEqual([
    { folder: name, refusal: expect.stringContaining(why) },
  ]);
});

test("what stands in a plug-in's place and is none is listed with why, and hides no other", () => {
  const workspace = workspaceWith("coins", COINS_YAML, documentBlock("js"));
  const at = (...names: string[]): string => join(workspace, "plugins", ...names);
  mkdirSync(at("a-folder", "plugin.yaml"), { recursive: true });
  mkdirSync(at("empty"));
  mkdirSync(at("yml"));
  writeFileSync(at("yml", "plugin.yml"), COINS_YAML);
  mkdirSync(at("latin"));
  writeFileSync(
    at("latin", "plugin.yaml"),
    Buffer.from(COINS_YAML.replace("Coins", "M\u00fcnzen"), "latin1"),
  );
  symlinkSync("/nowhere", at("lost"));
  const elsewhere = join(temporaryFolder(), "linked");
  mkdirSync(elsewhere);
  writeFileSync(join(elsewhere, "plugin.yaml"), COINS_YAML.replace("coins", "linked"));
  writeFileSync(join(elsewhere, "coins.js"), `\uFEFF${documentBlock("js")}`);
  symlinkSync(elsewhere, at("linked"));
  expect(findPlugins(workspace)).toEqual([
    { folder: "a-folder", refusal: expect.stringContaining("plugin.yaml is no file") },
    { folder: "coins", plugin: expect.anything() },
    { folder: "empty", refusal: expect.stringContaining("plugin.yaml is not there") },
    { folder: "latin", refusal: expect.stringContaining("plugin.yaml is no text in UTF-8") },
    { folder: "linked", plugin: expect.objectContaining({ text: documentBlock("js") }) },
    { folder: "lost", refusal: expect.stringContaining("link leads nowhere") },
    { folder: "yml", refusal: expect.stringContaining("must be called plugin.yaml") },
  ]);
});

test("two plug-ins of one text are two", () => {
  const one = coins(documentBlock("js"));
  const yaml = COINS_YAML.replace("[2, 3, 4]", "[5, 6]");
  const harder = readPlugin(workspaceWith("coins", yaml, documentBlock("js")), "coins");
  expect(harder.hash).not.toBe(one.hash);
  const renamed = COINS_YAML.replace("name: coins", "name: stamps");
  expect(readPlugin(workspaceWith("stamps", renamed, one.text), "stamps").hash).not.toBe(one.hash);
});

test.each([
  ["takes anything", "export function verify() { return true; }", "junk is refused"],
  ["takes no gold", "export function verify() { return false; }", "gold answers are accepted"],
])("nothing is started on a plug-in whose rule %s", async (_, verify, check) => {
  await expect(soundTask(pool, coins(GENERATE + verify))).rejects.toThrow(
    `The plug-in coins fails its check "${check}": `,
  );
});
