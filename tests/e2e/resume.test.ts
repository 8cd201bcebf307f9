/** kill -9 of the real engine and of the real host: what comes after is as if nothing had happened. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { z } from "zod";
import { Application } from "#main/services/application.ts";
import { PAUSED_PHASE } from "#shared/schema/engine-protocol.ts";
import { PipelineId, RunId } from "#shared/schema/run.ts";
import { insertOwnProblems } from "../helpers/own-problems.ts";
import { resumeRecipe, writeOwnReward } from "../helpers/resume-recipe.ts";
import { expectClose, expectSame, outcomeOf } from "../helpers/run-outcome.ts";
import type { StageOutcome } from "../helpers/run-outcome.ts";
import { temporaryFolder } from "../helpers/temporary-folder.ts";
import { nextEvent, settled } from "../helpers/test-application.ts";
import { writeTinyModel } from "../helpers/tiny-model.ts";

const HOST = fileURLToPath(new URL("../helpers/resume-host.ts", import.meta.url));
const STAGES = ["cold-start", "grpo"] as const;

const folder = temporaryFolder();
const model = writeTinyModel(join(folder, "tiny"), 3);

function open(workspace: string, oomKills: () => number | null = () => 0): Application {
  const app = new Application({ workspace, shell: "cli", oomKills });
  insertOwnProblems(app.store);
  writeOwnReward(workspace);
  onTestFinished(() => app.close());
  return app;
}

function runOf(id: PipelineId, stage: string): RunId {
  return RunId.parse(`${id}-${stage}`);
}

/** Resolves when a metric of that step or a later one comes. */
async function reached(app: Application, runId: RunId, least: number): Promise<void> {
  await nextEvent(
    app,
    (event) =>
      event.type === "metrics" &&
      event.runId === runId &&
      event.points.some(({ step }) => step >= least),
  );
}

/** Resolves when the stage says that it waits. */
async function paused(app: Application, runId: RunId): Promise<void> {
  await nextEvent(
    app,
    (event) =>
      event.type === "run" && event.run.id === runId && event.run.progress?.phase === PAUSED_PHASE,
  );
}

type Outcome = StageOutcome[];

function outcome(app: Application, id: PipelineId): Outcome {
  return outcomeOf(app, id, STAGES);
}

const references = new Map<boolean, Promise<Outcome>>();

function uninterrupted(adapters = false): Promise<Outcome> {
  const reference = references.get(adapters) ?? runThrough(adapters);
  references.set(adapters, reference);
  return reference;
}

async function runThrough(adapters: boolean): Promise<Outcome> {
  const app = open(join(folder, adapters ? "reference-adapters" : "reference"));
  const id = app.startPipeline({ yaml: resumeRecipe(model, adapters), runtime: "tensorflow" });
  expect((await settled(app, id)).status).toBe("finished");
  return outcome(app, id);
}

async function expectSameRun(app: Application, id: PipelineId, adapters = false): Promise<void> {
  const expected = await uninterrupted(adapters);
  outcome(app, id).forEach((stage, i) => {
    const other = expected[i];
    if (other === undefined) throw new Error("stage missing");
    expectSame(stage, other);
  });
}

test("GRPO moves the random model, so that the comparison means something", async () => {
  const [sft, grpo] = await uninterrupted();
  expect(sft?.points.filter((point) => point.startsWith("loss@"))).toHaveLength(24);
  expect(grpo?.rollouts.some(({ advantage }) => Math.abs(advantage) > 0.1)).toBe(true);
  expect(grpo?.values.some(({ name, value }) => name === "grad_norm" && (value ?? 0) > 0.01)).toBe(
    true,
  );
});

/** Processes that one started, by a word of their command. */
function childrenOf(pid: number, word: string): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/u.test(name))
    .flatMap((name) => {
      try {
        const stat = readFileSync(`/proc/${name}/stat`, "utf8");
        const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
        const command = readFileSync(`/proc/${name}/cmdline`, "utf8");
        return Number(fields[1]) === pid && command.includes(word) ? [Number(name)] : [];
      } catch {
        // It has ended meanwhile.
        return [];
      }
    });
}

for (const adapters of [false, true]) {
  const what = adapters ? "each stage with adapters" : "each stage";
  test(`an engine killed in the middle of ${what} goes on from its checkpoint to the same weights, points and completions`, async () => {
    const app = open(join(folder, `engine-${String(adapters)}`));
    const id = app.startPipeline({ yaml: resumeRecipe(model, adapters), runtime: "tensorflow" });
    for (const stage of STAGES) {
      const runId = runOf(id, stage);
      if (adapters && stage === "grpo") {
        // The worker that runs the reward of one's own is ended first: the engine goes on with another.
        await reached(app, runId, 5);
        const workers = childrenOf(
          app.store.runs.openAttempt(runId)?.pid ?? 0,
          "javascript-process",
        );
        if (workers.length === 0) throw new Error("no sandbox works for the engine");
        for (const pid of workers) process.kill(pid, "SIGKILL");
      }
      await reached(app, runId, 10);
      process.kill(app.store.runs.openAttempt(runId)?.pid ?? 0, "SIGKILL");
      const stopped = await settled(app, id);
      expect(stopped.status).toBe("stopped");
      expect(stopped.statusReason?.message).toContain("SIGKILL");
      app.runner.resume(id);
    }
    expect((await settled(app, id)).status).toBe("finished");
    for (const stage of STAGES) expect(app.store.runs.summary(runOf(id, stage)).attempts).toBe(2);
    await expectSameRun(app, id, adapters);
  });
}

test("an engine that the system ends for memory goes on by itself with half the rows together, to the same weights", async () => {
  // The kill is real; the kernel's count of such kills is not.
  let kills = 0;
  const app = open(join(folder, "out-of-memory"), () => kills);
  const [yaml = ""] = resumeRecipe(model).split("  - name: grpo");
  const id = app.startPipeline({ yaml, runtime: "tensorflow" });
  const runId = runOf(id, "cold-start");
  await reached(app, runId, 10);
  kills = 1;
  process.kill(app.store.runs.openAttempt(runId)?.pid ?? 0, "SIGKILL");
  expect((await settled(app, id)).status).toBe("finished");
  const { attempts, openAlarms } = app.store.runs.summary(runId);
  expect({ attempts, openAlarms }).toEqual({ attempts: 2, openAlarms: 1 });
  expect(app.store.history.alarms(runId)[0]?.message).toContain("want of memory");
  const log = app.store.history.events(runId, { limit: 100 }).map(({ message }) => message);
  expect(log.some((message) => message.includes("4 of 8 rows"))).toBe(true);
  const [expected] = await uninterrupted();
  const [actual] = outcomeOf(app, id, ["cold-start"]);
  if (expected === undefined || actual === undefined) throw new Error("stage missing");
  expect(actual.points).toEqual(expected.points);
  expectClose(actual, expected);
});

/** A host in a process of its own, killed where the stage is at its tenth step; gives the pipeline. */
async function killedHost(
  workspace: string,
  stage: (typeof STAGES)[number],
  resumed: PipelineId | "" = "",
): Promise<PipelineId> {
  const host = spawn(process.execPath, [HOST, workspace, model, stage, "10", "", resumed], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [line] = (await once(createInterface({ input: host.stdout }), "line")) as [string];
  const { id } = z.object({ id: PipelineId, enginePid: z.int() }).parse(JSON.parse(line));
  const exit = once(host, "exit");
  host.kill("SIGKILL");
  await exit;
  return id;
}

test("a host killed in the middle of each stage leaves a workspace that goes on to the same weights, points and completions", async () => {
  const workspace = join(folder, "host");
  const openStopped = (id: PipelineId, stage: string): Application => {
    const app = open(workspace);
    expect(app.store.pipelines.summary(id).status).toBe("stopped");
    expect(app.store.runs.summary(runOf(id, stage)).statusReason?.message).toContain(
      "Gradus ended",
    );
    return app;
  };
  const id = await killedHost(workspace, "cold-start");
  await openStopped(id, "cold-start").close();
  expect(await killedHost(workspace, "grpo", id)).toBe(id);
  const app = openStopped(id, "grpo");
  app.runner.resume(id);
  expect((await settled(app, id)).status).toBe("finished");
  await expectSameRun(app, id);
});

test("a paused stage waits in its process or is stopped at a checkpoint, and goes on to the same weights, points and completions", async () => {
  const app = open(join(folder, "paused"));
  const id = app.startPipeline({ yaml: resumeRecipe(model), runtime: "tensorflow" });
  const pausedAt = async (runId: RunId, step: number): Promise<void> => {
    await reached(app, runId, step);
    const waiting = paused(app, runId);
    app.runner.pause(id, true);
    await waiting;
  };
  await pausedAt(runOf(id, "cold-start"), 3);
  app.runner.stop(id, "keep");
  expect((await settled(app, id)).status).toBe("stopped");
  app.runner.resume(id);
  const runId = runOf(id, "grpo");
  await pausedAt(runId, 4);
  const { lastStep, status } = app.store.runs.summary(runId);
  const pid = app.store.runs.openAttempt(runId)?.pid;
  expect(status).toBe("running");
  await setTimeout(1500);
  expect(app.store.runs.summary(runId).lastStep).toBe(lastStep);
  expect(app.store.runs.openAttempt(runId)?.pid).toBe(pid);
  app.runner.pause(id, false);
  expect((await settled(app, id)).status).toBe("finished");
  expect(app.store.runs.summary(runId).attempts).toBe(1);
  await expectSameRun(app, id);
  const said = app.store.history
    .events(runId, { limit: 100 })
    .find(({ message }) => message.startsWith("Paused for"));
  expect(said?.message).toMatch(/^Paused for [1-9]/u);
  expect(() => app.runner.pause(id, true)).toThrow(/finished/u);
});
