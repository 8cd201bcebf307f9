import { createRouterClient } from "@orpc/server";
import { expect, onTestFinished, test } from "vitest";
import { costJson, resultsText } from "#main/host/cli/printing/result-table.ts";
import { createRouter } from "#main/procedures/router.ts";
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
  // GRPO waits at step 6, after its checkpoint of step 4.
  await nextEvent(
    app,
    (event) =>
      event.type === "metrics" &&
      event.runId === `${pipelineId}-grpo` &&
      event.points.some(({ step }) => step === 6),
  );
  // The benchmark used 1 core second, the cold start 10, GRPO 4 up to its checkpoint.
  const soFar = (15 * 0.0446) / 3600;
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
    usdPerPoint: null,
    twins: [],
  };
  expect(resultsText({ ...none, total: { ...total, totalUsd: 0 } })).not.toContain("Cost");
  expect(resultsText({ ...none, boughtUsd: 1, total })).toContain("Cost $1.04 (");
  const unpriced = { ...none, unpricedRequests: 12, total: { ...total, totalUsd: 0 } };
  expect(resultsText(unpriced)).toContain("Cost $0, and 12 requests to endpoints at no price (");
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
