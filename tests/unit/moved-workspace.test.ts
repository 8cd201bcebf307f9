/** Workspaces that are moved, copied or deleted, also under a run. */
import { cpSync, existsSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { Application } from "#main/services/application.ts";
import { checkpointsOnDisk } from "#main/services/runs/run-checkpoints.ts";
import { launchStoppedAtSix, planEngine } from "../helpers/stopped-launch.ts";
import { recipeYaml } from "../helpers/test-recipe.ts";
import { temporaryFolder } from "../helpers/store-fixture.ts";
import {
  modelFolder,
  nextEvent,
  openApplication,
  settled,
  TEST_ENGINE_ENTRY,
} from "../helpers/test-application.ts";
import { POSIX, lacking } from "../helpers/need.ts";

/** A workspace with a pipeline that stopped at step 6 of its last stage, on a model of its own. */
async function stoppedWorkspace(folder: string) {
  const workspace = join(folder, "before");
  const app = new Application({ workspace, shell: "cli", engineEntry: TEST_ENGINE_ENTRY });
  const own = join(workspace, "models", "own");
  cpSync(modelFolder(folder), own, { recursive: true });
  const { id, runId } = await launchStoppedAtSix(app, own);
  await app.close();
  return { workspace, id, runId };
}

test.each([
  ["moved", renameSync],
  ["copied", (from: string, to: string) => cpSync(from, to, { recursive: true })],
])(
  "a workspace that was %s goes on from its checkpoints, and touches nothing elsewhere",
  async (what, act) => {
    const folder = temporaryFolder();
    const { workspace, id, runId } = await stoppedWorkspace(folder);
    const after = join(folder, "it's elsewhere");
    act(workspace, after);
    const app = openApplication(after);
    const kept = checkpointsOnDisk(app.store, runId);
    expect(kept.map(({ step }) => step)).toEqual([4, 6]);
    expect(kept.every(({ dir }) => dir.startsWith(after))).toBe(true);
    expect(app.store.pipelines.get(id).recipe.models).toMatchObject({
      base: join(after, "models", "own"),
    });
    app.runner.resume(id);
    const ended = await settled(app, id);
    expect(ended.status).toBe("finished");
    for (const { id: run } of ended.runs) {
      const { outDir, outputModel } = app.store.runs.get(run);
      expect(outDir.startsWith(after)).toBe(true);
      expect(outputModel === null || existsSync(outputModel)).toBe(true);
      expect(outputModel === null || outputModel.startsWith(after)).toBe(true);
    }
    expect(existsSync(workspace)).toBe(what === "copied");
  },
);

test.skipIf(!POSIX.met)(
  `a workspace deleted under a run ends it with an error, and its path is no second host's until it ends${lacking(POSIX)}`,
  async () => {
    const folder = temporaryFolder();
    const workspace = join(folder, "workspace");
    const app = openApplication(workspace);
    planEngine({ grpo: { flood: true } });
    const id = app.startPipeline({ yaml: recipeYaml(modelFolder(folder)) });
    await nextEvent(app, (event) => event.type === "metrics" && event.runId === `${id}-grpo`);
    rmSync(workspace, { recursive: true, force: true });
    const ended = await settled(app, id);
    expect(ended.status).toBe("failed");
    expect(ended.statusReason?.message).toMatch(/The workspace is gone/);
    planEngine({});
    expect(() => openApplication(workspace)).toThrow(/still runs on the workspace that was at/);
    await app.close();
    const second = openApplication(workspace);
    expect(second.store.pipelines.list({ offset: 0, limit: 10 }).total).toBe(0);
  },
);
