import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createRouterClient, ORPCError, safe } from "@orpc/server";
import type { ContractRouterClient } from "@orpc/contract";
import { expect, test } from "vitest";
import { createRouter } from "#main/procedures/router.ts";
import { writeBenchmark } from "#main/services/benchmarks/benchmark-file.ts";
import type { Contract } from "#shared/contract/contract.ts";
import { PipelineId } from "#shared/schema/run.ts";
import { textOfFile } from "#shared/text-encoding.ts";
import { measuredLaunch, solved } from "../helpers/measured-store.ts";
import { temporaryFolder } from "../helpers/store-fixture.ts";
import { settled, testApplication } from "../helpers/test-application.ts";

type Client = ContractRouterClient<Contract>;

function opened() {
  const { app, model } = testApplication();
  const client: Client = createRouterClient(createRouter(app), { context: {} });
  return { app, client, model };
}

async function codeOf(call: Promise<unknown>): Promise<string | undefined> {
  const [error] = await safe(call);
  return error instanceof ORPCError && error.defined ? String(error.code) : undefined;
}

const GOOD = [
  { problem: "1+1?", answer: 2, level: "Level 4" },
  { question: "Half of one?", answer: String.raw`\frac{1}{2}` },
  { problem: "Boxed?", solution: String.raw`It is \boxed{7}.` },
]
  .map((line) => JSON.stringify(line))
  .join("\n");
const SET = { id: "small", name: "Small" };

test("a set is imported with its answers, levels and hash, and nothing of it twice", async () => {
  const { client } = opened();
  const { set, badLines } = await client.benchmarks.import({ ...SET, text: GOOD });
  expect(badLines).toEqual([]);
  expect(set).toMatchObject({
    id: "small",
    problems: 3,
    sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
  });
  const { items, total } = await client.benchmarks.items({ id: "small" });
  expect(total).toBe(3);
  expect(items.map(({ answer, difficulty }) => [answer, difficulty])).toEqual([
    ["2", 4],
    [String.raw`\frac{1}{2}`, null],
    [String.raw`$\boxed{7}.$`, null],
  ]);
  expect(await codeOf(client.benchmarks.import({ ...SET, id: "again", text: GOOD }))).toBe(
    "CONFLICT",
  );
  const once = JSON.parse(GOOD.split("\n")[1] ?? "");
  await client.benchmarks.import({
    id: "before",
    name: "b",
    text: JSON.stringify({ ...once, difficulty: 1 }),
  });
  // Of a set imported before, what said nothing stands as 1.
  expect(
    await codeOf(client.benchmarks.import({ id: "now", name: "n", text: JSON.stringify(once) })),
  ).toBe("CONFLICT");
  const other = JSON.stringify({ problem: "x", answer: "y" });
  expect(await codeOf(client.benchmarks.import({ ...SET, text: other }))).toBe("CONFLICT");
});

test("bad lines are listed with number and reason, and nothing is imported by halves", async () => {
  const { client } = opened();
  const text = `${GOOD}\nno json\n{"problem": "no answer"}\n{"problem":"1+1?","answer":2}\n{"answer": 3}`;
  const refused = await client.benchmarks.import({ ...SET, text });
  expect(refused.set).toBeNull();
  expect(refused.badLines).toEqual([
    { line: 4, reason: expect.stringMatching(/^it is no JSON at column 2: Unexpected token 'o'/u) },
    { line: 5, reason: "it has no answer" },
    { line: 6, reason: "the same problem stands on an earlier line" },
    { line: 7, reason: "it has no problem" },
  ]);
  expect((await client.benchmarks.list()).sets).toEqual([]);
  const taken = await client.benchmarks.import({ ...SET, text, skipBad: true });
  expect(taken.set?.problems).toBe(3);
  expect(await codeOf(client.benchmarks.import({ ...SET, text: "no json" }))).toBe("BAD_INPUT");
});

test("answers are kept as they were written, after a byte order mark and of any size", async () => {
  const { client } = opened();
  const fixture = (name: string): string =>
    readFileSync(new URL(`../fixtures/datasets/${name}.jsonl`, import.meta.url), "utf8").trim();
  const text = [
    fixture("bench-big-integer"),
    fixture("bench-small-and-large-answers"),
    '{"problem":"    x = 1\\n","answer":0.0000001,"difficulty":3.0}',
    '{"question":"Pens?","answer":"3*5 = <<3*5=15>>15 pens.\\n#### 15"}',
  ].join("\n");
  const { badLines } = await client.benchmarks.import({ ...SET, text: `\uFEFF${text}` });
  expect(badLines).toEqual([]);
  const { items } = await client.benchmarks.items({ id: "small" });
  expect(items.map(({ problem, answer }) => [problem, answer])).toEqual([
    ["p", "123456789012345678901"],
    ["What is 10^-7 as a decimal?", "1e-07"],
    ["What is 10^22?", "1e+22"],
    ["    x = 1\n", "0.0000001"],
    ["Pens?", "15"],
  ]);
  expect(items[3]?.difficulty).toBe(3);
});

test("a stage gets the problems with the set's instruction, named by their content", async () => {
  const { app, client } = opened();
  await client.benchmarks.import({ ...SET, text: GOOD, instruction: "Box it." });
  const file = writeBenchmark(app.store.benchmarks, "small", join(temporaryFolder(), "run"));
  const [first] = readFileSync(file, "utf8").split("\n");
  expect(JSON.parse(first ?? "")).toEqual({
    // printf '1+1?' | sha256sum
    id: "cfe29f43bcc21dd4",
    prompt: "1+1?\n\nBox it.",
    gold: "2",
    difficulty: 4,
  });
});

test("a benchmark run is a recipe of one stage; its set cannot be deleted while it is there", async () => {
  const { app, client, model } = opened();
  await client.benchmarks.import({ ...SET, text: GOOD });
  const { pipelineId } = await client.benchmarks.run({ model, benchmark: "small", samples: 2 });
  await settled(app, pipelineId);
  const { recipe } = await client.pipelines.get({ pipelineId });
  expect(recipe.stages).toMatchObject([
    {
      kind: "benchmark",
      model: "base",
      data: { benchmark: "small" },
      num_problems: 3,
      num_samples: 2,
    },
  ]);
  const { protocols } = await client.benchmarks.list();
  expect(protocols).toMatchObject([
    { protocol: { task: "small", samples: 2, scoring: "strict" }, runs: [{ label: "base" }] },
  ]);
  expect(await codeOf(client.benchmarks.delete({ id: "small" }))).toBe("CONFLICT");
  await client.pipelines.delete({ pipelineId });
  await client.benchmarks.delete({ id: "small" });
  expect((await client.benchmarks.list()).sets).toEqual([]);
});

test("what is not there is NOT_FOUND", async () => {
  const { client, model } = opened();
  expect(await codeOf(client.benchmarks.items({ id: "nothing" }))).toBe("NOT_FOUND");
  expect(await codeOf(client.benchmarks.delete({ id: "nothing" }))).toBe("NOT_FOUND");
  expect(await codeOf(client.benchmarks.run({ model, benchmark: "nothing" }))).toBe("NOT_FOUND");
  expect(await codeOf(client.benchmarks.run({ model: "no-model", benchmark: "arithmetic" }))).toBe(
    "NOT_FOUND",
  );
});

test("what a pipeline cost is one figure: on its page, in the list, in the ledger; people's time is no part of it", async () => {
  const { app, client } = opened();
  const [runId] = measuredLaunch(app.store, "launch", [{ label: "a", right: solved(4, 2) }]);
  if (runId === undefined) throw new Error("a benchmark was expected");
  const { prices } = await client.settings.get();
  expect(prices.humanUsdPerHour).toBeNull();
  app.store.costs.set(runId, {
    timeMs: 1,
    prices,
    usage: {
      wallMs: 1000,
      cpuSeconds: 1,
      gpuSeconds: 0,
      tokensSampled: 10,
      tokensTrained: 0,
      flops: 1e12,
      energyJ: null,
      peakMemoryBytes: 1,
    },
    computeUsd: 0.5,
    energyUsd: null,
    totalUsd: 0.5,
  });
  const pipelineId = PipelineId.parse("p1");
  const entry = { note: "for it", pipelineId, quantity: 2, unit: "h", usdPerUnit: 3 };
  await client.cost.add({ ...entry, kind: "rent" });
  await client.cost.add({ ...entry, kind: "human", usdPerUnit: 20 });
  const report = await client.cost.report({});
  const results = await client.pipelines.results({ pipelineId });
  const { costUsd } = app.store.pipelines.summary(pipelineId);
  expect([
    report.totalUsd,
    report.pipelines[0]?.totalUsd,
    costUsd,
    results.total.totalUsd + results.boughtUsd,
    (await client.cost.spent()).totalUsd,
    (await client.cost.report({ pipelineId })).totalUsd,
    Object.values(report.shares).reduce((sum, usd) => sum + usd, 0),
  ]).toEqual(Array(7).fill(6.5));
  expect(report.people).toEqual({ reviewHours: 0, usd: 40 });
});

test("costs: entries by hand count, prices keep their history, and a projection scales what was measured", async () => {
  const { app, client } = opened();
  const [runId] = measuredLaunch(app.store, "launch", [{ label: "a", right: solved(4, 2) }]);
  if (runId === undefined) throw new Error("a benchmark was expected");
  const { prices } = await client.settings.get();
  app.store.costs.set(runId, {
    timeMs: 1,
    prices,
    usage: {
      wallMs: 3_600_000,
      cpuSeconds: 3600,
      gpuSeconds: 0,
      tokensSampled: 10,
      tokensTrained: 0,
      flops: 1e12,
      energyJ: null,
      peakMemoryBytes: 1,
    },
    computeUsd: 0.5,
    energyUsd: null,
    totalUsd: 0.5,
  });
  await client.cost.add({
    kind: "api",
    note: "teacher",
    quantity: 2,
    unit: "M tokens",
    usdPerUnit: 0.25,
  });
  await client.cost.add({
    kind: "correction",
    note: "refund",
    quantity: -1,
    unit: "M tokens",
    usdPerUnit: 0.25,
  });
  await client.settings.set({ prices: { ...prices, usdPerGpuHour: 3 } });
  await client.settings.set({ prices: { ...prices, usdPerGpuHour: 3 } });
  const report = await client.cost.report({});
  expect(report.shares).toMatchObject({
    evaluationUsd: 0.5,
    apiUsd: 0.5,
    otherUsd: -0.25,
    trainingUsd: 0,
  });
  expect(report.totalUsd).toBeCloseTo(0.75, 12);
  expect(await client.cost.spent()).toEqual({ totalUsd: report.totalUsd, people: report.people });
  expect(
    report.priceChanges.map(({ timeMs, prices: then }) => [timeMs === 0, then.usdPerGpuHour]),
  ).toEqual([
    [false, 3],
    [true, prices.usdPerGpuHour],
  ]);
  // Twice the weights, four times as fast: half the time. At $3 an hour: half an hour is $1.50. Steps do not touch a benchmark.
  const projected = await client.cost.project({
    pipelineId: "p1",
    weights: 2,
    steps: 9,
    speed: 4,
    usdPerHour: 3,
  });
  expect(projected).toMatchObject({
    measuredUsd: 0.5,
    durationMs: { value: 1_800_000 },
    usd: { value: 1.5 },
    basis: expect.stringContaining("Projection, not a measurement"),
  });
  expect(await codeOf(client.cost.project({ pipelineId: "p9" }))).toBe("NOT_FOUND");
  expect((await client.cost.published())[0]).toMatchObject({
    usd: 5_576_000,
    source: expect.stringContaining("arXiv"),
  });
});

test("a benchmark in Latin-1 is told as such, with its line", () => {
  const bytes = Buffer.from('{"problem":"a","answer":"b"}\n{"problem":"Café?"}\n', "latin1");
  expect(() => textOfFile("b.jsonl", bytes)).toThrow(
    /line 2 is not UTF-8; it looks like Latin-1: ….*Café/,
  );
  expect(textOfFile("b.jsonl", Buffer.from("Café", "utf8"))).toBe("Café");
});
