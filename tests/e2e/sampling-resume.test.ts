/** kill -9 of the real engine and of the real host while a stage samples: its answers are kept, and the result is the same. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { beforeAll, expect, onTestFinished, test } from "vitest";
import { z } from "zod";
import { SAMPLED_ANSWERS } from "#main/core/sampled-answers.ts";
import { Application } from "#main/services/application.ts";
import { PipelineId, RunId } from "#shared/schema/run.ts";
import { insertFives, MEASURED, samplingRecipe, TRACED } from "../helpers/sampling-recipe.ts";
import { temporaryFolder } from "../helpers/temporary-folder.ts";
import { nextEvent, settled } from "../helpers/test-application.ts";
import { writeTinyModel } from "../helpers/tiny-model.ts";

const HOST = fileURLToPath(new URL("../helpers/resume-host.ts", import.meta.url));

const folder = temporaryFolder();
const model = writeTinyModel(join(folder, "tiny"), 3);
const yaml = samplingRecipe(folder, model);

function open(workspace: string): Application {
  const app = new Application({ workspace, shell: "cli" });
  insertFives(app.store);
  return app;
}

function runOf(id: PipelineId, stage: string): RunId {
  return RunId.parse(`${id}-${stage}`);
}

/** What the two sampling stages left, to the byte. */
function outcomeOf(app: Application, id: PipelineId) {
  const [traces, bench] = [runOf(id, "traces"), runOf(id, "bench")];
  const points = [...app.store.metrics.points(traces)];
  const { summary } = app.store.evaluations.get(bench) ?? {};
  const { outputDataset } = app.store.runs.get(traces);
  return {
    data: readFileSync(outputDataset ?? "", "utf8"),
    points: points.map(({ name, step, value }) => `${name}@${step}: ${value}`),
    samples: app.store.evaluations.samples(bench),
    summary,
    tokens: app.store.runs.get(bench).usage?.tokensSampled,
  };
}

type Outcome = ReturnType<typeof outcomeOf>;
let expected: Outcome;

beforeAll(async () => {
  const app = open(join(folder, "reference"));
  const id = app.startPipeline({ yaml, runtime: "tensorflow" });
  const { status, statusReason } = await settled(app, id);
  if (status !== "finished") throw new Error(statusReason?.message ?? status);
  expected = outcomeOf(app, id);
  await app.close();
}, 600_000);

/** Resolves when a stage has sampled so much. */
async function sampled(app: Application, runId: RunId, least: number): Promise<void> {
  await nextEvent(app, (event) =>
    event.type === "metrics"
      ? event.runId === runId && event.points.some(({ step }) => step >= least)
      : event.type === "samples" && event.runId === runId && event.count >= least,
  );
}

function expectGoneOn(app: Application, runId: RunId, total: number): void {
  expect(app.store.runs.summary(runId).attempts).toBe(2);
  const log = app.store.history.events(runId, { limit: 100 }).map(({ message }) => message);
  const said = log.flatMap((one) => /^The answers to (\d+) of (\d+) problems/u.exec(one) ?? []);
  expect(Number(said[1])).toBeGreaterThanOrEqual(128);
  expect(Number(said[1])).toBeLessThan(total);
  expect(Number(said[2])).toBe(total);
  // Once the stage has ended, its results stand where they belong.
  expect(existsSync(join(app.store.runs.get(runId).outDir, SAMPLED_ANSWERS))).toBe(false);
}

test("the model has something to keep and something to throw away, so that the comparison means something", () => {
  expect(expected.data.split("\n").length).toBeGreaterThan(100);
  expect(expected.samples).toHaveLength(MEASURED * 4);
  expect(expected.summary?.pass1.value).toBeGreaterThan(0.05);
});

test("an engine killed while it samples goes on with the answers that it had, to the same bytes, points and scores", async () => {
  const app = open(join(folder, "engine"));
  onTestFinished(() => app.close());
  const id = app.startPipeline({ yaml, runtime: "tensorflow" });
  for (const [stage, least] of [
    ["traces", 128],
    ["bench", 128 * 4],
  ] as const) {
    const runId = runOf(id, stage);
    await sampled(app, runId, least);
    process.kill(app.store.runs.openAttempt(runId)?.pid ?? 0, "SIGKILL");
    expect((await settled(app, id)).status).toBe("stopped");
    app.runner.resume(id);
  }
  expect((await settled(app, id)).status).toBe("finished");
  expectGoneOn(app, runOf(id, "traces"), TRACED);
  expectGoneOn(app, runOf(id, "bench"), MEASURED);
  expect(outcomeOf(app, id)).toEqual(expected);
});

test("a host killed while a stage samples leaves answers that the next one goes on with, to the same bytes, points and scores", async () => {
  const workspace = join(folder, "host");
  await open(workspace).close();
  const recipe = join(folder, "recipe.yaml");
  writeFileSync(recipe, yaml);
  const host = spawn(process.execPath, [HOST, workspace, model, "traces", "128", recipe], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [line] = (await once(createInterface({ input: host.stdout }), "line")) as [string];
  const { id } = z.object({ id: PipelineId }).parse(JSON.parse(line));
  const exit = once(host, "exit");
  host.kill("SIGKILL");
  await exit;
  const app = open(workspace);
  onTestFinished(() => app.close());
  expect(app.store.pipelines.summary(id).status).toBe("stopped");
  app.runner.resume(id);
  expect((await settled(app, id)).status).toBe("finished");
  expectGoneOn(app, runOf(id, "traces"), TRACED);
  expect(outcomeOf(app, id)).toEqual(expected);
});
