/** Records from a teacher: an endpoint whose server answers as the test wants it. */
import { createServer } from "node:http";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";
import { z } from "zod";
import { Application } from "#main/services/application.ts";
import type { DatasetJob } from "#shared/schema/dataset.ts";
import { EndpointFields } from "#shared/schema/endpoint.ts";
import { amountOf, ledgerCsv, ledgerRows } from "#renderer/features/cost/ledger-rows.ts";
import { yieldText } from "#renderer/features/datasets/jobs/job-text.ts";
import { costReport } from "#main/host/cli/printing/cost-report.ts";
import { clientOf } from "../helpers/dataset-fixture.ts";
import { temporaryFolder } from "../helpers/store-fixture.ts";

const Asked = z.object({ messages: z.array(z.object({ role: z.string(), content: z.string() })) });

/** An OpenAI-compatible server; `answer` sees the prompt and how many came before. */
async function teacher(answer: (prompt: string, call: number) => string | undefined) {
  const prompts: string[] = [];
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk) => {
      body += String(chunk);
    });
    request.on("end", () => {
      const { messages } = Asked.parse(JSON.parse(body));
      const prompt = messages.at(-1)?.content ?? "";
      const content = answer(prompt, prompts.length);
      prompts.push(prompt);
      // Left unanswered: the test ends it.
      if (content === undefined) return;
      response.setHeader("content-type", "application/json");
      response.end(
        JSON.stringify({
          choices: [{ index: 0, message: { role: "assistant", content }, finish_reason: "stop" }],
          usage: { prompt_tokens: 10, completion_tokens: 20 },
        }),
      );
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return { prompts, url: `http://127.0.0.1:${port}/v1` };
}

function application(folder: string): Application {
  const app = new Application({
    workspace: join(folder, "workspace"),
    shell: "cli",
    configFolder: join(folder, "config"),
  });
  onTestFinished(() => app.close());
  return app;
}

function endpoint(app: Application, url: string, prices: object = {}): string {
  const fields = EndpointFields.parse({
    name: "Teacher",
    baseUrl: url,
    model: "t",
    usdPerMillionInputTokens: 100,
    usdPerMillionOutputTokens: 1000,
    requestsAtOnce: 1,
    ...prices,
  });
  return app.endpoints.save(undefined, fields, null).id;
}

/** Solves the arithmetic task's prompts; every third answer is wrong. */
function solve(prompt: string, call: number): string {
  const [, left = "0", sign = "+", right = "0"] = /(\d+)([+-])(\d+)/.exec(prompt) ?? [];
  const result = sign === "+" ? Number(left) + Number(right) : Number(left) - Number(right);
  return `<think>${left} and ${right}.</think><answer>${result + (call % 3 === 2 ? 1 : 0)}</answer>`;
}

const NO_PRICE = { usdPerMillionInputTokens: null, usdPerMillionOutputTokens: null };
const SOURCE = { task: "arithmetic" as const, difficulties: [2] };

test("samples are judged as they arrive, wrong ones are left out, and the price of a right one is known", async () => {
  const app = application(temporaryFolder());
  const client = clientOf(app);
  const { url } = await teacher(solve);
  const job = await client.datasets.generate.start({
    into: { name: "taught" },
    prompts: { source: SOURCE, count: 6 },
    teacher: { endpointId: endpoint(app, url) },
  });
  const ended = await app.datasets.jobs.settled(job.id);
  // (10 × $100 + 20 × $1000) / 1e6 = $0.021 a sample.
  expect(ended).toMatchObject({ state: "finished", done: 6, sampled: 6, accepted: 4, added: 4 });
  expect(ended.costUsd).toBeCloseTo(6 * 0.021, 10);
  const { datasetId } = ended;
  if (datasetId === null) throw new Error("no dataset");
  const { rows } = await client.datasets.records.page({ datasetId, filter: [] });
  expect(rows.map(({ verdict, status }) => [verdict, status])).toEqual(
    Array.from({ length: 4 }, () => ["correct", "pending"]),
  );
  const [first] = rows;
  if (first === undefined) throw new Error("four rows were expected");
  expect(await client.datasets.records.get({ recordId: first.id })).toMatchObject({
    source: { kind: "generated", sampling: { temperature: 0.6, sample: 0 }, costUsd: 0.021 },
    reference: { task: "arithmetic", difficulty: 2 },
    messages: [{ role: "user" }, { role: "assistant", content: /^<answer>/ }],
  });
  expect(app.store.ledger.list(undefined)).toMatchObject([{ kind: "api", how: "metered" }]);
  expect(app.store.ledger.list(undefined)[0]?.totalUsd).toBeCloseTo(6 * 0.021, 10);
  expect((await client.edits.undo({})).label).toMatch(/^generate 4 records with e-/);
  expect((await client.datasets.get({ datasetId })).records).toBe(0);
});

test("what an endpoint without prices answered is counted, and costs nobody knows what", async () => {
  const app = application(temporaryFolder());
  const client = clientOf(app);
  const { url } = await teacher(solve);
  const job = await client.datasets.generate.start({
    into: { name: "taught" },
    prompts: { source: SOURCE, count: 3 },
    teacher: { endpointId: endpoint(app, url, NO_PRICE) },
  });
  expect(await app.datasets.jobs.settled(job.id)).toMatchObject({
    ...{ sampled: 3, costUsd: null },
    // 10 tokens in and 20 out, each time.
    unpricedTokens: 90,
  });
  expect(app.store.ledger.list(undefined)).toEqual([]);
  const report = await client.cost.report({});
  const counted = { unpricedRequests: 3, unpricedTokens: 90 };
  const use = { purpose: "generated data", endpoint: "Teacher", promptTokens: 30 };
  expect(report).toMatchObject({ ...counted, unpriced: [{ ...use, completionTokens: 60 }] });
  const printed = costReport(report).replace(/ +/gu, " ");
  expect(printed).toContain(" api generated data: 3 requests to t at Teacher 90 tokens no price ");
  expect(printed).toContain("Spent $0, and 3 requests, 90 tokens, to endpoints at no price:");
  const rows = ledgerRows(report.pipelines, report.ledger, report.unpriced, 0);
  expect(rows.map(({ type }) => type)).toEqual(["others", "unpriced"]);
  expect(rows.map(amountOf)).toEqual([null, null]);
  expect(ledgerCsv(rows)).toContain(
    ",api,generated data: 3 requests to t at Teacher,90,tokens,,,metered\n",
  );
  expect(app.store.transaction(() => app.store.endpointAnswers.takeUncharged(null))).toMatchObject([
    { endpoint: "Teacher", promptTokens: 30, completionTokens: 60, withoutCost: 3 },
  ]);
});

test("prompts of one's own are judged by the right answers that came with them; wrong ones are kept as rejected where asked", async () => {
  const app = application(temporaryFolder());
  const client = clientOf(app);
  const { url, prompts } = await teacher(() => "The answer is 7.");
  const job = await client.datasets.generate.start({
    into: { name: "taught" },
    prompts: {
      list: [
        { prompt: "three and four?", gold: "7" },
        { prompt: "four and four?", gold: "8" },
        { prompt: "why?" },
      ],
    },
    teacher: { endpointId: endpoint(app, url) },
    system: "Be brief.",
    n: 2,
    keepWrong: true,
  });
  const { datasetId, ...ended } = await app.datasets.jobs.settled(job.id);
  if (datasetId === null) throw new Error("no dataset");
  expect(ended).toMatchObject({ sampled: 6, accepted: 2, added: 6 });
  expect(prompts).toHaveLength(6);
  const { rows } = await client.datasets.records.page({ datasetId, filter: [] });
  expect(rows.map(({ verdict, status }) => `${verdict} ${status}`).sort()).toEqual([
    "correct pending",
    "correct pending",
    "none pending",
    "none pending",
    "wrong rejected",
    "wrong rejected",
  ]);
});

test("the budget is not passed", async () => {
  const app = application(temporaryFolder());
  const client = clientOf(app);
  const { url } = await teacher(solve);
  const job = await client.datasets.generate.start({
    into: { name: "taught" },
    prompts: { source: SOURCE, count: 20 },
    teacher: { endpointId: endpoint(app, url) },
    maxTokens: 20,
    budgetUsd: 0.1,
  });
  const ended = await app.datasets.jobs.settled(job.id);
  expect(ended.state).toBe("finished");
  expect(ended.phase).toMatch(/budget does not allow the \d+ samples left/);
  expect(ended.costUsd).toBeLessThanOrEqual(0.1);
  expect(ended.sampled).toBeGreaterThan(0);
  expect(ended.sampled).toBeLessThan(20);
});

/** Resolves once so many samples are kept. */
async function sampled(app: Application, jobId: string, count: number): Promise<void> {
  while (app.store.generated.totals(jobId).sampled < count) await setImmediate();
}

test("a job that was cancelled, or whose host ended, goes on with what is left and asks nothing twice", async () => {
  const folder = temporaryFolder();
  const app = application(folder);
  const client = clientOf(app);
  let stuck = true;
  const { url, prompts } = await teacher((prompt, call) =>
    stuck && call >= 3 ? undefined : solve(prompt, 0),
  );
  const request = {
    into: { name: "taught" },
    prompts: { source: SOURCE, count: 8 },
    teacher: { endpointId: endpoint(app, url, NO_PRICE) },
  };
  const job = await client.datasets.generate.start(request);
  await sampled(app, job.id, 3);
  await client.datasets.jobs.cancel({ jobId: job.id });
  const first = await app.datasets.jobs.settled(job.id);
  expect(first).toMatchObject({ state: "cancelled", sampled: 3 });
  expect(yieldText(first)).toMatch(/, n 3, no price · 90 tokens$/u);
  await app.close();
  stuck = false;
  const again = application(folder);
  const next = clientOf(again);
  expect(await next.datasets.generate.list()).toMatchObject([
    { job: { id: job.id, state: "cancelled", sampled: 3 }, prompts: 8 },
  ]);
  await next.datasets.generate.resume({ jobId: job.id });
  const ended: DatasetJob = await again.datasets.jobs.settled(job.id);
  expect(ended).toMatchObject({ state: "finished", sampled: 8, accepted: 8, added: 8 });
  // Those of the first part, too.
  expect(ended.unpricedTokens).toBe(240);
  // The one that was on its way when the job was cancelled came again.
  expect(new Set(prompts).size).toBe(8);
  expect(prompts.length).toBeLessThanOrEqual(9);
  await expect(next.datasets.generate.resume({ jobId: job.id })).rejects.toMatchObject({
    code: "CONFLICT",
  });
  await expect(next.datasets.generate.resume({ jobId: "g-no" })).rejects.toMatchObject({
    code: "NOT_FOUND",
  });
  // The second part is an edit of its own.
  expect((await next.edits.undo({})).label).toMatch(/^generate 5 records/);
});

test("a task without such problems, and a name that is taken, begin nothing", async () => {
  const app = application(temporaryFolder());
  const client = clientOf(app);
  const { url } = await teacher(solve);
  const base = {
    prompts: { source: SOURCE, count: 1 },
    teacher: { endpointId: endpoint(app, url) },
  };
  await client.datasets.create({ name: "taken" });
  await expect(
    client.datasets.generate.start({ ...base, into: { name: "taken" } }),
  ).rejects.toMatchObject({ code: "CONFLICT" });
  await expect(
    client.datasets.generate.start({
      ...base,
      into: { name: "new" },
      prompts: { source: { task: "arithmetic", difficulties: [99] }, count: 1 },
    }),
  ).rejects.toMatchObject({ code: "BAD_RECIPE" });
  expect((await client.datasets.list()).map(({ name }) => name)).toEqual(["taken"]);
});
