/**
 * Tasks that run elsewhere (a plug-in, a dataset of reasoning-gym) in every kind of stage that asks problems, on the real
 * engine; and what kills in the middle leave.
 */
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { Application } from "#main/services/application.ts";
import type { PipelineId } from "#shared/schema/run.ts";
import { RunId } from "#shared/schema/run.ts";
import { COINS, writeCoins } from "../helpers/coins-plugin.ts";
import { GYM, lendGym } from "../helpers/gym-workspace.ts";
import { lacking } from "../helpers/need.ts";
import { expectSame, outcomeOf } from "../helpers/run-outcome.ts";
import { temporaryFolder } from "../helpers/temporary-folder.ts";
import { nextEvent, settled } from "../helpers/test-application.ts";
import { writeTinyModel } from "../helpers/tiny-model.ts";

const folder = temporaryFolder();
const model = writeTinyModel(join(folder, "tiny"), 3);
const COINS_DATA = "{ task: coins, difficulties: [2, 3] }";
const RECIPE = `
name: Coins
seed: 7
models: { tiny: ${JSON.stringify(model)} }
stages:
  - name: cold-start
    kind: sft
    model: tiny
    data: { source: ${COINS_DATA}, examples: 32 }
    per_device_train_batch_size: 8
    num_train_epochs: 1
    learning_rate: 1.0e-3
    max_length: 128
  - name: grpo
    kind: grpo
    model: cold-start
    data: [${COINS_DATA}, { task: arithmetic, difficulties: [3] }]
    rewards: [{ name: answer, weight: 1 }, { name: language, weight: 1 }]
    answer_format: last-line
    num_generations: 4
    generation_batch_size: 16
    per_device_train_batch_size: 8
    max_steps: 16
    learning_rate: 1.0e-3
    max_completion_length: 16
    save_steps: 4
  - name: measured
    kind: benchmark
    model: grpo
    data: ${COINS_DATA}
    num_problems: 12
    num_samples: 2
    max_completion_length: 16
    scoring: lenient
`;
const TRAINED = ["cold-start", "grpo"] as const;

/** Without its benchmark. */
function trainingOf(recipe: string): string {
  return recipe.slice(0, recipe.indexOf("  - name: measured"));
}

function open(name: string): { app: Application; file: string } {
  const workspace = join(folder, name);
  const file = writeCoins(workspace);
  const app = new Application({ workspace, shell: "cli" });
  onTestFinished(() => app.close());
  return { app, file };
}

async function reached(app: Application, runId: RunId, least: number): Promise<void> {
  await nextEvent(
    app,
    (event) =>
      event.type === "metrics" &&
      event.runId === runId &&
      event.points.some(({ step }) => step >= least),
  );
}

/** Of a process: the children whose command names the file. */
function childrenOf(pid: number, entry: string): number[] {
  return execFileSync("ps", ["-A", "-o", "pid=,ppid=,args="], { encoding: "utf8" })
    .split("\n")
    .map((line) => line.trim().split(/\s+/u))
    .filter(([, parent, ...args]) => Number(parent) === pid && args.join(" ").includes(entry))
    .map(([child]) => Number(child));
}

function grpoOf(id: PipelineId): RunId {
  return RunId.parse(`${id}-grpo`);
}

test("a sandbox worker and then the engine killed in the middle of GRPO, and the plug-in edited meanwhile: the same weights, points and completions", async () => {
  const through = open("through");
  const first = through.app.startPipeline({ yaml: trainingOf(RECIPE), runtime: "tensorflow" });
  expect((await settled(through.app, first)).status).toBe("finished");

  const { app, file } = open("killed");
  const id = app.startPipeline({ yaml: RECIPE, runtime: "tensorflow" });
  const runId = grpoOf(id);
  await reached(app, runId, 6);
  const pid = app.store.runs.openAttempt(runId)?.pid ?? 0;
  const workers = childrenOf(pid, "javascript-process");
  expect(workers.length).toBeGreaterThan(0);
  for (const worker of workers) process.kill(worker, "SIGKILL");
  writeFileSync(file, COINS.replace("What are", "Tell me: what are"));
  await reached(app, runId, 10);
  process.kill(pid, "SIGKILL");
  expect((await settled(app, id)).status).toBe("stopped");
  app.runner.resume(id);
  expect((await settled(app, id)).status).toBe("finished");
  expect(app.store.runs.summary(runId).attempts).toBe(2);

  const [expected, actual] = [outcomeOf(through.app, first, TRAINED), outcomeOf(app, id, TRAINED)];
  expected.forEach((stage, i) => {
    const other = actual[i];
    if (other === undefined) throw new Error("stage missing");
    expectSame(other, stage);
  });
  expect(expected[1]?.rollouts.some(({ prompt }) => prompt.startsWith("What are these"))).toBe(
    true,
  );
  const measured = app.store.evaluations.get(RunId.parse(`${id}-measured`));
  expect(measured?.summary).toMatchObject({ task: "coins", n: 12, k: 2 });
  expect(measured?.summary.verifierVersion).toMatch(/^plugin\/coins\/[0-9a-f]{12}$/u);
}, 600_000);

const SUMS = "{ task: reasoning-gym/chain_sum, config: { max_terms: 2, max_digits: 1 } }";
const GYM_RECIPE = `
name: Sums
seed: 7
models: { tiny: ${JSON.stringify(model)} }
stages:
  - name: grpo
    kind: grpo
    model: tiny
    data: ${SUMS}
    rewards: [{ name: answer, weight: 1, partial: true }, { name: language, weight: 1 }]
    answer_format: last-line
    num_generations: 4
    generation_batch_size: 16
    per_device_train_batch_size: 8
    max_steps: 16
    learning_rate: 1.0e-3
    max_completion_length: 16
    save_steps: 4
  - name: measured
    kind: benchmark
    model: grpo
    data: ${SUMS}
    num_problems: 12
    num_samples: 2
    max_completion_length: 16
    scoring: lenient
`;

test.skipIf(!GYM.met)(
  `reasoning-gym's process and then the engine killed in the middle of GRPO: the same weights, points and completions${lacking(GYM)}`,
  async () => {
    const openGym = (name: string): Application => {
      lendGym(join(folder, name));
      return open(name).app;
    };
    const through = openGym("sums-through");
    const first = through.startPipeline({ yaml: GYM_RECIPE, runtime: "tensorflow" });
    expect((await settled(through, first)).status).toBe("finished");
    const measured = through.store.evaluations.get(RunId.parse(`${first}-measured`));
    expect(measured?.summary).toMatchObject({ task: "reasoning-gym/chain_sum", n: 12, k: 2 });
    expect(measured?.summary.verifierVersion).toMatch(/^reasoning-gym\/chain_sum\/\d/u);

    const app = openGym("sums-killed");
    const id = app.startPipeline({ yaml: trainingOf(GYM_RECIPE), runtime: "tensorflow" });
    const runId = grpoOf(id);
    await reached(app, runId, 6);
    const pid = app.store.runs.openAttempt(runId)?.pid ?? 0;
    const pythons = childrenOf(pid, "gym.py");
    expect(pythons).toHaveLength(1);
    for (const python of pythons) process.kill(python, "SIGKILL");
    await reached(app, runId, 10);
    const [again = 0] = childrenOf(pid, "gym.py");
    expect(again).toBeGreaterThan(0);
    process.kill(pid, "SIGKILL");
    expect((await settled(app, id)).status).toBe("stopped");
    // Python ends with its engine.
    await expect.poll(() => isAlive(again), { timeout: 20_000 }).toBe(false);
    app.runner.resume(id);
    expect((await settled(app, id)).status).toBe("finished");
    const [expected, actual] = [outcomeOf(through, first, ["grpo"]), outcomeOf(app, id, ["grpo"])];
    if (expected[0] === undefined || actual[0] === undefined) throw new Error("stage missing");
    expectSame(actual[0], expected[0]);
  },
  600_000,
);

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

test("a plug-in that throws ends the launch with its line, and the host goes on", async () => {
  const { app, file } = open("throws");
  writeFileSync(
    file,
    COINS.replace(
      "return {\n    prompt",
      'if (difficulty === 3) throw new Error("no");\n  return {\n    prompt',
    ),
  );
  const id = app.startPipeline({ yaml: RECIPE, runtime: "tensorflow" });
  const ended = await settled(app, id);
  expect(ended.status).toBe("failed");
  expect(ended.statusReason?.message).toMatch(
    /^The plug-in coins: Error: no, coins\.js line 11, in generate\(\d+, 3\)\.$/u,
  );
  expect(app.tasks.facts().at(-1)?.name).toBe("coins");
}, 60_000);
