/** A GRPO stage measured on held-out problems while it trains, on the real engine. */
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { loadHubFolder } from "#main/core/formats/hub-layout.ts";
import { Application } from "#main/services/application.ts";
import { RunId } from "#shared/schema/run.ts";
import { insertOwnProblems, OWN_SET } from "../helpers/own-problems.ts";
import { temporaryFolder } from "../helpers/temporary-folder.ts";
import { settled } from "../helpers/test-application.ts";
import { writeTinyModel } from "../helpers/tiny-model.ts";

const folder = temporaryFolder();

/** A GRPO stage of a random model on problems of one's own: its rewards vary, and it never answers rightly. */
function recipeOf(model: string, options: string): string {
  return `
name: Measured
seed: 5
models: { tiny: ${JSON.stringify(model)} }
stages:
  - name: grpo
    kind: grpo
    model: tiny
    data: { problems: ${OWN_SET} }
    rewards: [{ name: language, weight: 1 }, { name: soft-overlong, weight: 1, cache_length: 20 }]
    num_generations: 4
    generation_batch_size: 8
    per_device_train_batch_size: 8
    learning_rate: 1.0e-3
    max_completion_length: 24
${options}`;
}

/** The stage run to its end, in a workspace of its own. */
async function finished(
  name: string,
  options: string,
): Promise<{ readonly app: Application; readonly runId: RunId; readonly model: string }> {
  const model = writeTinyModel(join(folder, `${name}-model`), 3);
  const app = new Application({ workspace: join(folder, name), shell: "cli" });
  onTestFinished(() => app.close());
  insertOwnProblems(app.store);
  const id = app.startPipeline({ runtime: "tensorflow", yaml: recipeOf(model, options) });
  expect((await settled(app, id)).status).toBe("finished");
  return { app, runId: RunId.parse(`${id}-grpo`), model };
}

test("a model that never answers rightly ends early, and the stage gives the model that measured first", async () => {
  const { app, runId, model } = await finished(
    "measured",
    `    max_steps: 20
    eval_steps: 2
    eval_on_start: true
    eval_problems: 6
    num_generations_eval: 2
    load_best_model_at_end: true
    early_stopping_patience: 2
`,
  );
  const points = [...app.store.metrics.points(runId)];
  const of = (name: string): number[] =>
    points.filter((point) => point.name === name).map(({ step }) => step);
  expect(of("eval_accuracy")).toEqual([0, 2, 4]);
  expect(of("eval_accuracy/low")).toEqual([0, 2, 4]);
  expect(of("loss")).toEqual([1, 2, 3, 4]);
  const log = app.store.history.events(runId, { limit: 100 }).map(({ message }) => message);
  expect(log).toContain("Ended early: 2 measurements in a row were not above the 0.0% of step 0.");
  expect(log).toContain("The stage gives the model of step 0, which measured best.");
  const { outputModel } = app.store.runs.get(runId);
  const [given, first] = [outputModel ?? "", model].map((path) => loadHubFolder(path));
  for (const name of given?.names ?? [])
    expect(given?.readTensor(name)).toEqual(first?.readTensor(name));
  given?.close();
  first?.close();
});

test("with filter_groups a batch is sampled again until its bound, and is full all the same", async () => {
  const { app, runId } = await finished(
    "again",
    `    max_steps: 2
    filter_groups: true
    max_num_gen_batches: 3
`,
  );
  const points = [...app.store.metrics.points(runId)];
  // A random model is never right: three times two prompts are sampled, and the first two are kept.
  expect(points.filter(({ name }) => name === "num_gen_batches").map(({ value }) => value)).toEqual(
    [3, 3],
  );
  const rollouts = [...app.store.rollouts.all(runId)];
  expect(rollouts).toHaveLength(16);
  expect([...new Set(rollouts.map(({ group }) => group))]).toEqual([0, 1]);
});
