/** A hundred edits, the smallest and the largest, by hosts that are killed at random moments. */
import { deepEqual } from "node:assert/strict";
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { setImmediate } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { z } from "zod";
import { RecordId } from "#shared/schema/dataset.ts";
import { Random } from "#main/platform/random.ts";
import { openStore } from "#main/store/store.ts";
import { clientOf, datasetFixture } from "../helpers/dataset-fixture.ts";
import { drawStep, expected, readModel } from "../helpers/edit-steps.ts";
import type { EditStep, Model } from "../helpers/edit-steps.ts";
import { openApplication } from "../helpers/test-application.ts";

const RECORDS = 1000;
const EDITS = 100;
const KILLS = 12;
const HOST = fileURLToPath(new URL("../helpers/edit-host.ts", import.meta.url));
const Line = z.union([z.object({ ready: z.literal(true) }), z.object({ done: z.int() })]);

interface Host {
  readonly child: ChildProcess;
  readonly lines: AsyncIterator<string>;
}

async function startHost(workspace: string): Promise<Host> {
  const child = spawn(process.execPath, [HOST, workspace], { stdio: ["pipe", "pipe", "inherit"] });
  onTestFinished(() => {
    child.kill("SIGKILL");
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  await nextLine(lines);
  return { child, lines };
}

async function nextLine(lines: AsyncIterator<string>): Promise<z.infer<typeof Line> | undefined> {
  const { value, done } = await lines.next();
  return done === true ? undefined : Line.parse(JSON.parse(value));
}

function send({ child }: Host, step: EditStep): void {
  child.stdin?.write(`${JSON.stringify(step)}\n`);
}

/** Kills the host and gives the numbers of the edits that it still said were done. */
async function killHost({ child, lines }: Host): Promise<number[]> {
  const exit = once(child, "exit");
  child.kill("SIGKILL");
  await exit;
  const done: number[] = [];
  for (;;) {
    const line = await nextLine(lines);
    if (line === undefined) return done;
    if ("done" in line) done.push(line.done);
  }
}

test("no edit that was acknowledged is lost when the host is killed, and none is there by half", async () => {
  const fixture = await datasetFixture(RECORDS);
  const { app, datasetId, workspace } = fixture;
  const ids = (await fixture.client.datasets.records.ids({ datasetId, filter: [] })).map((id) =>
    RecordId.parse(id),
  );
  let model: Model = readModel(app.store, datasetId, ids);
  await app.close();
  const random = new Random(20);
  const history: Model[] = [];
  const killAfter = new Set(
    random.shuffle(Array.from({ length: EDITS }, (_, i) => i)).slice(0, KILLS),
  );
  let host = await startHost(workspace);
  for (let number = 0; number < EDITS; number++) {
    const step = drawStep(random, number, datasetId, ids);
    send(host, step);
    if (!killAfter.has(number)) {
      deepEqual(await nextLine(host.lines), { done: number });
      model = expected(model, step, history);
      continue;
    }
    // Anywhere between the sending and the end of the edit.
    for (let turns = random.int(0, 400); turns > 0; turns--) await setImmediate();
    const acknowledged = (await killHost(host)).includes(number);
    const before = [...history];
    const after = expected(model, step, history);
    const store = openStore(app.paths.database);
    const found = readModel(store, datasetId, ids);
    store.close();
    if (acknowledged) deepEqual(found, after, `edit ${number} was acknowledged and is lost`);
    const happened = JSON.stringify([...found]) === JSON.stringify([...after]);
    if (happened) model = after;
    else {
      deepEqual(found, model, `edit ${number} is there by half`);
      history.splice(0, history.length, ...before);
    }
    host = await startHost(workspace);
  }
  await killHost(host);
  const again = openApplication(workspace);
  expect(readModel(again.store, datasetId, ids)).toEqual(model);
  // What was done before the kills can still be undone, one after the other, down to the import.
  const client = clientOf(again);
  while (history.length > 0) {
    await client.edits.undo({ scope: `dataset:${datasetId}` });
    model = history.pop() ?? model;
    expect(readModel(again.store, datasetId, ids)).toEqual(model);
  }
  expect((await client.edits.state({ scope: `dataset:${datasetId}` })).undo?.label).toMatch(
    /^import/,
  );
});
