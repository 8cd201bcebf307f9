import { createRouterClient } from "@orpc/server";
import { expect, onTestFinished, test } from "vitest";
import { costJson, resultsText } from "#main/host/cli/printing/result-table.ts";
import { createRouter } from "#main/procedures/router.ts";
import type { Usage } from "#shared/schema/engine-protocol.ts";
import { lostWork } from "#main/services/costs/lost-work.ts";
import { PipelineId } from "#shared/schema/run.ts";
import type { PipelineSummary } from "#shared/schema/run.ts";
import { priceText, usdText } from "#shared/usd-text.ts";
import { nextEvent, settled, testApplication } from "../helpers/test-application.ts";
import { recipeYaml } from "../helpers/test-recipe.ts";

test("what a pipeline cost so far is the same sum in lists, live, in the ledger and on the command line while it runs", async () => {
  const { app, model } = testApplication();
  process.env["TEST_ENGINE"] = JSON.stringify({ grpo: { hangAt: 6 } });
  onTestFinished(() => {
    delete process.env["TEST_ENGINE"];
  });
  const client = createRouterClient(createRouter(app), { context: {} });
  let heard: PipelineSummary | undefined;
  onTestFinished(
    app.live.listen((event) => {
      if (event.type === "pipeline") heard = event.pipeline;
    }),
  );
  const pipelineId = app.startPipeline({ yaml: recipeYaml(model) });
  // GRPO waits at step 6, two steps after its checkpoint.
  await nextEvent(
    app,
    (event) =>
      event.type === "metrics" &&
      event.runId === `${pipelineId}-grpo` &&
      event.points.some(({ step }) => step === 6),
  );
  // The benchmark used 1 core second, the cold start 10, GRPO 6 so far, 2 of them since its checkpoint.
  const soFar = (17 * 0.0446) / 3600;
  expect(heard?.status).toBe("running");
  expect(heard?.costUsd).toBeCloseTo(soFar, 12);
  const added = {
    kind: "rent",
    note: "a disk",
    quantity: 2,
    unit: "$",
    usdPerUnit: 1,
  } as const;
  await client.cost.add({ ...added, pipelineId });
  const [listed] = (await client.pipelines.list({ limit: 10 })).pipelines;
  const results = await client.pipelines.results({ pipelineId });
  const report = await client.cost.report({});
  const sums = [
    heard?.costUsd,
    listed?.costUsd,
    report.totalUsd,
    report.pipelines[0]?.totalUsd,
    (await client.cost.spent()).totalUsd,
    costJson(results).totalUsd,
  ];
  expect(sums.map((sum) => sum?.toFixed(10))).toEqual(sums.map(() => (soFar + 2).toFixed(10)));
  expect(resultsText(results)).toContain(`Cost ${usdText(soFar + 2)}`);
  app.runner.stop(pipelineId, "discard");
  await settled(app, pipelineId);
  expect(heard?.costUsd).toBe(app.store.pipelines.summary(pipelineId).costUsd);
});

test("a stage costs from its first step on, before any checkpoint, and what a kill lost stays in the sum", async () => {
  const { app, model } = testApplication();
  process.env["TEST_ENGINE"] = JSON.stringify({ "cold-start": { crashAt: 3 } });
  onTestFinished(() => {
    delete process.env["TEST_ENGINE"];
  });
  const pipelineId = app.startPipeline({ yaml: recipeYaml(model) });
  await settled(app, pipelineId);
  const spent = (): number => app.store.pipelines.summary(pipelineId).costUsd ?? 0;
  const usdOf = (coreSeconds: number): number => (coreSeconds * 0.0446) / 3600;
  // The benchmark 1, the cold start 3, and no checkpoint.
  expect(spent()).toBeCloseTo(usdOf(1 + 3), 12);
  process.env["TEST_ENGINE"] = JSON.stringify({ "cold-start": { hangAt: 1 } });
  app.runner.resume(pipelineId);
  await nextEvent(
    app,
    (event) =>
      event.type === "pipeline" &&
      event.pipeline.runs.some(
        ({ stageName, attempts, progress }) =>
          stageName === "cold-start" && attempts === 2 && progress?.done === 1,
      ),
  );
  expect(spent()).toBeGreaterThanOrEqual(usdOf(1 + 3));
  app.runner.stop(pipelineId, "discard");
  await settled(app, pipelineId);
});

test("the time of lost work is paid, and its tokens are not counted", () => {
  const used = (cpuSeconds: number, energyJ: number | null = null): Usage => ({
    ...{ wallMs: cpuSeconds * 500, cpuSeconds, gpuSeconds: 0, tokensSampled: cpuSeconds },
    ...{ tokensTrained: 0, flops: 0, energyJ, peakMemoryBytes: 1 },
  });
  // Killed at 30, with a checkpoint of 20; the attempt after it says 21 first.
  const spent = lostWork(used(30, 300), used(21, 210));
  expect(spent(used(40, 400))).toEqual({
    ...{ wallMs: 24_500, cpuSeconds: 49, gpuSeconds: 0, energyJ: 490 },
  });
  expect(lostWork(undefined, used(1))(used(2))).toMatchObject({ cpuSeconds: 2, energyJ: null });
  // Nothing was lost: the count itself.
  expect(lostWork(used(20), used(21))(used(40)).cpuSeconds).toBe(40);
});

test("a launch without a finished benchmark says its cost as soon as it has one", () => {
  const total = {
    wallMs: 0,
    cpuSeconds: 3600,
    gpuSeconds: 0,
    tokensSampled: 0,
    tokensTrained: 0,
    flops: 0,
    energyJ: null,
    totalUsd: 0.0446,
  };
  const pipelineId = PipelineId.parse("p1");
  const none = {
    pipelineId,
    rows: [],
    stages: [],
    boughtUsd: 0,
    unpricedRequests: 0,
    unpricedTokens: 0,
    usdPerPoint: null,
    twins: [],
  };
  expect(resultsText({ ...none, total: { ...total, totalUsd: 0 } })).not.toContain("Cost");
  expect(resultsText({ ...none, boughtUsd: 1, total })).toContain("Cost $1.04 (");
  const unpriced = {
    ...none,
    unpricedRequests: 12,
    unpricedTokens: 12_345,
    total: { ...total, totalUsd: 0 },
  };
  expect(resultsText(unpriced)).toContain(
    "Cost $0, and 12 requests, 12,345 tokens, to endpoints at no price (",
  );
});

test("a price reads with every digit that somebody set, and with cents", () => {
  expect([0.0446, 0.08, 2, 1234.5, 0, 1e-7].map((price) => priceText(price))).toEqual([
    "$0.0446",
    "$0.08",
    "$2.00",
    "$1,234.50",
    "$0",
    "$0.0000001",
  ]);
});
