import { createRouterClient, ORPCError, safe } from "@orpc/server";
import type { ContractRouterClient } from "@orpc/contract";
import { expect, test } from "vitest";
import { summarize } from "#main/core/evaluation/summarize.ts";
import { modelCard } from "#main/services/reports/model-card.ts";
import { createRouter } from "#main/procedures/router.ts";
import type { Contract } from "#shared/contract/contract.ts";
import { measuredLaunch, solved } from "../helpers/measured-store.ts";
import type { Measured } from "../helpers/measured-store.ts";
import { overSeedsText } from "#shared/over-seeds.ts";
import { RunId } from "#shared/schema/run.ts";
import { drawnRows } from "#renderer/features/compare/compared-models.ts";
import { insertTwoStages, temporaryStore, USAGE } from "../helpers/store-fixture.ts";
import { sample } from "../helpers/store-fixture-data.ts";
import { testApplication } from "../helpers/test-application.ts";

type Client = ContractRouterClient<Contract>;

function compared(...models: readonly Measured[]) {
  const { app } = testApplication();
  const client: Client = createRouterClient(createRouter(app), { context: {} });
  return { app, client, ids: measuredLaunch(app.store, "launch", models) };
}

async function codeOf(call: Promise<unknown>): Promise<string | undefined> {
  const [error] = await safe(call);
  return error instanceof ORPCError && error.defined ? String(error.code) : undefined;
}

test("every model is compared to the baseline, and p is corrected for all comparisons", async () => {
  const { client, ids } = compared(
    { label: "a", right: solved(40, 10) },
    { label: "b", right: solved(40, 30) },
    { label: "c", right: solved(40, 11) },
  );
  const report = await client.compare.report({ ids: ["p1"] });
  expect(report.comparisons).toBe(2);
  const [group] = report.groups;
  expect(group?.baseline).toBe(ids[0]);
  const [a, b, c] = group?.rows ?? [];
  expect(a?.versus).toBeNull();
  // 20 problems better, none worse: the exact p is 2/2^20; Holm doubles the smallest of two.
  expect(b?.versus).toMatchObject({ wins: 20, losses: 0, ties: 20, verdict: "better" });
  expect(b?.versus?.p).toBeCloseTo(2 / 2 ** 20, 12);
  expect(b?.versus?.pAdjusted).toBeCloseTo(4 / 2 ** 20, 12);
  // One problem apart: p is 1 and nothing can be told.
  expect(c?.versus).toMatchObject({ wins: 1, losses: 0, p: 1, verdict: "cannot tell" });
  const turned = await client.compare.report({ ids: ["p1"], baseline: String(ids[1]) });
  expect(turned.groups[0]?.rows[0]?.versus).toMatchObject({ verdict: "worse" });
});

test("equal results everywhere are a tie: no difference, no problem count that would help", async () => {
  const { client } = compared(
    { label: "a", right: solved(40, 10) },
    { label: "b", right: solved(40, 10) },
  );
  const report = await client.compare.report({ ids: ["p1"] });
  expect(report.groups[0]?.rows[1]?.versus).toMatchObject({
    // Of problems that were not asked, up to 1 - 0.025^(1/40) may differ.
    difference: { value: 0, low: expect.closeTo(-0.0881, 4), high: expect.closeTo(0.0881, 4) },
    p: 1,
    verdict: "cannot tell",
    ties: 40,
    problemsNeeded: null,
    detectable: null,
  });
});

test("another scoring rule or no shared problem is refused in words; another temperature is said", async () => {
  const { client } = compared(
    { label: "a", right: solved(40, 10) },
    { label: "lenient", right: solved(40, 30), scoring: "lenient" },
    { label: "elsewhere", right: solved(40, 30), firstProblem: 1000 },
    { label: "hot", right: solved(40, 30), temperature: 2 },
    { label: "half", right: solved(40, 40), firstProblem: 20 },
    { label: "other task", right: solved(40, 30), task: "countdown" },
  );
  const report = await client.compare.report({ ids: ["p1"] });
  expect(report.groups.map(({ task, rows }) => [task, rows.length])).toEqual([
    ["arithmetic", 5],
    ["countdown", 1],
  ]);
  const [, lenient, elsewhere, hot, half] = report.groups[0]?.rows ?? [];
  expect(lenient).toMatchObject({
    versus: null,
    refusal: expect.stringContaining("lenient scoring"),
  });
  expect(elsewhere).toMatchObject({ versus: null, refusal: "no problem in common" });
  expect(hot).toMatchObject({ refusal: null, cautions: ["T 2, baseline 1"] });
  expect(half?.versus?.problems).toBe(20);
  expect(half?.cautions).toEqual([
    "paired on the 20 problems of 40 that both asked",
    "only 20 problems: a small gap cannot show",
  ]);
  expect(report.comparisons).toBe(2);
});

test("few shared problems are not comparable, and an interval always has width", async () => {
  const { client } = compared(
    { label: "a", right: solved(40, 0) },
    { label: "four", right: solved(40, 40), firstProblem: 36 },
    { label: "six", right: solved(40, 40), firstProblem: 34 },
  );
  const [group] = (await client.compare.report({ ids: ["p1"] })).groups;
  const [, four, six] = group?.rows ?? [];
  expect(four).toMatchObject({
    versus: null,
    refusal: "only 4 problems in common",
  });
  expect(six?.versus?.difference.low).toBeLessThan(six?.versus?.difference.high ?? 0);
});

test("the first benchmark on its problems has nothing before it, and later ones find theirs over the others", async () => {
  const { client, ids } = compared(
    { label: "base", right: solved(40, 2), task: "arithmetic" },
    { label: "base", right: solved(40, 2), task: "countdown" },
    { label: "grpo", right: solved(40, 20), task: "arithmetic" },
    { label: "grpo", right: solved(40, 22), task: "countdown" },
  );
  const { rows } = await client.pipelines.results({ pipelineId: "p1" });
  expect(rows.map(({ comparison }) => comparison?.withRunId ?? null)).toEqual([
    null,
    null,
    ids[0],
    ids[1],
  ]);
});

test("a pipeline's first rows scored by another rule are no baseline, and its results say the same as Compare", async () => {
  const { app, client, ids } = compared(
    { label: "base", right: solved(40, 30), scoring: "lenient" },
    { label: "base", right: solved(40, 2) },
    { label: "cold-start", right: solved(40, 20) },
    { label: "grpo", right: solved(40, 24) },
  );
  const [, strict, coldStart] = ids;
  const results = await client.pipelines.results({ pipelineId: "p1" });
  expect(results.rows.map(({ comparison }) => comparison)).toMatchObject([
    null,
    { withLabel: "base", versus: null, refusal: expect.stringContaining("strict scoring against") },
    { withRunId: strict, versus: { wins: 18, verdict: "better" } },
    // 4 of 4 won: p 0.125
    { withRunId: coldStart, versus: { wins: 4, verdict: "cannot tell" } },
  ]);
  // The interval leaves out zero exactly where there is a verdict.
  for (const { comparison } of results.rows) {
    const versus = comparison?.versus;
    if (versus === null || versus === undefined) continue;
    const { low, high } = versus.difference;
    expect(low > 0 || high < 0).toBe(versus.verdict !== "cannot tell");
  }
  const report = await client.compare.report({ ids: ["p1"] });
  expect(report.groups[0]?.baseline).toBe(strict);
  expect(report.groups[0]?.rows[0]?.refusal).toContain("lenient scoring against strict");
  // What a run's own screen says is what the table says.
  const { evaluation } = await client.runs.get({ runId: String(coldStart) });
  expect(evaluation?.comparison).toEqual(results.rows[2]?.comparison);
  expect(app.store.evaluations.ofPipeline(results.pipelineId)).toHaveLength(4);
});

test("the same problem is one with the same text and right answer, not only the same id", async () => {
  const { app, client } = compared({ label: "a", right: solved(40, 10) });
  measuredLaunch(app.store, "imported anew", [
    { label: "b", right: solved(40, 30), prompt: (index) => `Another problem ${index}` },
  ]);
  const report = await client.compare.report({ ids: ["p1", "p2"] });
  expect(report.groups[0]?.rows[1]).toMatchObject({
    versus: null,
    refusal: "no problem in common",
  });
});

test("two pipelines are compared by the names of their benchmarks; what has no partner is said", async () => {
  const { app, client, ids } = compared(
    { label: "a", right: solved(40, 10) },
    { label: "b", right: solved(40, 12) },
  );
  const other = measuredLaunch(app.store, "second", [
    { label: "a2", right: solved(40, 30) },
    { label: "b2", right: solved(40, 31) },
    { label: "c2", right: solved(40, 32) },
  ]);
  const report = await client.compare.report({ ids: ["p2"], against: "p1" });
  expect(report.groups).toMatchObject([
    {
      title: "arithmetic (benchmark-0)",
      baseline: ids[0],
      rows: [{ runId: ids[0] }, { runId: other[0], versus: { wins: 20, losses: 0 } }],
    },
    {
      title: "arithmetic (benchmark-1)",
      baseline: ids[1],
      rows: [{ runId: ids[1] }, { runId: other[1], versus: { wins: 19, losses: 0 } }],
    },
  ]);
  // Corrected for both: the smaller p counts twice.
  expect(report.comparisons).toBe(2);
  expect(report.groups[0]?.rows[1]?.versus?.pAdjusted).toBeCloseTo(4 / 2 ** 20, 12);
  expect(report.missing).toEqual([
    { id: other[2], reason: "p1 has no finished benchmark of its name" },
  ]);
  // One on either side needs no equal name.
  const single = await client.compare.report({ ids: [String(other[2])], against: String(ids[0]) });
  expect(single.groups[0]?.rows[1]?.versus?.wins).toBe(22);
  expect(await codeOf(client.compare.report({ ids: ["p1"], against: "p1" }))).toBe("BAD_INPUT");
  expect(await codeOf(client.compare.report({ ids: ["p1"], against: "p9" }))).toBe("BAD_INPUT");
});

test("launches of one recipe with several seeds are one row: its mean, interval and range, beside single rows", async () => {
  const { app, client, ids } = compared({ label: "a", right: solved(40, 10) });
  const seeds = [
    [1, 20],
    [2, 22],
    [3, 24],
    // Seed 3 ran again.
    [3, 30],
  ].map(([seed = 0, right = 0]) =>
    measuredLaunch(app.store, `launch ${seed}`, [{ label: "b", right: solved(40, right) }], seed),
  );
  const report = await client.compare.report({ ids: ["p1", "p2", "p3", "p4", "p5"] });
  const [group] = report.groups;
  if (group === undefined) throw new Error("no group");
  expect(group.baseline).toBe(ids[0]);
  // 20, 22 and 24 of 40: mean 0.55, deviation 0.05, t(2) = 4.303, 4.303 · 0.05 / √3 = 0.1242.
  const near = (value: number): number => expect.closeTo(value, 4);
  expect(group.seeds).toEqual([
    {
      runIds: seeds.flat(),
      counted: seeds.flat().slice(0, 3),
      label: "b",
      pass1: { mean: near(0.55), low: near(0.4258), high: near(0.6742), min: 0.5, max: 0.6 },
      difference: {
        ...{ mean: near(0.3), low: near(0.1758), high: near(0.4242) },
        ...{ min: near(0.25), max: near(0.35) },
      },
      trainingUsd: 0,
    },
  ]);
  const [together] = group.seeds;
  if (together === undefined) throw new Error("no seeds");
  expect(overSeedsText(together)).toBe(
    "b, 3 seeds in 4 launches: pass@1 55.0 [42.6, 67.4], from 50.0 to 60.0; +30.0 points [17.6, 42.4] over the baseline",
  );
  expect(drawnRows(group, "asked", true)).toEqual([group.rows[0], together]);
  expect(drawnRows(group, "asked", false)).toHaveLength(5);
  const { text } = await client.compare.export({ ids: ["p1", "p2", "p3"], format: "markdown" });
  expect(text).toContain("b, 2 seeds: pass@1 52.5");
  // Of one seed nothing is said over seeds.
  expect((await client.compare.report({ ids: ["p1", "p2"] })).groups[0]?.seeds).toEqual([]);
});

test("problem by problem: who solves what, the exact test, and the answers of both", async () => {
  const { client, ids } = compared(
    {
      label: "a",
      right: [
        [1, 1],
        [1, 0],
        [0, 0],
        [0, 0],
      ],
    },
    {
      label: "b",
      right: [
        [1, 1],
        [0, 0],
        [1, 1],
        [0, 0],
      ],
    },
  );
  const [left, right] = ids;
  if (left === undefined || right === undefined) throw new Error("two benchmarks were expected");
  const found = await client.compare.problems({
    runIds: [left, right],
    left,
    right,
    show: "differ",
  });
  // [1, 0] is half of its samples: solved.
  expect(found).toMatchObject({
    both: 1,
    onlyLeft: 1,
    onlyRight: 1,
    neither: 1,
    mcnemarP: 1,
    total: 2,
  });
  expect(found.rows.map(({ problemId, right: counts }) => [problemId, counts])).toEqual([
    ["q1", [1, 0]],
    ["q2", [0, 2]],
  ]);
  const answers = await client.compare.answers({ problemId: "q1", runIds: [left, right] });
  expect(
    answers.map(({ label, samples }) => [label, samples.map(({ correct }) => correct)]),
  ).toEqual([
    ["a", [true, false]],
    ["b", [false, false]],
  ]);
});

test("published scores stand beside, with their source, and are never compared", async () => {
  const { client } = compared({ label: "a", right: solved(40, 10) });
  const report = await client.compare.report({
    ids: ["p1", "p9"],
    published: ["DeepSeek-R1:math500_pass1", "nobody:x"],
  });
  expect(report.published).toMatchObject([
    { model: "DeepSeek-R1", benchmark: "MATH-500", value: 0.973, interval: null, isRating: false },
  ]);
  expect(report.comparisons).toBe(0);
  expect(report.missing).toEqual([
    { id: "p9", reason: "it is not in this workspace" },
    { id: "nobody:x", reason: "no published score has this name" },
  ]);
});

test("what is not there is NOT_FOUND or BAD_INPUT", async () => {
  const { client } = compared({ label: "a", right: solved(40, 10) });
  expect(await codeOf(client.compare.report({ ids: ["p9"] }))).toBe("BAD_INPUT");
  expect(await codeOf(client.compare.export({ ids: ["p9"], format: "html" }))).toBe("BAD_INPUT");
  const nothing = { runIds: ["p9-x"], left: "p9-x", right: "p9-x" };
  expect(await codeOf(client.compare.problems(nothing))).toBe("NOT_FOUND");
  expect(await codeOf(client.compare.answers({ problemId: "q", runIds: ["p9-x"] }))).toBe(
    "NOT_FOUND",
  );
});

const HOSTILE =
  '<script>alert(1)</script> & "quotes" | pipe ``` fence \u202Ereversed\u001B[31m <img src=x onerror=alert(1)>';

test("a report shows hostile text inert in every format", async () => {
  const { client } = compared(
    { label: "=cmd|' /C calc'!A0", right: solved(40, 10), text: HOSTILE },
    { label: "<b>bold</b>", right: solved(40, 30), text: HOSTILE },
  );
  const written = async (format: "html" | "markdown" | "csv" | "json") =>
    (await client.compare.export({ ids: ["p1"], format })).text;
  const html = await written("html");
  expect(html).not.toMatch(/<script|<img|<b>bold|javascript:|https?:|@import|url\(/iu);
  expect(html).toContain("&lt;script&gt;alert(1)&lt;/script&gt;");
  expect(html).toContain("⟨U+202E⟩reversed⟨U+001B⟩");
  expect(html).toContain(`content="default-src 'none'; style-src 'unsafe-inline'"`);
  const markdown = await written("markdown");
  expect(markdown).toContain("````text\n<script>");
  expect(markdown).toContain(String.raw`\<b\>bold\</b\>`);
  const csv = await written("csv");
  expect(csv.split("\n")[1]).toMatch(/^A,measured,'=cmd/u);
  expect(JSON.parse(await written("json"))).toMatchObject({ report: { comparisons: 1 } });
});

test("a report says recipe, seeds, machine, scores with intervals, verdicts and samples", async () => {
  const { client, ids } = compared(
    { label: "a", right: solved(40, 10) },
    { label: "b", right: solved(40, 30) },
  );
  const { text, name } = await client.compare.export({
    ids: ["p1"],
    published: ["DeepSeek-R1:math500_pass1"],
    format: "html",
  });
  expect(name).toMatch(/^comparison-\d{4}-\d\d-\d\d\.html$/u);
  for (const part of [
    "B b is better than A a: +50.0 points",
    "25.0 [",
    "/models/a",
    String(ids[0]),
    "test, 2 cores",
    "Problem 0",
    "DeepSeek-R1 paper, arXiv 2501.12948",
    "corrected by Holm",
  ])
    expect(text).toContain(part);
});

test("a model's card tells its lineage, scores with intervals and cost, and nothing that was not recorded", () => {
  const { store } = temporaryStore();
  const { train } = insertTwoStages(store);
  const before = modelCard(store, train);
  expect(before).toContain("base_model: gradus-base");
  expect(before).toContain("No benchmark has measured this model.");
  expect(before).toContain("No cost was recorded.");
  const prices = store.settings.get().prices;
  store.transaction(() => {
    store.costs.set(train, {
      timeMs: 1,
      usage: USAGE,
      prices,
      computeUsd: 2,
      energyUsd: null,
      totalUsd: 2,
    });
    const check = RunId.parse("p1-check");
    const samples = [0, 1, 2, 3].map((index) => sample(index, 0, index < 1));
    store.evaluations.insertSamples(check, samples);
    const settings = { temperature: 1, topP: 1, maxTokens: 9, scoring: "strict" as const };
    store.evaluations.setSummary(
      check,
      "cold-start",
      summarize(samples, { task: "arithmetic", verifier: ["arithmetic"], seed: 1, ...settings }),
    );
  });
  const card = modelCard(store, train);
  expect(card).toMatch(/pass@1 25\.0% \[0\.0, 75\.0\].*n 4, k 1, T 1/u);
  expect(card).toContain("$2.00 for 1 s of one stage");
  expect(card).toContain(String.raw`- cold-start (sft), seed 7`);
});
