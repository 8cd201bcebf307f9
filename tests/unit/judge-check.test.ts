/** What a recipe's check says of judges and teachers behind endpoints, and how a judge is compared with people. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, onTestFinished, test } from "vitest";
import { Application } from "#main/services/application.ts";
import { agree, planAgreement } from "#main/services/judges/agree.ts";
import { agreementOf } from "#main/services/judges/agreement-of.ts";
import { readRatedTexts } from "#main/services/judges/rated-texts.ts";
import { builtInRecipe } from "#main/services/recipes/built-in-recipes.ts";
import { judgeFindings } from "#main/services/recipes/checks/judge-check.ts";
import { readRecipe } from "#main/services/recipes/checks/recipe-checks.ts";
import { checkRecipeData } from "#main/services/recipes/checks/recipe-data-check.ts";
import { EndpointFields } from "#shared/schema/endpoint.ts";
import type { RecipeFinding } from "#shared/schema/recipe-draft.ts";
import { JudgeReward } from "#shared/schema/reward.ts";
import { clientOf, importFile } from "../helpers/dataset-fixture.ts";
import { judgeServer } from "../helpers/judge-server.ts";
import { temporaryFolder } from "../helpers/temporary-folder.ts";
import { modelFolder } from "../helpers/test-application.ts";

const forever = new AbortController().signal;
const folder = temporaryFolder();
const app = new Application({ workspace: join(folder, "workspace"), shell: "cli" });
afterAll(() => app.close());
const model = modelFolder(folder);
mkdirSync(join(folder, "rubrics"));
writeFileSync(join(folder, "rubrics", "story.md"), "A story has a turn.\n");
writeFileSync(join(folder, "rubrics", "empty.md"), " \n");

function save(name: string, more: Partial<EndpointFields> = {}): void {
  app.endpoints.save(
    undefined,
    EndpointFields.parse({ name, baseUrl: "http://127.0.0.1:9/v1", model: "small", ...more }),
    undefined,
  );
}
save("priced", { usdPerMillionInputTokens: 1, usdPerMillionOutputTokens: 10 });
save("unpriced");

async function findings(stage: string): Promise<RecipeFinding[]> {
  const yaml = `name: n\nmodels: { m: ${JSON.stringify(model)} }\nstages:\n  - ${stage}\n`;
  for await (const event of checkRecipeData(app, yaml, folder, undefined))
    if (event.type === "problems") return event.problems;
  return [];
}

function said(found: readonly RecipeFinding[], path: string): string[] {
  return found
    .filter((one) => one.path === path)
    .map(({ level, message }) => `${level}: ${message}`);
}

const SIZES =
  "num_generations: 4, generation_batch_size: 8, per_device_train_batch_size: 8, max_steps: 10, max_completion_length: 100";

async function judged(reward: string, task = "arithmetic"): Promise<RecipeFinding[]> {
  return findings(
    `{ name: g, kind: grpo, model: m, data: { task: ${task}, difficulties: [2] }, rewards: [{ ${reward} }], ${SIZES} }`,
  );
}

test("a judge's cost is worked out before anything is started, and doubted where nobody compared it with people", async () => {
  const found = await judged("judge: priced, rubric: rubrics/story.md, cap: 0.1, max_tokens: 50");
  // 80 completions of at most 100 tokens each, 50 out: 0.04 dollars for those, and about 330 words of the question.
  const [cost = ""] = said(found, "stages[0].rewards[0].judge");
  const dollars =
    /^note: 80 completions to judge, at most (\d+,\d+) tokens in and 4,000 out: at most \$(0\.\d+)$/u;
  const [, tokensIn = "", usd = ""] = dollars.exec(cost) ?? [];
  expect(Number(tokensIn.replace(",", ""))).toBeGreaterThan(8000);
  expect(Number(usd)).toBeCloseTo(Number(tokensIn.replace(",", "")) / 1e6 + 0.04, 3);
  expect(said(found, "stages[0].rewards[0].rubric")).toEqual([
    "warning: nobody has compared story with people's ratings by this rubric and model.",
  ]);
  const capped = await judged("judge: priced, rubric: rubrics/story.md, cap: 0.01");
  expect(said(capped, "stages[0].rewards[0].cap")).toEqual([
    "warning: the run may stop at $0.01; it goes on with a higher cap",
  ]);
});

test.each([
  ["judge: nobody, rubric: rubrics/story.md", "judge", 'error: There is no endpoint "nobody".'],
  ["judge: priced, rubric: rubrics/none.md", "rubric", "error: There is no rubric"],
  ["judge: priced, rubric: rubrics/empty.md", "rubric", "is empty"],
  ["judge: priced", "judge", "the judge names no rubric"],
  ["judge: unpriced, rubric: rubrics/story.md", "judge", "warning: 80 completions to judge"],
  ["judge: unpriced, rubric: rubrics/story.md, cap: 1", "judge", "error: 80 completions to judge"],
  ["judge: priced, model: large, rubric: rubrics/story.md", "model", "it is priced as small"],
])("of { %s } the check says at %s: %s", async (reward, key, message) => {
  const found = said(await judged(reward), `stages[0].rewards[0].${key}`);
  expect(found.join("\n")).toContain(message);
});

test("short stories bring their own rubric", async () => {
  const found = await judged("judge: priced", "short-story");
  expect(said(found, "stages[0].rewards[0].judge")).toMatchObject([
    expect.stringMatching(/^note: 80 completions to judge/u),
  ]);
});

test("a judge of a mix judges the problems that have a rubric, and its cost is of those alone", async () => {
  const mix =
    "[{ task: arithmetic, difficulties: [2], weight: 3 }, { task: short-story, difficulties: [1] }]";
  const of = (data: string, reward: string) =>
    findings(
      `{ name: g, kind: grpo, model: m, data: ${data}, rewards: [{ name: answer }, { ${reward} }], ${SIZES} }`,
    );
  const found = await of(mix, "judge: priced");
  expect(said(found, "stages[0].rewards[1].judge")).toEqual([
    'note: judges the completions of short-story alone: the problems of arithmetic have no column "rubric"',
    // A quarter of 80.
    expect.stringMatching(/^note: 20 completions to judge/u),
  ]);
  expect(said(found, "stages[0].data[1].task")).toEqual([]);
  // A rubric of its own is for all of them.
  const all = await of(mix, "judge: priced, rubric: rubrics/story.md");
  expect(said(all, "stages[0].rewards[1].judge")).toEqual([
    expect.stringMatching(/^note: 80 completions to judge/u),
  ]);
});

test("the lines of the preset R1 that mix general prompts in make a sound stage, with an endpoint's name", async () => {
  const lines = builtInRecipe("r1-full").split("\n");
  const stageAt = lines.indexOf("  - name: grpo-all");
  const own = lines.findIndex((line, at) => at > stageAt && line.startsWith("    data:"));
  const words = lines.findIndex((line, at) => at > own && line.startsWith("    # "));
  const begun = lines.indexOf("    # data:");
  const ended = lines.findIndex((line, at) => at > begun && !line.startsWith("    # "));
  const yaml = [
    ...lines.slice(0, own),
    ...lines
      .slice(begun, ended)
      .map((line) => line.replace("# ", "").replace("my-endpoint", "priced")),
    ...lines.slice(ended),
  ].join("\n");
  expect([stageAt < own, own < words, words < begun, begun < ended]).toEqual([
    true,
    true,
    true,
    true,
  ]);
  const { recipe, problems } = readRecipe(yaml);
  expect(problems.filter(({ level }) => level === "error")).toEqual([]);
  const index = recipe?.stages.findIndex(({ name }) => name === "grpo-all") ?? -1;
  const stage = recipe?.stages[index];
  if (stage?.kind !== "grpo") throw new Error("the preset has no last GRPO stage");
  const found = await judgeFindings(app, stage, index, folder, undefined);
  expect(found.filter(({ level }) => level === undefined || level === "error")).toEqual([]);
  expect(found.map(({ message }) => message)).toContainEqual(
    expect.stringContaining("judges the completions of short-story alone"),
  );
});

test("a teacher behind an endpoint is checked and priced", async () => {
  const stage = (teacher: string, more = ""): string =>
    `{ name: s, kind: rejection-sampling, model: m, teacher: { ${teacher} }, data: { task: arithmetic, difficulties: [2] }, num_prompts: 10, num_generations: 2, max_completion_length: 100${more} }`;
  const [cost = ""] = said(await findings(stage("endpoint: priced")), "stages[0].teacher.endpoint");
  expect(cost).toMatch(
    /^note: 20 completions to ask for, at most \d+ tokens in and 2,000 out: at most \$0\.02/u,
  );
  const none = await findings(stage("endpoint: nobody"));
  expect(said(none, "stages[0].teacher.endpoint")).toEqual([
    'error: There is no endpoint "nobody".',
  ]);
  const asked = await findings(
    stage("endpoint: priced", ", top_k: 5, min_p: 0.1, prompt_template: r1-zero"),
  );
  expect(said(asked, "stages[0].top_k")).toEqual([
    "error: a teacher behind an endpoint has no top_k",
  ]);
  expect(said(asked, "stages[0].min_p")).toHaveLength(1);
  expect(said(asked, "stages[0].prompt_template")[0]).toContain("asked by a conversation");
});

test("a judge is compared with people once, and every check knows it from then on", async () => {
  // Gives what people gave, and one more to every long text.
  const server = await judgeServer(({ messages }) => {
    const text = /TEXT [0-9a-f]+\n(.*)\nEND OF TEXT/u.exec(messages[1]?.content ?? "")?.[1] ?? "";
    if (text === "?") return { text: "no idea" };
    return {
      text: `{"score": ${Math.min(10, Number(text.split(" ")[0]) + (text.length > 3 ? 1 : 0))}}`,
    };
  });
  onTestFinished(() => {
    server.close();
  });
  save("live", { baseUrl: server.url, usdPerMillionInputTokens: 1, usdPerMillionOutputTokens: 10 });
  const rated = [
    ...Array.from({ length: 8 }, (_, i) => ({
      prompt: `p${i}`,
      completion: i % 2 === 0 ? String(i + 1) : `${i + 1} long`,
      rating: i + 1,
    })),
    { prompt: "p9", completion: "?", rating: 3 },
  ].map((one) => ({ ...one, problemId: one.prompt, rubric: null, gold: null }));
  const spec = JudgeReward.parse({ judge: "live", rubric: "rubrics/story.md" });
  const found = await agree(app, spec, folder, rated, forever);
  expect(found).toMatchObject({ n: 8, unusable: 1, model: "small", rubric: "rubrics/story.md" });
  // Half of them one too high.
  expect(found.meanDifference?.value).toBeCloseTo(0.5, 12);
  // Ranks 1, 2½, 2½, 4½, 4½, 6½, 6½, 8 against 1 to 8: r = 40.5 / √(42 · 40.5).
  expect(found.spearman?.value).toBeCloseTo(40.5 / Math.sqrt(42 * 40.5), 12);
  expect(found.cases.at(-1)).toMatchObject({ score: null, rating: 3 });
  expect(found.costUsd).toBeCloseTo(10 * 0.0002, 12);
  expect(app.store.agreements.list()).toHaveLength(1);
  expect(app.store.ledger.list(undefined)[0]).toMatchObject({ kind: "api" });
  expect(
    said(await judged("judge: live, rubric: rubrics/story.md"), "stages[0].rewards[0].rubric"),
  ).toEqual([expect.stringMatching(/^note: compared with people: Spearman 0\.98 \[.*n 8$/u)]);
  const outside = rated.map((one) => ({ ...one, rating: 11 }));
  await expect(agree(app, spec, folder, outside, forever)).rejects.toMatchObject({
    code: "BAD_INPUT",
  });
});

const SCALE = [1, 10] as const;
const RATED = { store: app.store, uploads: app.datasets.uploads };

test("texts that people rated are read line by line, and from tables", async () => {
  const file = join(folder, "rated.jsonl");
  const line = { prompt: "p", completion: "c", rating: 7, rubric: "r" };
  writeFileSync(file, `${JSON.stringify(line)}\n`);
  const read = { texts: [{ ...line, problemId: "line 1", gold: null }], leftOut: 0 };
  expect(await readRatedTexts(RATED, file, SCALE)).toEqual(read);
  const uploadId = app.datasets.uploads.begin("mine.csv");
  const csv = Buffer.from("prompt,completion,rating,rubric\np,c,7,r\n");
  app.datasets.uploads.append(uploadId, 0, csv);
  const { texts } = await readRatedTexts(RATED, { uploadId }, SCALE);
  expect(texts).toMatchObject([{ prompt: "p", completion: "c", rating: 7 }]);
  writeFileSync(file, `${JSON.stringify(line)}\n{"prompt":"p","completion":"c"}\n`);
  await expect(readRatedTexts(RATED, file, SCALE)).rejects.toMatchObject({
    code: "BAD_INPUT",
    message: expect.stringContaining("Line 2"),
  });
});

test("records that somebody rated by hand, or accepted and rejected, are ratings too", async () => {
  const turns = (answer: string) => [
    { role: "user", content: "Write." },
    { role: "assistant", content: `<think>plan</think>${answer}` },
  ];
  const rows = [
    { messages: turns("a"), rating: 3, gold: "g", rubric: "Mine." },
    { messages: turns("b"), rating: "8.5" },
    { messages: turns("c"), rating: "good" },
    { messages: turns("d") },
  ];
  const file = join(folder, "written.jsonl");
  writeFileSync(file, rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
  const { datasetId, error } = await importFile(app, file, { name: "written" });
  expect(error).toBeNull();
  if (datasetId === null) throw new Error("no dataset");
  const rated = { datasetId, field: "rating" };
  expect(await readRatedTexts(RATED, rated, SCALE)).toEqual({
    texts: [
      {
        problemId: expect.stringMatching(/^record \d+$/u),
        prompt: "Write.",
        completion: "<think>\nplan\n</think>\na",
        rating: 3,
        gold: "g",
        rubric: "Mine.",
      },
      expect.objectContaining({
        completion: "<think>\nplan\n</think>\nb",
        rating: 8.5,
        gold: null,
      }),
    ],
    leftOut: 2,
  });
  const decided = { datasetId, field: "status" };
  await expect(readRatedTexts(RATED, decided, SCALE)).rejects.toMatchObject({
    code: "BAD_INPUT",
    message: "No record of the dataset is accepted or rejected.",
  });
  const [first, second] = app.store.records.ids(datasetId, []);
  const client = clientOf(app);
  for (const [id, status] of [
    [first, "rejected"],
    [second, "accepted"],
  ] as const)
    await client.datasets.records.applyBulk({
      datasetId,
      target: { ids: id === undefined ? [] : [id] },
      action: { type: "status", status },
    });
  const { texts, leftOut } = await readRatedTexts(RATED, decided, SCALE);
  expect([texts.map(({ rating }) => rating), leftOut]).toEqual([[1, 10], 2]);
  const none = { datasetId, field: "stars" };
  await expect(readRatedTexts(RATED, none, SCALE)).rejects.toThrow(/metadata "stars"/u);
});

test("a comparison says beforehand what it asks and costs at most, and asks nothing for it", async () => {
  const server = await judgeServer(() => ({ text: '{"score": 4}' }));
  onTestFinished(() => {
    server.close();
  });
  save("planned", {
    baseUrl: server.url,
    usdPerMillionInputTokens: 0,
    usdPerMillionOutputTokens: 10,
  });
  save("free", { baseUrl: server.url });
  const text = { problemId: "1", prompt: "p", rating: 4, rubric: null, gold: null };
  const texts = ["a", "b", "<think>no end"].map((completion) => ({ ...text, completion }));
  const spec = JudgeReward.parse({
    judge: "planned",
    rubric: "rubrics/story.md",
    max_tokens: 1000,
  });
  const plan = () => planAgreement(app, spec, folder, { texts, leftOut: 1 });
  // Two texts of 1000 tokens out; where nothing follows the thinking nothing is asked.
  expect(plan()).toEqual({ n: 3, leftOut: 1, toAsk: 2, mostUsd: 0.02 });
  const free = planAgreement(app, { ...spec, judge: "free" }, folder, { texts, leftOut: 0 });
  expect(free).toMatchObject({ toAsk: 2, mostUsd: null });
  expect(server.asked).toHaveLength(0);
  await agree(app, spec, folder, texts, forever);
  expect(plan()).toEqual({ n: 3, leftOut: 1, toAsk: 0, mostUsd: 0 });
});

test("an agreement is found by what the rubric says and by the model, wherever the file lies", async () => {
  const found = app.store.agreements.list().at(-1);
  if (found === undefined) throw new Error("nothing was compared");
  expect(found.endpoint).toBe("live");
  const moved = join(folder, "elsewhere");
  mkdirSync(moved);
  writeFileSync(join(moved, "other-name.md"), "A story has a turn.\n");
  writeFileSync(join(moved, "story.md"), "A story has no turn.\n");
  const of = (rubric: string, more = {}) =>
    agreementOf(app, JudgeReward.parse({ judge: "live", rubric, ...more }), moved);
  expect(of("other-name.md")?.n).toBeGreaterThan(0);
  expect(of("story.md")).toBeNull();
  expect(of("other-name.md", { model: "large" })).toBeNull();
});
