/** What does not fit is refused before it starts; what is ended for memory goes on with fewer rows. */
import { NOTHING_TRIED } from "../helpers/problem-with.ts";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, onTestFinished, test, vi } from "vitest";
import { modelFacts } from "#main/core/formats/inspect-model.ts";
import { stageMemory } from "#main/core/resources/stage-memory.ts";
import { memoryLimitBytes } from "#main/platform/machine.ts";
import { Application } from "#main/services/application.ts";
import {
  planThatFits,
  totalBytes,
  withLengths,
} from "#main/services/recipes/checks/memory-check.ts";
import { AppError } from "#shared/errors.ts";
import { RunId } from "#shared/schema/run.ts";
import type { PipelineId } from "#shared/schema/run.ts";
import { SftStage } from "#shared/schema/stages/sft-stage.ts";
import { temporaryFolder } from "../helpers/store-fixture.ts";
import { nextEvent, settled, TEST_ENGINE_ENTRY } from "../helpers/test-application.ts";

const GIB = 2 ** 30;

afterEach(() => {
  vi.unstubAllEnvs();
});

interface Opened {
  readonly app: Application;
  /** The system's count of processes that it has ended for memory. */
  readonly kills: { count: number | null };
}

function open(): Opened {
  const workspace = join(temporaryFolder(), "workspace");
  mkdirSync(workspace, { recursive: true });
  const kills: Opened["kills"] = { count: 0 };
  const app = new Application({
    workspace,
    shell: "cli",
    engineEntry: TEST_ENGINE_ENTRY,
    oomKills: () => kills.count,
  });
  onTestFinished(() => app.close());
  return { app, kills };
}

const YAML = `
name: Large
models: { base: gradus-base }
stages:
  - name: cold-start
    kind: sft
    model: base
    data: { source: { task: arithmetic, difficulties: [3] }, examples: 64 }
    max_length: 512
    packing: true
    per_device_train_batch_size: 16
    max_steps: 10
`;

function refusal(run: () => unknown): AppError {
  try {
    run();
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  throw new Error("it was not refused");
}

function runOf(id: PipelineId): RunId {
  return RunId.parse(`${id}-cold-start`);
}

test("the limit is what the variable says, in GiB, MiB or bytes, else the machine's", () => {
  vi.stubEnv("GRADUS_MEMORY_LIMIT", "1.5GiB");
  expect(memoryLimitBytes()).toBe(1.5 * GIB);
  vi.stubEnv("GRADUS_MEMORY_LIMIT", "300 MiB");
  expect(memoryLimitBytes()).toBe(300 * 2 ** 20);
  vi.stubEnv("GRADUS_MEMORY_LIMIT", "12345");
  expect(memoryLimitBytes()).toBe(12_345);
  vi.stubEnv("GRADUS_MEMORY_LIMIT", "");
  expect(memoryLimitBytes()).toBeGreaterThan(GIB);
});

test("a pipeline that would not fit is refused with its parts and a plan, which then starts", async () => {
  const { app } = open();
  vi.stubEnv("GRADUS_MEMORY_LIMIT", "1GiB");
  const error = refusal(() => app.startPipeline({ yaml: YAML, runtime: "wasm" }));
  expect(error.code).toBe("OUT_OF_MEMORY");
  expect(error.message).toMatch(
    /^The stage "cold-start" needs about \d\.\d GiB of memory \(process 0\.4.*activations \d.*\), and there are 1\.0 GiB\.$/u,
  );
  expect(app.store.pipelines.list({ offset: 0, limit: 10 }).pipelines).toEqual([]);
  const plan = /This fits: ([^.]*)\. To start it all the same, set GRADUS_MEMORY_LIMIT/u.exec(
    error.advice ?? "",
  )?.[1];
  const changes = (plan ?? "").split(", ");
  expect(changes[0]).toMatch(/^per_device_train_batch_size=[1248]$/u);
  const [rows, accumulation] = changes.map((change) => Number(change.split("=")[1]));
  expect((rows ?? 0) * (accumulation ?? 0)).toBe(16);
  const id = app.startPipeline({
    yaml: YAML,
    runtime: "wasm",
    overrides: changes.map((change) => `stages.cold-start.${change}`),
  });
  expect((await settled(app, id)).status).toBe("finished");
});

test("where nothing of it fits, the refusal says so", () => {
  const { app } = open();
  vi.stubEnv("GRADUS_MEMORY_LIMIT", "100MiB");
  const error = refusal(() => app.startPipeline({ yaml: YAML, runtime: "wasm" }));
  expect(error.advice).toContain("take a smaller model");
});

test("a plan keeps the step's batch, takes the least change, and fits by the same estimate", () => {
  const { app } = open();
  const model = app.models.resolve("gradus-base");
  expect(modelFacts(model).parameters).toBe(2_117_248);
  const stage = SftStage.parse({
    name: "cold-start",
    kind: "sft",
    model: "base",
    data: { source: { task: "arithmetic", difficulties: [3] }, examples: 64 },
    max_length: 512,
    packing: true,
    per_device_train_batch_size: 2,
    gradient_accumulation_steps: 3,
  });
  const at = withLengths(stage, { model }, NOTHING_TRIED);
  const needs = (changes: object): number =>
    totalBytes(stageMemory(Object.assign({}, stage, changes), at));
  expect(planThatFits(stage, at, needs({}))).toEqual({});
  const halved = { per_device_train_batch_size: 1, gradient_accumulation_steps: 6 };
  expect(planThatFits(stage, at, needs(halved))).toEqual(halved);
  const again = { gradient_checkpointing: true };
  const both = { ...halved, ...again };
  expect(planThatFits(stage, at, needs(both))).toEqual(needs(again) <= needs(both) ? again : both);
  expect(planThatFits(stage, at, needs({}) / 100)).toBeUndefined();
});

test("a stage is refused at its start too, where there is less memory than when the pipeline was started", async () => {
  const { app } = open();
  vi.stubEnv("TEST_ENGINE", JSON.stringify({ "cold-start": { hangAt: 5 } }));
  const id = app.startPipeline({ yaml: YAML, runtime: "wasm" });
  await nextEvent(
    app,
    (event) => event.type === "metrics" && event.points.some(({ step }) => step === 5),
  );
  app.runner.stop(id, "keep");
  expect((await settled(app, id)).status).toBe("stopped");
  vi.stubEnv("GRADUS_MEMORY_LIMIT", "1GiB");
  app.runner.resume(id);
  const refused = await settled(app, id);
  expect(refused.status).toBe("failed");
  expect(refused.statusReason?.code).toBe("OUT_OF_MEMORY");
  expect(refused.statusReason?.advice).toContain("This fits:");
  vi.unstubAllEnvs();
  app.runner.resume(id);
  expect((await settled(app, id)).status).toBe("finished");
});

test("a process that the system ended for memory goes on by itself with halved rows, and says so", async () => {
  const { app, kills } = open();
  vi.stubEnv("TEST_ENGINE", JSON.stringify({ "cold-start": { hangAt: 6 } }));
  const id = app.startPipeline({ yaml: YAML, runtime: "wasm" });
  const runId = runOf(id);
  for (const times of [1, 2, 3]) {
    await nextEvent(
      app,
      (event) => event.type === "metrics" && event.points.some(({ step }) => step === 6),
    );
    kills.count = times;
    process.kill(app.store.runs.openAttempt(runId)?.pid ?? 0, "SIGKILL");
    await nextEvent(app, (event) => event.type === "alarm");
    expect(app.store.history.alarms(runId)).toHaveLength(times);
  }
  const [alarm] = app.store.history.alarms(runId);
  expect(alarm).toMatchObject({ code: "out-of-memory", level: "warning", step: 4 });
  await nextEvent(
    app,
    (event) => event.type === "metrics" && event.points.some(({ step }) => step === 6),
  );
  // An eighth of the rows is the least: after that it has failed.
  kills.count = 4;
  process.kill(app.store.runs.openAttempt(runId)?.pid ?? 0, "SIGKILL");
  const failed = await settled(app, id);
  expect(failed.status).toBe("failed");
  expect(failed.statusReason?.code).toBe("OUT_OF_MEMORY");
  expect(app.store.runs.summary(runId).attempts).toBe(4);
});

test("a process that somebody killed waits for somebody to resume it", async () => {
  const { app, kills } = open();
  kills.count = null;
  vi.stubEnv("TEST_ENGINE", JSON.stringify({ "cold-start": { hangAt: 6 } }));
  const id = app.startPipeline({ yaml: YAML, runtime: "wasm" });
  await nextEvent(
    app,
    (event) => event.type === "metrics" && event.points.some(({ step }) => step === 6),
  );
  process.kill(app.store.runs.openAttempt(runOf(id))?.pid ?? 0, "SIGKILL");
  expect((await settled(app, id)).status).toBe("stopped");
  expect(app.store.history.alarms(runOf(id))).toEqual([]);
});
