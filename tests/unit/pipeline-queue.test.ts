/** The queue of pipelines, over the end of its host. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { z } from "zod";
import { QueuedPipeline } from "#shared/schema/recipe-draft.ts";
import { PipelineId } from "#shared/schema/run.ts";
import { temporaryFolder } from "../helpers/store-fixture.ts";
import { modelFolder, openApplication, settled } from "../helpers/test-application.ts";

const HOST = fileURLToPath(new URL("../helpers/queue-host.ts", import.meta.url));
const Printed = z.object({ atWork: PipelineId, queue: z.array(QueuedPipeline) });

test("a host killed with -9 leaves the queue in its order, held ones held; the next host that stays goes on with it", async () => {
  const folder = temporaryFolder();
  const workspace = join(folder, "workspace");
  const host = spawn(process.execPath, [HOST, workspace, modelFolder(folder)], {
    env: { ...process.env, TEST_ENGINE: JSON.stringify({ "cold-start": { hangAt: 1 } }) },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [line] = await once(createInterface({ input: host.stdout }), "line");
  const { atWork, queue } = Printed.parse(JSON.parse(String(line)));
  host.kill("SIGKILL");
  await once(host, "exit");
  const [first, next, last] = queue.map(({ pipelineId }) => pipelineId);
  if (first === undefined || next === undefined || last === undefined) throw new Error("no queue");
  expect(first > last).toBe(true);
  expect(queue.map(({ held }) => held)).toEqual([false, false, true]);

  const passing = openApplication(workspace);
  expect(passing.store.pipelines.summary(atWork).status).toBe("stopped");
  expect(passing.runner.queue()).toEqual(queue);
  expect(passing.store.pipelines.summary(first).status).toBe("queued");
  passing.runner.stop(next, "keep");
  await passing.close();

  const staying = openApplication(workspace);
  expect(staying.runner.queue()).toEqual(queue.filter(({ pipelineId }) => pipelineId !== next));
  staying.runner.continueQueue();
  expect((await settled(staying, first)).status).toBe("finished");
  expect(staying.store.pipelines.summary(next).status).toBe("stopped");
  expect(staying.runner.queue()).toEqual([{ pipelineId: last, held: true }]);
});
