import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createRouterClient, ORPCError, safe } from "@orpc/server";
import type { ContractRouterClient } from "@orpc/contract";
import { expect, onTestFinished, test, vi } from "vitest";
import { ALL_MIGRATIONS } from "#main/store/migrations/all-migrations.ts";
import { createRouter } from "#main/procedures/router.ts";
import type { Contract } from "#shared/contract/contract.ts";
import { AppError } from "#shared/errors.ts";
import { RunId } from "#shared/schema/run.ts";
import { temporaryFolder } from "../helpers/store-fixture.ts";
import { settled, testApplication } from "../helpers/test-application.ts";
import { recipeYaml } from "../helpers/test-recipe.ts";

type Client = ContractRouterClient<Contract>;

function clientOfApplication() {
  const opened = testApplication();
  const client: Client = createRouterClient(createRouter(opened.app), { context: {} });
  return { ...opened, client };
}

async function finished() {
  const opened = clientOfApplication();
  const { pipelineId } = await opened.client.pipelines.start({ yaml: recipeYaml(opened.model) });
  await settled(opened.app, pipelineId);
  return { ...opened, pipelineId };
}

async function codeOf(call: Promise<unknown>): Promise<string | undefined> {
  const [error] = await safe(call);
  if (error === null) return undefined;
  return error instanceof ORPCError && error.defined ? String(error.code) : `undeclared: ${error}`;
}

test("what a finished pipeline left can be asked for: metrics, rollouts, tokens, samples, events, log, cost", async () => {
  const { client, pipelineId } = await finished();
  const grpo = `${pipelineId}-grpo`;
  const { names, series } = await client.runs.metrics({ runId: grpo, buckets: 5 });
  expect(names).toMatchObject([{ name: "loss", points: 10, firstStep: 1, lastStep: 10 }]);
  expect(series[0]).toMatchObject({ bucketed: true, count: 10, step: [1, 3, 5, 7, 9] });
  const exact = await client.runs.metrics({ runId: grpo, fromStep: 3, toStep: 4 });
  expect(exact.series[0]?.step).toEqual([3, 4]);
  expect(await client.runs.rolloutSteps({ runId: grpo })).toHaveLength(10);
  const [group] = await client.runs.rollouts({ runId: grpo, step: 3 });
  expect(group?.rollouts.map(({ excerpt, isWhole, tokens }) => [excerpt, isWhole, tokens])).toEqual(
    [
      ["text 3/0/0", true, 3],
      ["text 3/0/1", true, 3],
    ],
  );
  // The test's model is a config without a tokenizer, and its engine computes nothing.
  expect(await client.cockpit.tokens({ runId: grpo, step: 3, group: 0, index: 1 })).toEqual({
    ids: [1, 70_000, 1],
    texts: null,
    hidden: null,
    logprobs: [-0.5, -0.25, -2],
    trainedLogprobs: null,
    entropies: null,
  });
  const samples = await client.runs.problems({
    runId: `${pipelineId}-after`,
    correct: "all-wrong",
  });
  expect(samples).toMatchObject({ total: 1, problems: [{ problemIndex: 3, correct: 0 }] });
  const events = await client.runs.events({ runId: grpo });
  expect(events.map(({ kind }) => kind)).toEqual([
    "attempt",
    "checkpoint",
    "checkpoint",
    "output",
    "status",
  ]);
  const log = await client.runs.log({ runId: grpo });
  expect(log.text).toContain("stage grpo from the beginning");
  const { run, checkpoints, cost } = await client.runs.get({ runId: grpo });
  expect(run.configSha256).toMatch(/^[0-9a-f]{64}$/);
  expect(checkpoints.map(({ step, removedAtMs }) => [step, removedAtMs === null])).toEqual([
    [4, false],
    [8, true],
  ]);
  expect(cost?.usage.cpuSeconds).toBe(10);
  const report = await client.cost.report({});
  expect(report.pipelines).toMatchObject([{ pipelineId, entries: { length: 4 } }]);
});

test("every procedure that takes an id answers NOT_FOUND for one that is not there", async () => {
  const { client } = clientOfApplication();
  const runId = "p9-grpo";
  const pipelineId = "p9";
  const calls: Promise<unknown>[] = [
    client.pipelines.get({ pipelineId }),
    client.pipelines.stop({ pipelineId, mode: "keep" }),
    client.pipelines.resume({ pipelineId }),
    client.pipelines.delete({ pipelineId }),
    client.pipelines.results({ pipelineId }),
    client.pipelines.watch({ pipelineId }),
    client.runs.get({ runId }),
    client.runs.stop({ runId, mode: "keep" }),
    client.runs.resume({ runId }),
    client.runs.metrics({ runId }),
    client.runs.rolloutSteps({ runId }),
    client.runs.rollouts({ runId, step: 1 }),
    client.runs.completion({ runId, step: 1, group: 0, index: 0 }),
    client.cockpit.tokens({ runId, step: 1, group: 0, index: 0 }),
    client.cockpit.overlay({ runIds: [runId], name: "loss" }),
    client.cockpit.points({ runId, name: "loss" }),
    client.cockpit.search({ runId, filter: {} }),
    client.cockpit.note({ runId }),
    client.cockpit.setNote({ runId, text: "x", changedAtMs: null }),
    client.cockpit.tag({ runIds: [runId], add: ["x"], remove: [] }),
    client.runs.problems({ runId }),
    client.runs.events({ runId }),
    client.runs.log({ runId }),
    client.runs.watch({ runId }),
    client.models.export({ id: "nothing", path: join(temporaryFolder(), "x") }),
    client.models.delete({ id: "nothing" }),
    client.models.import({ path: "/nothing/here" }),
    client.attention.dismiss({ id: "alarm:9" }),
  ];
  const codes = await Promise.all(calls.map(codeOf));
  expect(codes).toEqual(calls.map(() => "NOT_FOUND"));
});

test("what is not at work cannot be stopped, and what is finished cannot be resumed", async () => {
  const { client, pipelineId } = await finished();
  expect(await codeOf(client.pipelines.stop({ pipelineId, mode: "keep" }))).toBe("CONFLICT");
  expect(await codeOf(client.pipelines.resume({ pipelineId }))).toBe("CONFLICT");
});

test("a recipe that names no model that exists is refused before anything is written", async () => {
  const { client } = clientOfApplication();
  const yaml = recipeYaml("no-such-model");
  expect(await codeOf(client.pipelines.start({ yaml }))).toBe("NOT_FOUND");
  expect((await client.pipelines.list({})).total).toBe(0);
});

test("validation never fails: it says what is wrong", async () => {
  const { client, model } = clientOfApplication();
  expect((await client.recipes.validate({ yaml: recipeYaml(model) })).problems).toEqual([]);
  const { recipe, problems } = await client.recipes.validate({ yaml: "name: [" });
  expect(recipe).toBeNull();
  expect(problems).toHaveLength(1);
});

test("settings change and are announced; a negative price is refused", async () => {
  const { app, client } = clientOfApplication();
  const seen: string[] = [];
  app.live.listen((event) => seen.push(event.type));
  const { prices } = await client.settings.get();
  await client.settings.set({ theme: "light", prices: { ...prices, usdPerGpuHour: 3 } });
  expect(await client.settings.get()).toMatchObject({
    theme: "light",
    prices: { usdPerGpuHour: 3 },
    runtime: "auto",
  });
  expect(seen).toEqual(["settings"]);
  const bad = client.settings.set({ prices: { ...prices, usdPerGpuHour: -1 } });
  await expect(bad).rejects.toThrow(/validation/i);
});

test("a failed pipeline asks for attention until it is dismissed", async () => {
  process.env["TEST_ENGINE"] = JSON.stringify({ "cold-start": { failAt: 2 } });
  onTestFinished(() => {
    delete process.env["TEST_ENGINE"];
  });
  const { client, pipelineId } = await finished();
  const items = await client.attention.list();
  expect(items).toMatchObject([
    {
      kind: "failed",
      pipelineId,
      stageName: "cold-start",
      message: "the model is broken",
      advice: "mend the model",
    },
  ]);
  await client.attention.dismiss({ id: items[0]?.id ?? "" });
  expect(await client.attention.list()).toEqual([]);
});

test("a disk that fills up stops the run, names the reason, and resume goes on once there is room", async () => {
  const { app, client, model } = clientOfApplication();
  // The store's own error for SQLITE_FULL, at the third batch of points: a disk cannot be filled in a test.
  const insert = app.store.metrics.insert.bind(app.store.metrics);
  let calls = 0;
  const spy = vi.spyOn(app.store.metrics, "insert").mockImplementation((runId, points) => {
    calls += 1;
    if (calls === 3) throw new AppError("DISK_FULL", "The disk is full.", "Free some space.");
    return insert(runId, points);
  });
  const { pipelineId } = await client.pipelines.start({ yaml: recipeYaml(model) });
  const stopped = await settled(app, pipelineId);
  expect(stopped.status).toBe("stopped");
  expect(stopped.statusReason).toMatchObject({ code: "DISK_FULL", advice: "Free some space." });
  spy.mockRestore();
  await client.pipelines.resume({ pipelineId });
  expect((await settled(app, pipelineId)).status).toBe("finished");
  const runId = RunId.parse(`${pipelineId}-cold-start`);
  expect([...app.store.metrics.points(runId)].map(({ step }) => step)).toEqual([
    1, 2, 3, 4, 5, 6, 7, 8, 9, 10,
  ]);
});

test("a stage whose input was deleted fails with the reason", async () => {
  process.env["TEST_ENGINE"] = JSON.stringify({ grpo: { failAt: 2 } });
  onTestFinished(() => {
    delete process.env["TEST_ENGINE"];
  });
  const { app, client, pipelineId } = await finished();
  const { outputModel } = app.store.runs.get(RunId.parse(`${pipelineId}-cold-start`));
  rmSync(outputModel ?? "", { recursive: true });
  await client.pipelines.resume({ pipelineId });
  const failed = await settled(app, pipelineId);
  expect(failed.status).toBe("failed");
  expect(failed.statusReason?.message).toContain('needs the model of "cold-start"');
});

test("a bug is written to the crash folder and stays anonymous outside", async () => {
  const { app, client, workspace } = clientOfApplication();
  const quiet = vi.spyOn(process.stderr, "write").mockReturnValue(true);
  const spy = vi.spyOn(app.store.settings, "get").mockImplementation(() => {
    throw new TypeError("secret detail");
  });
  const [error] = await safe(client.settings.get());
  expect(String(error)).not.toContain("secret detail");
  spy.mockRestore();
  quiet.mockRestore();
  expect(existsSync(join(workspace, "crashes"))).toBe(true);
});

test("a bug of the window is written to the crash folder, without the secrets that were in it", async () => {
  const { client, workspace } = clientOfApplication();
  await client.system.reportCrash({
    screen: "/runs",
    message: "x is undefined",
    stack: "at draw (http://127.0.0.1:1/#token=Sup3rS3cret)",
  });
  const [file = ""] = readdirSync(join(workspace, "crashes"));
  const text = readFileSync(join(workspace, "crashes", file), "utf8");
  expect(text).toContain("screen /runs\nx is undefined");
  expect(text).not.toContain("Sup3rS3cret");
});

test("the host knows its machine, and the doctor checks it", async () => {
  const { client, workspace } = clientOfApplication();
  const info = await client.system.info();
  expect(info.workspace).toMatchObject({
    path: workspace,
    schemaVersion: ALL_MIGRATIONS.at(-1)?.version,
  });
  expect(info.hardware.cpuCores).toBeGreaterThan(0);
  expect(info.disk.totalBytes).toBeGreaterThan(info.disk.freeBytes);
  expect(info.demo).toBeNull();
  const { checks } = await client.system.doctor();
  expect(checks.map(({ id }) => id)).toEqual([
    "runtime",
    "workspace",
    "disk",
    "memory",
    "processor",
    "webgpu",
    "reasoning-gym",
    "browser",
  ]);
});

test("a folder that is no model is refused by the import with its own reason", async () => {
  const { client } = clientOfApplication();
  const folder = temporaryFolder();
  writeFileSync(join(folder, "config.json"), '{"model_type":"mamba","architectures":["Mamba"]}');
  expect(await codeOf(client.models.import({ path: folder }))).toBe("UNKNOWN_ARCHITECTURE");
});
