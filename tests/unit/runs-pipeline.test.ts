import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { z } from "zod";
import type { Application } from "#main/services/application.ts";
import { pipelineResults } from "#main/services/comparison/results.ts";
import type { LiveEvent } from "#shared/schema/live.ts";
import { PipelineId, RunId } from "#shared/schema/run.ts";
import { recipeYaml } from "../helpers/test-recipe.ts";
import { temporaryFolder } from "../helpers/store-fixture.ts";
import {
  modelFolder,
  nextEvent,
  openApplication,
  settled,
  testApplication,
} from "../helpers/test-application.ts";

const HOST = fileURLToPath(new URL("../helpers/test-host.ts", import.meta.url));

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    // A zombie that nobody has waited for does not run any more.
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return false;
  }
}

function plan(value: Record<string, unknown>): void {
  process.env["TEST_ENGINE"] = JSON.stringify(value);
  onTestFinished(() => {
    delete process.env["TEST_ENGINE"];
  });
}

function run(id: PipelineId, stage: string): RunId {
  return RunId.parse(`${id}-${stage}`);
}

function reachedStep(runId: string, step: number): (event: LiveEvent) => boolean {
  return (event) =>
    event.type === "metrics" &&
    event.runId === runId &&
    event.points.some((point) => point.step === step);
}

/** Everything that must be the same after an interruption. */
function recorded(app: Application, id: PipelineId) {
  return ["cold-start", "grpo"].map((stage) => {
    const runId = run(id, stage);
    const { outputModel } = app.store.runs.get(runId);
    return {
      points: [...app.store.metrics.points(runId)].map(({ name, step, value }) => ({
        name,
        step,
        value,
      })),
      rollouts: [...app.store.rollouts.all(runId)],
      weights:
        outputModel === null
          ? null
          : JSON.parse(readFileSync(join(outputModel, "weights.json"), "utf8")).value,
    };
  });
}

let undisturbed: ReturnType<typeof recorded> | undefined;

/** What a pipeline records that nothing disturbs. */
async function uninterrupted() {
  if (undisturbed === undefined) {
    const { app, model } = testApplication();
    const id = app.startPipeline({ yaml: recipeYaml(model) });
    await settled(app, id);
    undisturbed = recorded(app, id);
  }
  return undisturbed;
}

test("a recipe runs through its stages and leaves results, cost and parents", async () => {
  const { app, model } = testApplication();
  const id = app.startPipeline({ yaml: recipeYaml(model) });
  const pipeline = await settled(app, id);
  expect(pipeline.status).toBe("finished");
  expect(pipeline.runs.map(({ status }) => status)).toEqual(Array(4).fill("finished"));
  expect(app.store.runs.get(run(id, "grpo")).parents).toEqual([run(id, "cold-start")]);
  const grpo = app.store.runs.get(run(id, "grpo"));
  expect(grpo.environment).toMatchObject({ runtime: "test", device: "CPU" });
  expect(grpo.lastStep).toBe(10);
  const weights = readFileSync(join(grpo.outputModel ?? "", "model.safetensors"));
  expect(grpo.outputSha256).toBe(createHash("sha256").update(weights).digest("hex"));
  const results = pipelineResults(app.store, app.pairedTests, id);
  expect(results.rows.map(({ label, summary }) => [label, summary.pass1.value])).toEqual([
    ["base", 0.25],
    ["grpo", 0.75],
  ]);
  // Four shared problems: not even all of them won could tell.
  expect(results.rows[1]?.comparison).toMatchObject({
    withLabel: "base",
    versus: null,
    refusal: "only 4 problems in common",
  });
  expect(results.rows[1]?.stages).toEqual(["cold-start", "grpo"]);
  // 10 core seconds each for two stages of training, at 0.0446 USD an hour.
  expect(results.rows[1]?.cost.totalUsd).toBeCloseTo((20 * 0.0446) / 3600, 12);
  expect(results.usdPerPoint).toBeNull();
  expect(results.total.energyJ).toBeNull();
});

test("benchmarks of the same problems share a seed, and training stages do not", async () => {
  const { app, model } = testApplication();
  const id = app.startPipeline({ yaml: recipeYaml(model) });
  await settled(app, id);
  const seed = (stage: string) => app.store.runs.get(run(id, stage)).seed;
  expect(seed("before")).toBe(seed("after"));
  expect(seed("cold-start")).not.toBe(seed("grpo"));
});

for (const [stage, step] of [
  ["cold-start", 7],
  ["grpo", 6],
  ["grpo", 2],
] as const) {
  test(`an engine killed in ${stage} at step ${step} is shown as stopped, and resume ends as if nothing had happened`, async () => {
    const { app, model } = testApplication();
    plan({ [stage]: { hangAt: step } });
    const id = app.startPipeline({ yaml: recipeYaml(model) });
    const runId = run(id, stage);
    await nextEvent(app, reachedStep(runId, step));
    process.kill(app.store.runs.openAttempt(runId)?.pid ?? 0, "SIGKILL");
    const stopped = await settled(app, id);
    expect(stopped.status).toBe("stopped");
    expect(stopped.statusReason?.message).toContain("SIGKILL");
    expect(stopped.statusReason?.message).toContain(`step ${step}`);
    plan({});
    app.runner.resume(id);
    expect((await settled(app, id)).status).toBe("finished");
    expect(app.store.runs.summary(runId).attempts).toBe(2);
    const protocol = app.store.history
      .events(runId, { limit: 1000 })
      .filter(({ kind }) => kind === "protocol");
    expect(protocol).toEqual([]);
    expect(recorded(app, id)).toEqual(await uninterrupted());
  });
}

test("a crash in native code is named", async () => {
  const { app, model } = testApplication();
  plan({ "cold-start": { crashAt: 5 } });
  const id = app.startPipeline({ yaml: recipeYaml(model) });
  const { statusReason } = await settled(app, id);
  expect(statusReason?.code).toBe("ENGINE_CRASHED");
  expect(statusReason?.message).toContain("SIGSEGV");
});

test("a stop keeps a checkpoint of the very step, and resume goes on there", async () => {
  const { app, model } = testApplication();
  plan({ grpo: { hangAt: 6 } });
  const id = app.startPipeline({ yaml: recipeYaml(model) });
  await nextEvent(app, reachedStep(run(id, "grpo"), 6));
  app.runner.stop(id, "keep");
  expect(app.store.pipelines.summary(id).status).toBe("stopping");
  expect((await settled(app, id)).status).toBe("stopped");
  expect(app.store.history.checkpoints(run(id, "grpo")).at(-1)?.step).toBe(6);
  plan({});
  app.runner.resume(id);
  await settled(app, id);
  expect(recorded(app, id)).toEqual(await uninterrupted());
});

test("a discard ends the pipeline as cancelled, even where the engine does not listen", async () => {
  const { app, model } = testApplication();
  plan({ grpo: { hangAt: 3, ignoreCancel: true } });
  const id = app.startPipeline({ yaml: recipeYaml(model) });
  await nextEvent(app, reachedStep(run(id, "grpo"), 3));
  app.runner.stop(id, "discard");
  const cancelled = await settled(app, id);
  expect(cancelled.status).toBe("cancelled");
  expect(cancelled.runs.map(({ status }) => status)).toEqual([
    "finished",
    "finished",
    "cancelled",
    "cancelled",
  ]);
  expect(() => {
    app.runner.resume(id);
  }).toThrow(/nothing to resume/);
});

test("what a stage says about its failure reaches the user, and resume tries again", async () => {
  const { app, model } = testApplication();
  plan({ "cold-start": { failAt: 5 } });
  const id = app.startPipeline({ yaml: recipeYaml(model) });
  const failed = await settled(app, id);
  expect(failed.status).toBe("failed");
  expect(failed.statusReason).toEqual({
    code: "BAD_CHECKPOINT",
    message: "the model is broken",
    advice: "mend the model",
  });
  plan({});
  app.runner.resume(id);
  expect((await settled(app, id)).status).toBe("finished");
});

test("a bug in a stage fails the run and keeps its stack in the history", async () => {
  const { app, model } = testApplication();
  plan({ "cold-start": { throwAt: 2 } });
  const id = app.startPipeline({ yaml: recipeYaml(model) });
  expect((await settled(app, id)).statusReason).toMatchObject({
    code: "ENGINE_ERROR",
    message: "a bug",
  });
  const events = app.store.history.events(run(id, "cold-start"), { limit: 100 });
  expect(events.some(({ message }) => message.includes("test-engine.ts"))).toBe(true);
});

test("pipelines wait for each other, and a waiting one can be taken out", async () => {
  const { app, model } = testApplication();
  plan({ "cold-start": { hangAt: 1 } });
  const first = app.startPipeline({ yaml: recipeYaml(model) });
  const second = app.startPipeline({ yaml: recipeYaml(model) });
  const third = app.startPipeline({ yaml: recipeYaml(model) });
  await nextEvent(app, reachedStep(run(first, "cold-start"), 1));
  expect(app.store.pipelines.summary(second).status).toBe("queued");
  app.runner.stop(second, "discard");
  expect(app.store.pipelines.summary(second).status).toBe("cancelled");
  plan({});
  app.runner.stop(first, "discard");
  expect((await settled(app, third)).status).toBe("finished");
});

test("a host that closes leaves its work stopped and resumable", async () => {
  const { app, workspace, model } = testApplication();
  plan({ grpo: { hangAt: 6 } });
  const id = app.startPipeline({ yaml: recipeYaml(model) });
  await nextEvent(app, reachedStep(run(id, "grpo"), 6));
  await app.close();
  plan({});
  const again = openApplication(workspace);
  expect(again.store.pipelines.summary(id).status).toBe("stopped");
  again.runner.resume(id);
  expect((await settled(again, id)).status).toBe("finished");
  expect(recorded(again, id)).toEqual(await uninterrupted());
});

test("a host killed with -9 loses nothing: its engine ends, the run is shown as stopped and resumes as if nothing had happened", async () => {
  const folder = temporaryFolder();
  const workspace = join(folder, "workspace");
  const model = modelFolder(folder);
  const host = spawn(process.execPath, [HOST, workspace, model], {
    env: { ...process.env, TEST_ENGINE: JSON.stringify({ grpo: { hangAt: 6 } }) },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [line] = await once(createInterface({ input: host.stdout }), "line");
  const { id, enginePid } = z
    .object({ id: PipelineId, enginePid: z.int() })
    .parse(JSON.parse(String(line)));
  host.kill("SIGKILL");
  await once(host, "exit");
  const app = openApplication(workspace);
  const stopped = app.store.pipelines.summary(id);
  expect(stopped.status).toBe("stopped");
  expect(app.store.runs.summary(run(id, "grpo")).statusReason?.message).toContain("at step 6");
  await expect.poll(() => isAlive(enginePid)).toBe(false);
  app.runner.resume(id);
  expect((await settled(app, id)).status).toBe("finished");
  expect(recorded(app, id)).toEqual(await uninterrupted());
});

test("a deleted pipeline leaves no records and no files", async () => {
  const { app, workspace, model } = testApplication();
  const id = app.startPipeline({ yaml: recipeYaml(model) });
  expect(() => {
    app.deletePipeline(id);
  }).toThrow(/at work/);
  await settled(app, id);
  expect(existsSync(join(workspace, "runs", id))).toBe(true);
  app.deletePipeline(id);
  expect(existsSync(join(workspace, "runs", id))).toBe(false);
  expect(app.store.pipelines.list({ offset: 0, limit: 10 }).total).toBe(0);
});
