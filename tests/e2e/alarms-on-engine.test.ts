/** Alarms on the real engine: a step that is not finite, with a kill -9 in the middle of it; problems that a later benchmark asks. */
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { loadHubFolder } from "#main/core/formats/hub-layout.ts";
import { heldOutProblems } from "#main/core/problems/evaluation-data.ts";
import { Application } from "#main/services/application.ts";
import type { SetProblem } from "#shared/schema/problem.ts";
import { RunId } from "#shared/schema/run.ts";
import { insertOwnProblems, ownProblems, OWN_SET } from "../helpers/own-problems.ts";
import { writeCoins } from "../helpers/coins-plugin.ts";
import { temporaryFolder } from "../helpers/temporary-folder.ts";
import { nextEvent, settled } from "../helpers/test-application.ts";
import { writeTinyModel } from "../helpers/tiny-model.ts";

const folder = temporaryFolder();
const model = writeTinyModel(join(folder, "tiny"), 3);

/**
 * After one update at this learning rate weights are near 1e12: each query and key near 1e25, their product past the largest
 * float32, and the second step has no finite loss with any number of rows.
 */
const ABSURD = `
name: Absurd
seed: 5
models: { tiny: ${JSON.stringify(model)} }
stages:
  - name: sft
    kind: sft
    model: tiny
    data: { source: { task: arithmetic, difficulties: [3] }, examples: 16 }
    per_device_train_batch_size: 8
    learning_rate: 1.0e+12
    max_length: 128
    num_train_epochs: 2
`;

const OVERLAP = `
name: Overlap
seed: 5
models: { tiny: ${JSON.stringify(model)} }
stages:
  - name: grpo
    kind: grpo
    model: tiny
    data: [{ problems: ${OWN_SET}, weight: 4 }, { problems: dump }]
    rewards: [{ name: language, weight: 1 }]
    num_generations: 4
    generation_batch_size: 80
    per_device_train_batch_size: 16
    max_steps: 1
    max_completion_length: 8
  - { name: apart, kind: benchmark, model: grpo, data: { problems: ${OWN_SET}, split: test }, num_problems: 4, num_samples: 1, max_completion_length: 8 }
  - { name: same, kind: benchmark, model: grpo, data: { problems: ${OWN_SET}, split: train }, num_problems: 16, num_samples: 1, max_completion_length: 8 }
  - { name: coins, kind: benchmark, model: grpo, data: { task: coins, difficulties: [2, 3] }, num_problems: 4, num_samples: 1, max_completion_length: 8 }
`;

function open(name: string): Application {
  const app = new Application({ workspace: join(folder, name), shell: "cli", oomKills: () => 0 });
  insertOwnProblems(app.store);
  onTestFinished(() => app.close());
  return app;
}

/** How the run stands, and the weights of its only checkpoint. */
function stateOf(app: Application, runId: RunId) {
  const [checkpoint, ...more] = app.store.history.checkpoints(runId);
  if (checkpoint === undefined) throw new Error("no state was kept");
  expect(more).toEqual([]);
  const hub = loadHubFolder(checkpoint.dir);
  const weights = hub.names.map((name) => hub.readTensor(name));
  hub.close();
  return {
    step: checkpoint.step,
    weights,
    alarms: app.store.history
      .alarms(runId)
      .map(({ code, level, step, change }) => ({ code, level, step, change })),
    losses: [...app.store.metrics.points(runId)]
      .filter(({ name }) => name === "loss")
      .map(({ step, value }) => ({ step, value })),
  };
}

test("a step that is not finite is dropped, made again with fewer rows, and ends the run with its state kept; a kill -9 in the middle changes nothing", async () => {
  const app = open("absurd");
  const id = app.startPipeline({ yaml: ABSURD, runtime: "tensorflow" });
  const runId = RunId.parse(`${id}-sft`);
  const { status } = await settled(app, id);
  expect(status).toBe("failed");
  const { statusReason } = app.store.runs.summary(runId);
  expect(statusReason?.message).toMatch(/^Training stopped at step 2: the \w+ is not finite\.$/u);
  const state = stateOf(app, runId);
  expect(state.step).toBe(1);
  expect(state.alarms).toEqual([
    {
      code: "non-finite",
      level: "error",
      step: 2,
      change: { option: "learning_rate", value: 5e11 },
    },
  ]);
  expect(app.store.history.alarms(runId)[0]?.message).toContain(
    "nor was it with half as many rows at a time",
  );
  expect(state.losses).toHaveLength(1);
  // The weights are those after the first step: none is lost, and none is touched by the second.
  expect(state.weights.every((tensor) => tensor.every((value) => Number.isFinite(value)))).toBe(
    true,
  );

  // It can be resumed, goes on from what was kept, and meets the same step.
  app.runner.resume(id);
  expect((await settled(app, id)).status).toBe("failed");
  expect(app.store.runs.summary(runId).attempts).toBe(2);
  expect(stateOf(app, runId)).toEqual(state);

  // Killed while it is at that step: "compiling" is told just before it, and takes longer than the telling.
  const resumedMs = Date.now();
  app.runner.resume(id);
  await nextEvent(app, (event) => {
    if (event.type !== "run" || event.run.id !== runId) return false;
    const { progress } = event.run;
    return progress?.phase === "compiling" && progress.timeMs >= resumedMs;
  });
  process.kill(app.store.runs.openAttempt(runId)?.pid ?? 0, "SIGKILL");
  expect((await settled(app, id)).status).toBe("stopped");
  app.runner.resume(id);
  expect((await settled(app, id)).status).toBe("failed");
  expect(app.store.runs.summary(runId).attempts).toBe(4);
  expect(stateOf(app, runId)).toEqual(state);
});

/** What the benchmark of coins asks, as somebody's file of them: none of its problems is on a task's training side. */
async function insertDump({ paths, store, tasks, sets }: Application): Promise<void> {
  writeCoins(paths.root);
  const source = { task: "coins", difficulties: [2, 3] };
  const asked = await heldOutProblems(source, 4, { sets, outside: tasks });
  const [one] = ownProblems(1);
  if (one === undefined) throw new Error("no problem");
  const problems = asked.map(({ prompt, gold }, i): SetProblem => ({
    ...{ ...one, id: `c${i}`, gold, split: "train" },
    messages: [{ role: "user", content: prompt }],
  }));
  insertOwnProblems(store, "dump", "", problems);
}

test("problems that a later benchmark of the recipe asks are told at the start, once, and the stage costs from its start on", async () => {
  const app = open("overlap");
  await insertDump(app);
  let before: number | null = null;
  onTestFinished(
    app.live.listen((event) => {
      if (event.type === "pipeline" && event.pipeline.status === "running")
        before ??= event.pipeline.costUsd;
    }),
  );
  const id = app.startPipeline({ yaml: OVERLAP, runtime: "tensorflow" });
  expect((await settled(app, id)).status).toBe("finished");
  const runId = RunId.parse(`${id}-grpo`);
  const alarms = app.store.history.alarms(runId);
  expect(alarms.map(({ code, step }) => ({ code, step }))).toEqual([
    { code: "train-test-overlap", step: 0 },
    { code: "train-test-overlap", step: 0 },
  ]);
  expect(alarms[0]?.message).toContain(
    "16 of 16 problems that the benchmark same asks are among those that the stage learns from: ",
  );
  expect(alarms[1]?.message).toContain(
    "4 of 4 problems that the benchmark coins asks are among those that the stage learns from: coins/",
  );
  expect(before).toBeGreaterThan(0);
});
