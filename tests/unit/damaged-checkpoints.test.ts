/** A newest checkpoint that is not as it was written: the run goes on from the one before, and says so. */
import { readdirSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Application } from "#main/services/application.ts";
import { checkpointsOnDisk } from "#main/services/runs/run-checkpoints.ts";
import type { PipelineId, RunId } from "#shared/schema/run.ts";
import { launchStoppedAtSix } from "../helpers/stopped-launch.ts";
import { settled, testApplication } from "../helpers/test-application.ts";

const spoil: readonly (readonly [string, (folder: string) => void])[] = [
  ["without its state", (folder) => rmSync(join(folder, "state.json"))],
  ["with a cut-off state", (folder) => truncateSync(join(folder, "state.json"), 30)],
  ["with an empty state", (folder) => truncateSync(join(folder, "state.json"), 0)],
  [
    "with zeros for a state",
    (folder) => writeFileSync(join(folder, "state.json"), Buffer.alloc(200)),
  ],
  [
    "without a file that its state names",
    (folder) =>
      writeFileSync(
        join(folder, "state.json"),
        JSON.stringify({ formatVersion: 1, files: { "model.safetensors": 4 }, state: {} }),
      ),
  ],
  [
    "that is empty",
    (folder) => {
      for (const name of readdirSync(folder)) rmSync(join(folder, name));
    },
  ],
];

/** A pipeline that was stopped at step 6 of GRPO and keeps two checkpoints, of the steps 4 and 6. */
async function stoppedAtSix(): Promise<{ app: Application; id: PipelineId; runId: RunId }> {
  const { app, model } = testApplication();
  const { id, runId } = await launchStoppedAtSix(app, model);
  expect(checkpointsOnDisk(app.store, runId).map(({ step }) => step)).toEqual([4, 6]);
  return { app, id, runId };
}

function warnings(app: Application, runId: RunId): string[] {
  return app.store.history
    .events(runId, { levels: ["warning"], limit: 100 })
    .map(({ message }) => message);
}

test.each(spoil)("%s: the run goes on from the one before, in words", async (_what, damage) => {
  const { app, id, runId } = await stoppedAtSix();
  damage(checkpointsOnDisk(app.store, runId).at(-1)?.dir ?? "");
  app.runner.resume(id);
  expect((await settled(app, id)).status).toBe("finished");
  expect(warnings(app, runId)).toEqual([
    expect.stringMatching(
      /^The checkpoint of step 6 cannot be used, so the stage goes on from step 4\. .*(damaged|not valid JSON|state)/,
    ),
  ]);
  const steps = [...app.store.metrics.points(runId)].map(({ step }) => step);
  expect(steps).toEqual([...new Set(steps)]);
});

test("where no checkpoint is whole the stage begins anew, and says so", async () => {
  const { app, id, runId } = await stoppedAtSix();
  for (const { dir } of checkpointsOnDisk(app.store, runId)) rmSync(join(dir, "state.json"));
  app.runner.resume(id);
  expect((await settled(app, id)).status).toBe("finished");
  expect(warnings(app, runId)).toEqual([
    expect.stringMatching(/step 6 cannot be used, so the stage begins anew/),
    expect.stringMatching(/step 4 cannot be used, so the stage begins anew/),
  ]);
});
