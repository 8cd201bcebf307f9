/** Every example and prompt of a recipe through the template of its own model, before anything is started. */
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Application } from "#main/services/application.ts";
import { checkWhole } from "#main/services/recipes/checks/recipe-check-whole.ts";
import { checkRecipeData } from "#main/services/recipes/checks/recipe-data-check.ts";
import type { DataCheckEvent, RecipeFinding } from "#shared/schema/recipe-draft.ts";

const folder = mkdtempSync(join(tmpdir(), "gradus-data-checks-"));
let app: Application;

beforeAll(() => {
  app = new Application({ workspace: join(folder, "workspace"), shell: "cli" });
});

afterAll(async () => {
  await app.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Cuts what stands before </think>, as DeepSeek-R1-Distill's does. */
const CUTS = `{%- for m in messages %}{%- set c = m['content'] %}{%- if m['role'] == 'assistant' and '</think>' in c %}{%- set c = c.split('</think>')[-1] %}{%- endif %}{{- '<|im_start|>' + m['role'] + '\n' + c + '<|im_end|>' }}{%- endfor %}{%- if add_generation_prompt %}{{- '<|im_start|>assistant\n' }}{%- endif %}`;
/** Keeps the reasoning of the last answer alone, as Qwen3's does. */
const LAST_THINKS = CUTS.replace("'</think>' in c %}", "'</think>' in c and not loop.last %}");
/** Refuses roles that it does not know. */
const STRICT = `{%- for m in messages %}{%- if m['role'] not in ['user', 'assistant'] %}{{- raise_exception('Unknown role ' + m['role']) }}{%- endif %}{{- '<|im_start|>' + m['role'] + '\n' + m['content'] + '<|im_end|>' }}{%- endfor %}{%- if add_generation_prompt %}{{- '<|im_start|>assistant\n' }}{%- endif %}`;

function modelWith(name: string, template: string): string {
  const target = join(folder, name);
  cpSync(app.models.resolve("gradus-base"), target, { recursive: true });
  writeFileSync(join(target, "chat_template.jinja"), template);
  return target;
}

type Turn = readonly [role: string, content: unknown, more?: object];

function fileOf(name: string, conversations: readonly (readonly Turn[])[]): string {
  const file = join(folder, name);
  const lines = conversations.map((turns) =>
    JSON.stringify({
      messages: turns.map(([role, content, more]) => Object.assign({ role, content }, more)),
    }),
  );
  writeFileSync(file, lines.map((line) => `${line}\n`).join(""));
  return file;
}

function sftOn(model: string, dataset: string, more = ""): string {
  return `name: t\nmodels: { base: ${JSON.stringify(model)} }\nstages:\n  - { name: sft, kind: sft, model: base, data: { dataset: ${JSON.stringify(dataset)} }, max_length: 256${more} }\n`;
}

async function events(yaml: string): Promise<DataCheckEvent[]> {
  const all: DataCheckEvent[] = [];
  for await (const event of checkRecipeData(app, yaml, folder, undefined)) all.push(event);
  return all;
}

async function found(yaml: string): Promise<RecipeFinding[]> {
  const last = (await events(yaml)).at(-1);
  return last?.type === "problems" ? last.problems.filter(({ level }) => level !== "note") : [];
}

const THOUGHT: readonly Turn[] = [
  ["user", "Two and three?"],
  ["assistant", "<think>\nTwo and three make five.\n</think>\n\n5"],
];
const AGAIN: readonly Turn[] = [
  ["user", "and 1 more?"],
  ["assistant", "<think>\nFive and one make six.\n</think>\n\n6"],
];
const PLAIN: readonly Turn[] = [
  ["user", "Name a number."],
  ["assistant", "2"],
];

test.each<[string, string, (readonly Turn[])[], string]>([
  [
    "a template that cuts reasoning",
    CUTS,
    [THOUGHT],
    "leaves out what the assistant writes before </think>",
  ],
  [
    "a template that rewrites earlier turns",
    LAST_THINKS,
    [[...THOUGHT, ...AGAIN]],
    "rewrites earlier turns",
  ],
  [
    "a role that the template refuses",
    STRICT,
    [[["tool", "sunny"], ...PLAIN]],
    "Unknown role tool",
  ],
  ["a record without an answer", STRICT, [[["user", "q only"]]], "no assistant message"],
  [
    "a call of a tool",
    STRICT,
    [[["user", "weather?"], ["assistant", null, { tool_calls: [{ id: "c1" }] }], ...PLAIN]],
    "calls a tool",
  ],
  [
    "an answer of weight 0",
    STRICT,
    [
      [
        ["user", "q"],
        ["assistant", "a", { weight: 0 }],
      ],
    ],
    "weight 0",
  ],
])(
  "%s is an error before the start, with its records and their count",
  async (title, template, bad, words) => {
    const model = modelWith(`model ${title}`, template);
    const file = fileOf(`${title}.jsonl`, [PLAIN, ...bad, PLAIN, ...bad]);
    const problems = await found(sftOn(model, file));
    expect(problems).toMatchObject([
      { level: "error", path: "stages[0].data.dataset", message: expect.stringContaining(words) },
    ]);
    expect(problems[0]?.message).toContain("2 of 4 examples cannot be used (records 2, 4)");
    expect(problems[0]?.advice).not.toBeNull();
  },
);

test("a template that rewrites earlier turns has a way out: the last answer alone", async () => {
  const model = modelWith("way out", LAST_THINKS);
  const yaml = sftOn(model, fileOf("way out.jsonl", [[...THOUGHT, ...AGAIN]]));
  const [problem] = await found(yaml);
  expect(problem?.fixes).toMatchObject([{ label: "Learn from the last answer alone" }]);
  const [change] = problem?.fixes[0]?.changes ?? [];
  expect(change).toEqual({ keys: ["stages", 0, "mask_history"], value: true });
  expect(await found(yaml.replace("max_length", "mask_history: true, max_length"))).toEqual([]);
});

test("records of several reasons are told apart, and named up to five", async () => {
  const model = modelWith("several", STRICT);
  const unanswered: readonly Turn[] = [["user", "q"]];
  const file = fileOf("several.jsonl", [
    ...Array.from({ length: 7 }, () => unanswered),
    [["tool", "x"], ...PLAIN],
  ]);
  const problems = await found(sftOn(model, file));
  expect(problems.map(({ message }) => message.slice(0, 70))).toEqual([
    expect.stringContaining("7 of 8 examples cannot be used (records 1, 2, 3, 4, 5 and 2 more)"),
    expect.stringContaining("1 of 8 examples cannot be used (record 8)"),
  ]);
});

test("worked solutions meet the template too, with generation marks it is meant", () => {
  const yaml = (model: string): string =>
    `name: t\nmodels: { base: ${JSON.stringify(model)} }\nstages:\n  - { name: sft, kind: sft, model: base, data: { source: { task: arithmetic, difficulties: [3] }, examples: 8 }, max_length: 256 }\n`;
  const cut = checkWhole(app, yaml(modelWith("cut source", CUTS)));
  expect(cut.recipe).toBeNull();
  expect(cut.problems).toContainEqual(
    expect.objectContaining({ level: "error", path: "stages[0].model" }),
  );
  const marked = CUTS.replace(
    "{{- '<|im_start|>' + m['role'] + '\n' + c + '<|im_end|>' }}",
    "{{- '<|im_start|>' + m['role'] + '\n' }}{%- generation %}{{- c + '<|im_end|>' }}{%- endgeneration %}",
  );
  const { recipe, problems } = checkWhole(app, yaml(modelWith("marked source", marked)));
  expect(problems.filter(({ level }) => level === "error")).toEqual([]);
  expect(recipe).not.toBeNull();
});

test("too long examples are counted, and the fix is as long as the longest", async () => {
  const long: readonly Turn[] = [
    ["user", "Count."],
    ["assistant", Array.from({ length: 60 }, (_, i) => String(i)).join(" ")],
  ];
  const model = modelWith("lengths", STRICT);
  const some = fileOf("some.jsonl", [PLAIN, long]);
  const [problem] = await found(sftOn(model, some).replace("256", "100"));
  expect(problem).toMatchObject({ level: "warning", path: "stages[0].max_length" });
  expect(problem?.message).toContain("1 of 2 examples are longer");
  const all = fileOf("all.jsonl", [long, long]);
  const cut = sftOn(model, all).replace("256", "100");
  expect(await found(cut)).toMatchObject([
    { level: "warning", message: expect.stringContaining("2 are cut to their first 100 tokens") },
  ]);
  // Left out where that is chosen, and where the cut leaves nothing of the answer.
  const none = { level: "error", message: expect.stringContaining("none is left to train on") };
  const dropped = cut.replace("max_length: 100", "max_length: 100, truncation_mode: drop");
  expect(await found(dropped)).toMatchObject([none]);
  expect(await found(cut.replace("100", "8"))).toMatchObject([none]);
  const value = problem?.fixes[0]?.changes[0]?.value;
  expect(await found(sftOn(model, some).replace("256", JSON.stringify(value)))).toEqual([]);
});

test("a dataset that holds a benchmark's problems is doubted", async () => {
  const model = modelWith("overlap", STRICT);
  const asked =
    "A gardener plants seven rows of nineteen tulips and loses twelve of them. How many are left?";
  app.store.transaction(() => {
    app.store.benchmarks.insert(
      {
        id: "garden",
        name: "garden",
        instruction: "",
        licence: "",
        source: "",
        createdAtMs: 0,
      },
      [{ problem: asked, answer: "121", difficulty: 1 }],
    );
  });
  const file = fileOf("overlap.jsonl", [
    PLAIN,
    [
      ["user", asked],
      ["assistant", "121"],
    ],
  ]);
  expect(await found(sftOn(model, file))).toMatchObject([
    {
      level: "warning",
      message: expect.stringContaining(
        "1 of 2 examples hold a problem that a benchmark asks (garden: 1)",
      ),
    },
  ]);
});

test("an empty dataset, a folder and none at all are errors before the start and at it", () => {
  const model = modelWith("empty", STRICT);
  writeFileSync(join(folder, "empty.jsonl"), "");
  mkdirSync(join(folder, "a folder"), { recursive: true });
  for (const [dataset, words] of [
    ["", "No dataset is chosen"],
    ["empty.jsonl", "is empty"],
    ["a folder", "is a folder"],
  ] as const) {
    const yaml = sftOn(model, dataset);
    const { recipe, problems } = checkWhole(app, yaml, folder);
    expect(recipe).toBeNull();
    expect(problems).toContainEqual(
      expect.objectContaining({
        path: "stages[0].data.dataset",
        message: expect.stringContaining(words),
      }),
    );
    expect(() => app.startPipeline({ yaml, relativeTo: folder })).toThrow(words);
  }
});

test("a file of blank lines has no examples", async () => {
  writeFileSync(join(folder, "blank.jsonl"), "\n\n");
  expect(await found(sftOn(modelWith("blank", STRICT), "blank.jsonl"))).toMatchObject([
    { level: "error", message: "the dataset has no examples" },
  ]);
});

test("one example cannot be learned from and held out", async () => {
  const model = modelWith("alone", STRICT);
  const file = fileOf("alone.jsonl", [PLAIN]);
  expect(await found(sftOn(model, file, ", eval_steps: 1"))).toMatchObject([
    { path: "stages[0].eval_steps", level: "error" },
  ]);
  expect(await found(sftOn(model, file))).toEqual([]);
  const two = fileOf("two.jsonl", [PLAIN, AGAIN]);
  expect(await found(sftOn(model, two, ", eval_steps: 1"))).toEqual([]);
});

test("pretraining beyond the model's context is an error", () => {
  const yaml =
    "name: t\nmodels: { base: gradus-base }\nstages:\n  - { name: pre, kind: pretrain, model: base, sequence_length: 1024, max_steps: 1 }\n";
  const { recipe, problems } = checkWhole(app, yaml);
  expect(recipe).toBeNull();
  const problem = problems.find(({ path }) => path === "stages[0].sequence_length");
  expect(problem?.message).toContain("longer than the model's context");
  const context = JSON.parse(
    readFileSync(join(app.models.resolve("gradus-base"), "config.json"), "utf8"),
  ).max_position_embeddings;
  expect(problem?.fixes[0]?.label).toBe(`Use ${context}`);
});

test("a check is told as it goes on, done once for the same data, and again for another template", async () => {
  const model = modelWith("once", STRICT);
  const file = fileOf(
    "once.jsonl",
    Array.from({ length: 200 }, () => PLAIN),
  );
  const first = await events(sftOn(model, file));
  expect(first.some((event) => event.type === "progress" && event.total === 200)).toBe(true);
  expect((await events(sftOn(model, file))).filter(({ type }) => type === "progress")).toEqual([]);
  writeFileSync(join(model, "chat_template.jinja"), `${STRICT} `);
  expect((await events(sftOn(model, file))).some(({ type }) => type === "progress")).toBe(true);
});

test("a check that nobody waits for is left at once", async () => {
  const model = modelWith("left", STRICT);
  const file = fileOf(
    "left.jsonl",
    Array.from({ length: 20_000 }, () => PLAIN),
  );
  const abort = new AbortController();
  const seen: DataCheckEvent[] = [];
  const check = async (): Promise<void> => {
    for await (const event of checkRecipeData(app, sftOn(model, file), folder, abort.signal)) {
      seen.push(event);
      abort.abort();
    }
  };
  await expect(check()).rejects.toThrow("aborted");
  expect(seen).toMatchObject([{ type: "progress" }]);
});

test("an imported set's problems meet the template and the context before the start", async () => {
  const benchmark = { name: "long", instruction: "", licence: "", source: "", createdAtMs: 0 };
  const problem = Array.from({ length: 150 }, (_, i) => String(i)).join(" ");
  app.store.transaction(() => {
    app.store.benchmarks.insert({ ...benchmark, id: "long" }, [
      { problem: "Name a number.", answer: "1", difficulty: 1 },
      { problem, answer: "1", difficulty: 1 },
    ]);
  });
  const yaml = (model: string): string =>
    `name: t\nmodels: { base: ${JSON.stringify(model)} }\nstages:\n  - { name: test, kind: benchmark, model: base, data: { benchmark: long }, num_problems: 2, max_completion_length: 128 }\n`;
  const refusing = modelWith("refuses", "{{ raise_exception('Not today') }}");
  expect(await found(yaml(refusing))).toMatchObject([
    {
      level: "error",
      path: "stages[0].data.benchmark",
      message: expect.stringContaining("2 of 2"),
    },
  ]);
  const fits = modelWith("prompts", STRICT);
  const [tooLong] = await found(yaml(fits));
  expect(tooLong).toMatchObject({ level: "error", path: "stages[0].max_completion_length" });
  const value = JSON.stringify(tooLong?.fixes[0]?.changes[0]?.value);
  expect(await found(yaml(fits).replace("length: 128", `length: ${value}`))).toEqual([]);
});
