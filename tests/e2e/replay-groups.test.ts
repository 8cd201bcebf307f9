/** Replay of good groups with the real engine: kill -9 and what comes after is as if nothing had happened. */
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { Application } from "#main/services/application.ts";
import { RunId } from "#shared/schema/run.ts";
import type { PipelineId } from "#shared/schema/run.ts";
import type { SetProblem } from "#shared/schema/problem.ts";
import { insertOwnProblems } from "../helpers/own-problems.ts";
import { expectSame, outcomeOf } from "../helpers/run-outcome.ts";
import { temporaryFolder } from "../helpers/temporary-folder.ts";
import { nextEvent, settled } from "../helpers/test-application.ts";
import { writeTinyModel } from "../helpers/tiny-model.ts";

const folder = temporaryFolder();

/** Any line that ends in a letter of the first half is right: a random model is right now and then. */
const problems = Array.from({ length: 12 }, (_, i): SetProblem => ({
  id: `p${i}`,
  messages: [{ role: "user", content: `Say ${i}.` }],
  gold: null,
  verifier: { name: "regex", options: { pattern: ".*[a-mA-M]" } },
  ...{ solution: null, tags: [], difficulty: null, columns: {}, split: "train" },
}));

function recipe(model: string): string {
  return `
name: Again
seed: 7
models: { tiny: ${JSON.stringify(model)} }
stages:
  - name: grpo
    kind: grpo
    model: tiny
    data: { problems: letters }
    answer_format: last-line
    rewards: [{ name: answer, weight: 1 }]
    num_generations: 3
    generation_batch_size: 12
    per_device_train_batch_size: 12
    replay_groups: 2
    max_staleness: 6
    beta: 0.02
    max_steps: 12
    learning_rate: 1.0e-3
    max_completion_length: 12
    save_steps: 2
`;
}

function open(name: string): Application {
  const app = new Application({
    workspace: join(folder, name),
    shell: "cli",
    oomKills: () => 0,
  });
  insertOwnProblems(app.store, "letters", "", problems);
  onTestFinished(() => app.close());
  return app;
}

test("groups come again, and a killed engine goes on to the same weights, points and completions", async () => {
  const model = writeTinyModel(join(folder, "tiny"), 3);
  const start = (app: Application): PipelineId =>
    app.startPipeline({ yaml: recipe(model), runtime: "tensorflow" });
  const whole = open("whole");
  const first = start(whole);
  expect((await settled(whole, first)).statusReason).toBeNull();
  const points = [...whole.store.metrics.points(RunId.parse(`${first}-grpo`))];
  const of = (name: string): number[] =>
    points.flatMap((point) => (point.name === name ? [point.value ?? 0] : []));
  expect(of("replayed_groups").reduce((sum, count) => sum + count, 0)).toBeGreaterThan(2);
  expect(Math.max(...of("replayed_groups/staleness"))).toBeLessThanOrEqual(6);
  // What came again says nothing of how the sampler and the trainer agree.
  expect(Math.max(...of("sampling/sampling_logp_difference/max"))).toBeLessThan(1e-3);

  const killed = open("killed");
  const second = start(killed);
  const runId = RunId.parse(`${second}-grpo`);
  await nextEvent(
    killed,
    (event) =>
      event.type === "metrics" &&
      event.runId === runId &&
      event.points.some(({ step }) => step >= 7),
  );
  process.kill(killed.store.runs.openAttempt(runId)?.pid ?? 0, "SIGKILL");
  expect((await settled(killed, second)).status).toBe("stopped");
  killed.runner.resume(second);
  expect((await settled(killed, second)).status).toBe("finished");
  const [expected] = outcomeOf(whole, first, ["grpo"]);
  const [actual] = outcomeOf(killed, second, ["grpo"]);
  if (expected === undefined || actual === undefined) throw new Error("stage missing");
  expectSame(actual, expected);
});
