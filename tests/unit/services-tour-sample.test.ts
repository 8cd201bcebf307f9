import { expect, test } from "vitest";
import { Application } from "#main/services/application.ts";
import { costOfUsage } from "#main/services/costs/cost-of-usage.ts";
import { clientOf } from "../helpers/dataset-fixture.ts";
import { USAGE } from "../helpers/store-fixture.ts";
import { testApplication } from "../helpers/test-application.ts";

test("the tour's sample is no part of what was spent, and its review no part of people's time", async () => {
  const folder = testApplication();
  await folder.app.close();
  let now = 1_000_000;
  const app = new Application({ workspace: folder.workspace, shell: "cli", now: () => now });
  const client = clientOf(app);
  const prices = { ...app.store.settings.get().prices, humanUsdPerHour: 36 };
  await client.settings.set({ prices });
  // One core-hour each, at 0.0446 dollars.
  const usage = { ...USAGE, cpuSeconds: 3600 };
  const charge = (id: string): void => {
    const [run] =
      app.store.pipelines.list({ text: id, offset: 0, limit: 1 }).pipelines[0]?.runs ?? [];
    if (run === undefined) throw new Error("a stage was expected");
    app.store.transaction(() => {
      app.store.costs.set(run.id, { timeMs: now, usage, prices, ...costOfUsage(usage, prices) });
    });
  };
  const sample = await client.datasets.create({ name: "Sample of the tour", forTour: true });
  const tour = await client.demo.start({ smoke: true, forTour: true });
  await client.pipelines.stop({ pipelineId: tour.pipelineId, mode: "discard" });
  charge(tour.pipelineId);
  await client.datasets.records.add({
    datasetId: sample.id,
    records: [
      {
        messages: [
          { role: "user", content: "1 + 1?", reasoning: null },
          { role: "assistant", content: "<answer>2</answer>", reasoning: "One more." },
        ],
        source: { kind: "written" },
        reference: { gold: "2" },
        tags: [],
      },
    ],
  });
  const { rows } = await client.datasets.records.page({ datasetId: sample.id, filter: [] });
  const ids = rows.map(({ id }) => id);
  for (const recordId of ids) {
    await client.datasets.review.event({ recordId, kind: "open", reviewer: "ada" });
    now += 100_000;
    await client.datasets.records.setStatus({
      datasetId: sample.id,
      target: { ids: [recordId] },
      status: "accepted",
      reviewer: "ada",
    });
  }
  const nothing = await client.cost.report({});
  expect(nothing).toMatchObject({ totalUsd: 0, pipelines: [], ledger: [] });
  expect(nothing.people).toEqual({ reviewHours: 0, usd: null });
  expect((await client.cost.spent()).totalUsd).toBe(0);
  // The pipeline itself still says what it took.
  const own = await client.cost.report({ pipelineId: tour.pipelineId });
  expect(own.totalUsd).toBeCloseTo(0.0446, 10);
  // A short check that somebody started on purpose counts.
  const check = await client.demo.start({ smoke: true });
  await client.pipelines.stop({ pipelineId: check.pipelineId, mode: "discard" });
  charge(check.pipelineId);
  const report = await client.cost.report({});
  expect(report.pipelines.map(({ pipelineId }) => pipelineId)).toEqual([check.pipelineId]);
  expect(report.totalUsd).toBeCloseTo(0.0446, 10);
  expect((await client.cost.spent()).totalUsd).toBe(report.totalUsd);
  await app.close();
});
