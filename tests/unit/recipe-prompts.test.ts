/** Three prompts of a stage's data through its model's own template, and what keeps them from being written, at its field. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Application } from "#main/services/application.ts";
import { checkWhole } from "#main/services/recipes/checks/recipe-check-whole.ts";
import { importProblems } from "#main/services/problems/import-problems.ts";
import { renderPrompts } from "#main/services/recipes/render-prompts.ts";
import { keptTokenizer } from "#main/core/text/kept-tokenizers.ts";

const folder = mkdtempSync(join(tmpdir(), "gradus-prompts-"));
let app: Application;

beforeAll(async () => {
  app = new Application({ workspace: join(folder, "workspace"), shell: "cli" });
  const file = join(folder, "mine.jsonl");
  const lines = [1, 2, 3, 4].map((n) =>
    JSON.stringify({
      question: `What is ${n} plus one?`,
      answer: String(n + 1),
      unit: "apples",
      ...(n === 1 ? { hint: "count" } : {}),
    }),
  );
  writeFileSync(file, lines.map((line) => `${line}\n`).join(""));
  await importProblems(app.store, { path: file, into: "mine", skipBad: false }, () => 1);
});

afterAll(async () => {
  await app.close();
  rmSync(folder, { recursive: true, force: true });
});

function recipe(more: string, set = "mine", model = "gradus-base"): string {
  return `name: t
models: { base: ${model} }
stages:
  - name: learn
    kind: grpo
    max_steps: 1
    num_generations: 4
    generation_batch_size: 4
    per_device_train_batch_size: 4
    model: base
    data: { problems: ${set} }
    ${more}
`;
}

test("a prompt is written with the stage's system prompt and template; what the model's template adds is told apart", async () => {
  const text = recipe(
    'system_prompt: "Be brief."\n    prompt_template: "{{ prompt }} In {{ unit }}."',
  );
  const { prompts, problems } = await renderPrompts(app, text, 0, folder);
  expect(problems).toEqual([]);
  expect(prompts).toHaveLength(3);
  const tokenizer = keptTokenizer(app.models.resolve("gradus-base"));
  for (const prompt of prompts) {
    const own = prompt.parts.flatMap(({ role, text: part }) =>
      role === null ? [] : [[role, part]],
    );
    expect(own[0]).toEqual(["system", "Be brief."]);
    expect(own[1]?.[1]).toMatch(/^What is \d plus one\? In apples\.$/);
    const whole = prompt.parts.map((part) => part.text).join("");
    expect(prompt.tokens).toBe(tokenizer.encode(whole, { addSpecialTokens: false }).length);
    // <|user|> and <|assistant|>; the template's line end is in one token with the system prompt's dot.
    expect(prompt.templateTokens).toBe(2);
  }
});

test("R1-Zero's plain text is the template's but for the question", async () => {
  const { prompts } = await renderPrompts(app, recipe("prompt_template: r1-zero"), 0, folder);
  expect(prompts[0]?.parts.map(({ role }) => role)).toEqual([null, "user", null]);
  expect(prompts[0]?.parts.at(-1)?.text).toBe("\nAssistant:");
});

test.each([
  [recipe('prompt_template: "{{ prompt"'), "stages[0].prompt_template", "cannot be rendered"],
  [recipe("", "nobody"), "stages[0].data", "nobody"],
  [recipe("", "mine", "no-such-model"), "stages[0].model", "no-such-model"],
])("%#: what keeps a prompt from being written is said at its field", async (text, path, words) => {
  const { prompts, problems } = await renderPrompts(app, text, 0, folder);
  expect(prompts).toEqual([]);
  expect(problems.map((problem) => problem.path)).toEqual([path]);
  expect(problems[0]?.message).toContain(words);
});

test.each([
  ["{{ prompt }} {{ units }}", "error", "no problem of mine has such a column"],
  ["{{ prompt }} {{ hint }}", "warning", "48 of 64 problems of mine do not have"],
  ['{{ prompt }} {{ units | default("") }}', undefined, ""],
])("a template that writes a column: %s", (template, level, words) => {
  const { problems } = checkWhole(
    app,
    recipe(`prompt_template: ${JSON.stringify(template)}`),
    folder,
  );
  const found = problems.find(({ path }) => path.endsWith("prompt_template"));
  expect(found?.level).toBe(level);
  expect(found?.message ?? "").toContain(words);
});

test.each([
  ['prompt_template: "Solve it."', "error", "makes 1 prompt of 4 different problems"],
  ['prompt_template: "In {{ unit }}"', "error", "it leaves out what they ask"],
  [
    'prompt_template: "{% if hint %}{{ prompt }}{% else %}?{% endif %}"',
    "warning",
    "makes 2 prompts of 4 different problems",
  ],
])("a template that leaves out what is asked: %s", (more, level, words) => {
  const { problems } = checkWhole(app, recipe(more), folder);
  const found = problems.filter(({ path }) => path === "stages[0].prompt_template");
  expect(found).toMatchObject([{ level, message: expect.stringContaining(words) }]);
});

test.each([
  ['system_prompt: "Be brief.<|end|>"', "system_prompt", "the text holds <|end|>"],
  ['prompt_template: "<|user|>{{ prompt }}"', "prompt_template", "the text holds <|user|>"],
])("a control token in a stage's own words is said: %s", (more, key, words) => {
  const { problems } = checkWhole(app, recipe(more), folder);
  expect(problems).toContainEqual(
    expect.objectContaining({
      path: `stages[0].${key}`,
      level: "warning",
      message: expect.stringContaining(words),
    }),
  );
});

function withData(data: string): string {
  return recipe("").replace("{ problems: mine }", data);
}

test.each([
  ["{ task: arithmetic, difficulties: 3 }", "data.difficulties", "must be a list, and is 3"],
  ["{ task: arithmetic, difficulties: ['2'] }", "data.difficulties[0]", "must be a number"],
  ["{ task: arithmetic }", "data.difficulties", "is missing"],
  ["{}", "data", "task and difficulties, or task, or problems"],
  ["{ problems: Mine }", "data.problems", "NAME or NAME@VERSION"],
  ["{ problems: mine, weight: 1.0e+308 }", "data.weight", "must be at most 1000000000"],
  ["{ problems: mine, where: 'unit:apples' }", "data.where", 'there is no field "unit"'],
])("a source that is written wrongly is said once, at its key: %s", (data, path, words) => {
  const { problems } = checkWhole(app, withData(data), folder);
  expect(problems.filter(({ level }) => level === "error")).toMatchObject([
    { path: `stages[0].${path}`, message: expect.stringContaining(words) },
  ]);
});

test("worked examples of a set that nobody worked out are refused", () => {
  const yaml = `name: t
models: { base: gradus-base }
stages:
  - { name: sft, kind: sft, model: base, max_length: 256, data: { source: { problems: mine }, examples: 4 } }
`;
  expect(checkWhole(app, yaml, folder).problems).toContainEqual(
    expect.objectContaining({
      path: "stages[0].data.source.problems",
      level: "error",
      message: "no problem of mine has a worked solution to learn from",
    }),
  );
});
