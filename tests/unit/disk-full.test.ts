/** A disk that fills up under a run: the state is shown, is written once that is possible, and nothing hangs. */
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { openStore } from "#main/store/store.ts";
import { RunId } from "#shared/schema/run.ts";
import { recipeYaml } from "../helpers/test-recipe.ts";
import { MOUNTING, smallDisk } from "../helpers/small-disk.ts";
import { modelFolder, nextEvent, openApplication, settled } from "../helpers/test-application.ts";
import { fileOf } from "../helpers/dataset-fixture.ts";
import { temporaryFolder } from "../helpers/store-fixture.ts";
import { lacking } from "../helpers/need.ts";

function plan(value: Record<string, unknown>): void {
  process.env["TEST_ENGINE"] = JSON.stringify(value);
  onTestFinished(() => {
    delete process.env["TEST_ENGINE"];
  });
}

describe.skipIf(!MOUNTING.met)(`a disk that fills up${lacking(MOUNTING)}`, () => {
  test("while a stage runs: the pipeline is shown as stopped, the state is written later, and resume goes on", async () => {
    const disk = smallDisk("16m");
    const workspace = join(disk.folder, "workspace");
    const app = openApplication(workspace);
    plan({ grpo: { flood: true } });
    const id = app.startPipeline({ yaml: recipeYaml(modelFolder(temporaryFolder())) });
    const runId = RunId.parse(`${id}-grpo`);
    await nextEvent(
      app,
      (event) => event.type === "metrics" && event.runId === runId && event.points.length > 0,
    );
    disk.fill();
    const ended = await settled(app, id);
    expect(ended.status).toBe("stopped");
    expect(ended.statusReason).toMatchObject({
      code: "DISK_FULL",
      message: expect.stringMatching(/could not be written yet.*is tried again/),
    });
    expect(ended.runs.find((run) => run.id === runId)?.status).toBe("stopped");
    expect(() => {
      app.runner.stop(id, "keep");
    }).toThrow(/not at work: it is stopped/);
    expect(() => {
      app.runner.resume(id);
    }).toThrow(/disk .* is full/);
    disk.free();
    await expect
      .poll(
        () => {
          const other = openStore(app.paths.database, { readonly: true });
          const { status } = other.pipelines.summary(id);
          other.close();
          return status;
        },
        { timeout: 10_000 },
      )
      .toBe("stopped");
    expect(app.store.pipelines.summary(id).statusReason?.message).not.toMatch(/tried again/);
    plan({});
    app.runner.resume(id);
    expect((await settled(app, id)).status).toBe("finished");
  }, 60_000);

  const words = "word ".repeat(200);
  const rows = (count: number): string => {
    const line = (i: number): string =>
      JSON.stringify({ prompt: `What is ${i}? ${words}`, completion: `It is ${i}.` });
    return fileOf("rows.jsonl", Array.from({ length: count }, (_, i) => `${line(i)}\n`).join(""));
  };
  const imported = { into: { name: "large" }, skipBad: true, status: "pending" } as const;

  test("a file that cannot fit is refused before its first row", async () => {
    const app = openApplication(join(smallDisk("6m").folder, "workspace"));
    const job = app.datasets.startImport({ file: { path: rows(8000) }, ...imported });
    expect(await app.datasets.jobs.settled(job.id)).toMatchObject({
      state: "failed",
      error: {
        message: expect.stringMatching(/has 8\.\d MiB, and .* are free. Nothing was imported/),
      },
    });
    expect(app.datasets.list()).toEqual([]);
  });

  test("under an import: it says so, and its rows go away once that is possible", async () => {
    const disk = smallDisk("40m");
    const app = openApplication(join(disk.folder, "workspace"));
    const job = app.datasets.startImport({ file: { path: rows(8000) }, ...imported });
    await nextEvent(app, (event) => event.type === "dataset-job" && event.job.added > 0);
    disk.fill();
    expect(await app.datasets.jobs.settled(job.id)).toMatchObject({
      state: "failed",
      error: { message: expect.stringMatching(/disk .* is full/) },
    });
    expect(app.datasets.list()).toEqual([]);
    disk.free();
    await expect
      .poll(() => app.store.recordWriter.dropStaged(undefined, 1), { timeout: 20_000 })
      .toBe(0);
  }, 90_000);
});
