/** What a recipe's check says of judges and teachers behind endpoints, and how a judge is compared with people. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, onTestFinished, test } from "vitest";
import { Application } from "#main/services/application.ts";
import { agree } from "#main/services/judges/agree.ts";
import { readRatedTexts } from "#main/services/judges/rated-texts.ts";
import { checkRecipeData } from "#main/services/recipes/checks/recipe-data-check.ts";
import { EndpointFields } from "#shared/schema/endpoint.ts";
import type { RecipeFinding } from "#shared/schema/recipe-draft.ts";
import { JudgeReward } from "#shared/schema/reward.ts";
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

test("texts that people rated are read line by line", async () => {
  const file = join(folder, "rated.jsonl");
  const line = { prompt: "p", completion: "c", rating: 7, rubric: "r" };
  writeFileSync(file, `${JSON.stringify(line)}\n`);
  expect(await readRatedTexts(file)).toEqual([{ ...line, problemId: "line 1", gold: null }]);
  writeFileSync(file, `${JSON.stringify(line)}\n{"prompt":"p","completion":"c"}\n`);
  await expect(readRatedTexts(file)).rejects.toMatchObject({
    code: "BAD_INPUT",
    message: expect.stringContaining("Line 2"),
  });
});
