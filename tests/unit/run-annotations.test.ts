/** Notes and tags of runs as edits: undone one by one, after a restart too, and forgotten with their runs. */
import { createRouterClient, ORPCError, safe } from "@orpc/server";
import type { ContractRouterClient } from "@orpc/contract";
import { expect, test } from "vitest";
import { createRouter } from "#main/procedures/router.ts";
import type { Application } from "#main/services/application.ts";
import type { Contract } from "#shared/contract/contract.ts";
import type { LiveEvent } from "#shared/schema/live.ts";
import { PipelineId } from "#shared/schema/run.ts";
import { insertTwoStages } from "../helpers/store-fixture.ts";
import { openApplication, testApplication } from "../helpers/test-application.ts";

function clientOf(app: Application): ContractRouterClient<Contract> {
  return createRouterClient(createRouter(app), { context: {} });
}

function opened() {
  const { app, workspace } = testApplication();
  const { train, check } = insertTwoStages(app.store);
  const client = clientOf(app);
  const tags = async (): Promise<string[][]> =>
    (await client.runs.list({})).runs.map((run) => run.tags);
  return { app, workspace, client, train, check, scope: `run:${train}`, tags };
}

async function codeOf(call: Promise<unknown>): Promise<string | undefined> {
  const [error] = await safe(call);
  return error instanceof ORPCError ? String(error.code) : undefined;
}

test("notes are undone one by one after a restart too, and done again", async () => {
  const { app, workspace, client, train, scope } = opened();
  const first = await client.cockpit.setNote({ runId: train, text: "a", changedAtMs: null });
  await client.cockpit.setNote({ runId: train, text: "b", changedAtMs: first.changedAtMs });
  await app.close();
  const later = clientOf(openApplication(workspace));
  const text = async (): Promise<string> => (await later.cockpit.note({ runId: train })).text;
  await later.edits.undo({ scope });
  expect(await text()).toBe("a");
  await later.edits.undo({ scope });
  expect(await text()).toBe("");
  expect(await codeOf(later.edits.undo({ scope }))).toBe("CONFLICT");
  await later.edits.redo({ scope });
  await later.edits.redo({ scope });
  expect(await text()).toBe("b");
});

test("a window that has not seen the undo cannot write over it, even within one millisecond", async () => {
  const { app, client, train, scope } = opened();
  const seen = await client.cockpit.setNote({ runId: train, text: "a", changedAtMs: null });
  const events: LiveEvent[] = [];
  app.live.listen((event) => events.push(event));
  await client.edits.undo({ scope });
  expect(
    await codeOf(
      client.cockpit.setNote({ runId: train, text: "c", changedAtMs: seen.changedAtMs }),
    ),
  ).toBe("CONFLICT");
  expect(events).toContainEqual({ type: "annotations", runIds: [train] });
});

test("the same note once more is no edit", async () => {
  const { client, train, scope } = opened();
  const { changedAtMs } = await client.cockpit.setNote({
    runId: train,
    text: "a",
    changedAtMs: null,
  });
  await client.cockpit.setNote({ runId: train, text: "a", changedAtMs });
  expect(await client.edits.history({ scope })).toHaveLength(1);
});

test("tags of several runs are one edit, and each run gets back what it had", async () => {
  const { app, workspace, client, train, check, tags } = opened();
  await client.cockpit.tag({ runIds: [check], add: ["keep", "old"], remove: [] });
  const before = await tags();
  expect(before).toEqual([[], ["keep", "old"]]);
  await client.cockpit.tag({ runIds: [train, check], add: ["keep"], remove: ["old"] });
  expect(await tags()).toEqual([["keep"], ["keep"]]);
  // Nothing changes: nothing to undo.
  await client.cockpit.tag({ runIds: [train, check], add: ["keep"], remove: ["old"] });
  expect((await client.edits.history({ scope: "runs" })).map(({ label }) => label)).toEqual([
    "change the tags of 2 runs",
  ]);
  await app.close();
  const later = clientOf(openApplication(workspace));
  const tagsLater = async (): Promise<string[][]> =>
    (await later.runs.list({})).runs.map((run) => run.tags);
  // Without a scope: the workspace's last edit.
  await later.edits.undo({});
  expect(await tagsLater()).toEqual(before);
  await later.edits.redo({ scope: "runs" });
  expect(await tagsLater()).toEqual([["keep"], ["keep"]]);
});

test("an edit of one run's tags belongs to that run, and says what it did", async () => {
  const { client, train, check, scope } = opened();
  await client.cockpit.tag({ runIds: [check], add: ["keep"], remove: [] });
  // Only one of the two changes.
  await client.cockpit.tag({ runIds: [train, check], add: ["keep"], remove: [] });
  const { undo } = await client.edits.state({ scope });
  expect(undo?.label).toBe("put the tag keep on cold-start");
  await client.edits.undo({ scope });
  expect((await client.runs.get({ runId: train })).run.tags).toEqual([]);
  expect((await client.runs.get({ runId: check })).run.tags).toEqual(["keep"]);
});

test("with a pipeline go the edits of its runs; an edit of several runs passes over those that are gone", async () => {
  const { app, client, train, check, scope } = opened();
  await client.cockpit.setNote({ runId: train, text: "a", changedAtMs: null });
  await client.cockpit.tag({ runIds: [train, check], add: ["keep"], remove: [] });
  const { pipelineId } = (await client.runs.get({ runId: train })).run;
  app.deletePipeline(PipelineId.parse(pipelineId));
  expect(await client.edits.history({ scope })).toEqual([]);
  expect((await client.edits.undo({ scope: "runs" })).label).toBe("put the tag keep on 2 runs");
  expect(await client.cockpit.tags()).toEqual([]);
});
