/** On-policy distillation on the real engine: it comes nearer to its teacher, and a killed engine goes on to the same weights. */
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { Application } from "#main/services/application.ts";
import { RunId } from "#shared/schema/run.ts";
import { expectSame, outcomeOf } from "../helpers/run-outcome.ts";
import type { StageOutcome } from "../helpers/run-outcome.ts";
import { temporaryFolder } from "../helpers/temporary-folder.ts";
import { nextEvent, settled } from "../helpers/test-application.ts";
import { writeTinyModel } from "../helpers/tiny-model.ts";

const folder = temporaryFolder();
const student = writeTinyModel(join(folder, "student"), 3);
const teacher = writeTinyModel(join(folder, "teacher"), 4);

/** Batches of the student and of the teacher in turn: a random teacher has no right solutions to learn from. */
const RECIPE = `
name: On-policy
seed: 7
models: { student: ${JSON.stringify(student)}, teacher: ${JSON.stringify(teacher)} }
stages:
  - name: distill
    kind: distill
    model: student
    teacher: teacher
    data: { task: arithmetic, difficulties: [3] }
    method: gkd
    lmbda: 0.6
    beta: 0.3
    seq_kd: true
    num_prompts: 16
    per_device_train_batch_size: 4
    max_steps: 8
    learning_rate: 1.0e-2
    max_completion_length: 16
    save_steps: 4
`;

function open(name: string): Application {
  const app = new Application({ workspace: join(folder, name), shell: "cli" });
  onTestFinished(() => app.close());
  return app;
}

async function through(kill: boolean): Promise<StageOutcome[]> {
  const app = open(kill ? "killed" : "whole");
  const id = app.startPipeline({ yaml: RECIPE, runtime: "tensorflow" });
  if (kill) {
    const runId = RunId.parse(`${id}-distill`);
    await nextEvent(
      app,
      (event) =>
        event.type === "metrics" &&
        event.runId === runId &&
        event.points.some(({ step }) => step >= 6),
    );
    process.kill(app.store.runs.openAttempt(runId)?.pid ?? 0, "SIGKILL");
    const { status } = await settled(app, id);
    if (status !== "stopped") throw new Error(`the killed stage is ${status}`);
    app.runner.resume(id);
  }
  const { status, statusReason } = await settled(app, id);
  expect({ status, statusReason }).toEqual({ status: "finished", statusReason: null });
  return outcomeOf(app, id, ["distill"]);
}

test("the student comes nearer to its teacher, and an engine killed in the middle goes on from its checkpoint to the same weights and points", async () => {
  const [whole] = await through(false);
  const [killed] = await through(true);
  if (whole === undefined || killed === undefined) throw new Error("stage missing");
  const of = (name: string): number[] =>
    whole.values.filter((one) => one.name === name).map(({ value }) => value ?? Number.NaN);
  const [losses, shares] = [of("loss"), of("on_policy_share")];
  expect(losses).toHaveLength(8);
  expect(losses.at(-1)).toBeLessThan(0.7 * (losses[0] ?? 0));
  expect(of("teacher_agreement").every((share) => share >= 0 && share <= 1)).toBe(true);
  // Batches of the student and of the teacher.
  expect(new Set(shares)).toEqual(new Set([0, 1]));
  expectSame(killed, whole);
});
