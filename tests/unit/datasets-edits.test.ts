import { expect, test } from "vitest";
import type { LiveEvent } from "#shared/schema/live.ts";
import { RecordId } from "#shared/schema/dataset.ts";
import { openStore } from "#main/store/store.ts";
import {
  clientOf,
  datasetFixture,
  sumLine,
  fileOf,
  idAt,
  importFile,
} from "../helpers/dataset-fixture.ts";
import type { DatasetFixture } from "../helpers/dataset-fixture.ts";
import { openApplication, testApplication } from "../helpers/test-application.ts";

test("a status for all that match is one edit, and one undo puts each back as it was", async () => {
  const fixture = await datasetFixture(30);
  const { client, datasetId } = fixture;
  await client.datasets.records.setStatus({
    datasetId,
    target: { ids: [await idAt(fixture, 4)] },
    status: "rejected",
  });
  const { edit, changed } = await client.datasets.records.setStatus({
    datasetId,
    target: { filter: [{ field: "verdict", values: ["correct"] }] },
    status: "accepted",
  });
  expect(changed).toBe(27);
  expect(edit?.label).toBe("accept 27 records");
  expect((await client.datasets.get({ datasetId })).status).toEqual({
    pending: 3,
    accepted: 27,
    rejected: 0,
    flagged: 0,
  });
  expect(await client.edits.undo({ scope: `dataset:${datasetId}` })).toMatchObject({
    state: "undone",
  });
  expect((await client.datasets.get({ datasetId })).status).toMatchObject({
    pending: 29,
    rejected: 1,
  });
  await client.edits.redo({});
  expect((await client.datasets.get({ datasetId })).status.accepted).toBe(27);
  // Nothing to change is no edit.
  expect(
    await client.datasets.records.setStatus({
      datasetId,
      target: { filter: [{ field: "verdict", values: ["correct"] }] },
      status: "accepted",
    }),
  ).toEqual({ edit: null, changed: 0 });
});

test("undo and redo tell the one record that they changed, and none where there are several", async () => {
  const fixture = await datasetFixture(5);
  const { client, datasetId } = fixture;
  const { setStatus } = client.datasets.records;
  const record = await idAt(fixture, 3);
  await setStatus({ datasetId, target: { ids: [record] }, status: "accepted" });
  expect((await client.edits.undo({})).record).toBe(record);
  expect((await client.edits.redo({})).record).toBe(record);
  await setStatus({
    datasetId,
    target: { ids: [await idAt(fixture, 1), await idAt(fixture, 2)] },
    status: "rejected",
  });
  expect((await client.edits.undo({})).record).toBeUndefined();
});

test("a dataset deleted for good does not come back by undo, and none of its edits either", async () => {
  const fixture = await datasetFixture(3);
  const { client, datasetId } = fixture;
  const target = { ids: [await idAt(fixture, 1)] };
  await client.datasets.records.setStatus({ datasetId, target, status: "accepted" });
  expect(await client.datasets.delete({ datasetId, forGood: true })).toEqual({
    edit: null,
    changed: 3,
  });
  expect(await client.datasets.list()).toEqual([]);
  expect(await client.edits.state({})).toEqual({ undo: null, redo: null });
});

test("a saved text is a new revision with its own verdict; undo brings back the text before, redo the new one", async () => {
  const fixture = await datasetFixture(12);
  const { client } = fixture;
  const recordId = await idAt(fixture, 9);
  const { messages } = await client.datasets.records.get({ recordId });
  const better = messages.map((turn) =>
    turn.role === "assistant"
      ? { ...turn, content: "<answer>20</answer>", reasoning: "Twice ten." }
      : turn,
  );
  expect((await client.datasets.records.check({ recordId, messages: better })).verdict).toBe(
    "correct",
  );
  const saved = await client.datasets.records.setText({
    recordId,
    messages: better,
    fromRevision: 0,
    status: "accepted",
    reviewer: "ada",
  });
  expect(saved.edit?.label).toBe("edit and accept record 10");
  expect(saved.record).toMatchObject({
    revision: 1,
    status: "accepted",
    facts: { verdict: "correct" },
  });
  expect(saved.record.original).toEqual(messages);
  const found = (value: string) =>
    client.datasets.records.count({
      datasetId: fixture.datasetId,
      filter: [{ field: "text", value }],
    });
  expect((await found("Twice ten")).total).toBe(1);
  expect((await found("gives 21")).total).toBe(0);
  await client.edits.undo({});
  expect(await client.datasets.records.get({ recordId })).toMatchObject({
    revision: 0,
    status: "pending",
    facts: { verdict: "wrong" },
  });
  expect((await found("gives 21")).total).toBe(1);
  await client.edits.redo({});
  expect((await found("Twice ten")).total).toBe(1);
  expect(await client.datasets.records.revisions({ recordId })).toMatchObject([
    { number: 0, parent: null, author: "import" },
    { number: 1, parent: 0, author: "ada" },
  ]);
  const restored = await client.datasets.records.restore({ recordId, revision: 0 });
  expect(restored.record.revision).toBe(0);
});

test("a save on top of another's is refused, and a save that is sent twice counts once", async () => {
  const fixture = await datasetFixture(3);
  const { client } = fixture;
  const recordId = await idAt(fixture, 0);
  const { messages } = await client.datasets.records.get({ recordId });
  const save = (content: string, key?: string) =>
    client.datasets.records.setText({
      recordId,
      messages: messages.map((turn) => (turn.role === "user" ? { ...turn, content } : turn)),
      fromRevision: 0,
      key,
    });
  await save("one", "key-1");
  expect((await save("one", "key-1")).record.revision).toBe(1);
  await expect(save("two")).rejects.toMatchObject({ code: "CONFLICT" });
  expect(await client.datasets.records.revisions({ recordId })).toHaveLength(2);
  await expect(save("bad \0 text")).rejects.toMatchObject({ code: "BAD_INPUT" });
});

test("tags come and go as edits", async () => {
  const fixture = await datasetFixture(5);
  const { client, datasetId } = fixture;
  const ids = [await idAt(fixture, 0), await idAt(fixture, 2)];
  await client.datasets.records.setTags({ datasetId, target: { ids }, add: ["wordy", "short"] });
  await client.datasets.records.setTags({
    datasetId,
    target: { filter: [] },
    add: ["seen"],
    remove: ["short"],
  });
  const tags = async (): Promise<string[][]> =>
    (await client.datasets.records.page({ datasetId, filter: [] })).rows.map((row) => row.tags);
  expect(await tags()).toEqual([
    ["seen", "wordy"],
    ["seen"],
    ["seen", "wordy"],
    ["seen"],
    ["seen"],
  ]);
  await client.edits.undo({});
  expect(await tags()).toEqual([["short", "wordy"], [], ["short", "wordy"], [], []]);
  expect(
    (
      await client.datasets.records.count({
        datasetId,
        filter: [{ field: "tag", values: ["wordy"] }],
      })
    ).total,
  ).toBe(2);
});

test("deleted records are gone from everything until undo brings them back in their place", async () => {
  const fixture = await datasetFixture(6);
  const { client, datasetId } = fixture;
  const recordId = await idAt(fixture, 3);
  await client.datasets.records.delete({ datasetId, target: { ids: [recordId] } });
  await expect(client.datasets.records.get({ recordId })).rejects.toMatchObject({
    code: "NOT_FOUND",
  });
  expect(await client.datasets.records.getMany({ recordIds: [recordId] })).toEqual([]);
  expect((await client.datasets.get({ datasetId })).records).toBe(5);
  await client.edits.undo({});
  expect(
    (await client.datasets.records.page({ datasetId, filter: [] })).rows.map(
      ({ position }) => position,
    ),
  ).toEqual([1, 2, 3, 4, 5, 6]);
});

test("added records come to the end with what they bring", async () => {
  const { client, datasetId } = await datasetFixture(2);
  const { ids, edit } = await client.datasets.records.add({
    datasetId,
    records: [
      {
        messages: [
          { role: "user", content: "What is 2 and 2?", reasoning: null },
          { role: "assistant", content: "4", reasoning: null },
        ],
        source: { kind: "playground", teacher: "gradus-base" },
        reference: { gold: "4" },
        tags: ["chat"],
      },
    ],
  });
  expect(edit.label).toBe("add 1 record");
  const [id] = ids;
  if (id === undefined) throw new Error("one id was expected");
  expect(await client.datasets.records.get({ recordId: id })).toMatchObject({
    position: 3,
    tags: ["chat"],
    source: { kind: "playground", teacher: "gradus-base", file: null },
    facts: { verdict: "correct", format: ["no-reasoning"] },
  });
});

test("datasets are made, renamed and deleted, and each of it is undone", async () => {
  const { app } = testApplication();
  const client = clientOf(app);
  const { id: datasetId } = await client.datasets.create({ name: "first" });
  await expect(client.datasets.create({ name: "first" })).rejects.toMatchObject({
    code: "CONFLICT",
  });
  await client.datasets.rename({ datasetId, name: "second" });
  await client.datasets.delete({ datasetId });
  expect(await client.datasets.list()).toEqual([]);
  await expect(client.datasets.get({ datasetId })).rejects.toMatchObject({ code: "NOT_FOUND" });
  expect((await client.edits.undo({})).label).toBe("delete dataset second");
  expect((await client.datasets.list()).map(({ name }) => name)).toEqual(["second"]);
  expect((await client.edits.undo({})).label).toBe("rename first to second");
  expect((await client.edits.undo({})).label).toBe("create dataset first");
  expect(await client.datasets.list()).toEqual([]);
  await expect(client.edits.undo({})).rejects.toMatchObject({ code: "CONFLICT" });
  await client.edits.redo({});
  expect((await client.datasets.list()).map(({ name }) => name)).toEqual(["first"]);
});

test("a dataset cannot come back beside another of its name, and nothing of that undo happens", async () => {
  const { app } = testApplication();
  const client = clientOf(app);
  const first = await client.datasets.create({ name: "same" });
  await client.datasets.delete({ datasetId: first.id });
  await client.datasets.create({ name: "same" });
  const scope = `dataset:${first.id}`;
  await expect(client.edits.undo({ scope })).rejects.toMatchObject({ code: "CONFLICT" });
  expect((await client.edits.state({ scope })).undo?.label).toBe("delete dataset same");
});

test("edits of one dataset are undone without those of another, and a new edit ends what could be redone", async () => {
  const { app } = testApplication();
  const client = clientOf(app);
  const a = await client.datasets.create({ name: "a" });
  const b = await client.datasets.create({ name: "b" });
  await client.datasets.rename({ datasetId: a.id, name: "a2" });
  await client.datasets.rename({ datasetId: b.id, name: "b2" });
  await client.edits.undo({ scope: `dataset:${a.id}` });
  expect((await client.datasets.get({ datasetId: a.id })).name).toBe("a");
  expect((await client.datasets.get({ datasetId: b.id })).name).toBe("b2");
  await client.datasets.rename({ datasetId: a.id, name: "a3" });
  expect((await client.edits.state({ scope: `dataset:${a.id}` })).redo).toBeNull();
  await expect(client.edits.redo({ scope: `dataset:${a.id}` })).rejects.toMatchObject({
    code: "CONFLICT",
  });
  expect(
    (await client.edits.history({ scope: `dataset:${b.id}` })).map(({ label }) => label),
  ).toEqual(["rename b to b2", "create dataset b"]);
});

test("undo is there after a restart, and an import that was cut off leaves nothing", async () => {
  const fixture = await datasetFixture(10);
  const { app, client, datasetId, workspace } = fixture;
  await client.datasets.records.setStatus({ datasetId, target: { filter: [] }, status: "flagged" });
  await app.close();
  const store = openStore(app.paths.database);
  const staged = openStagedRecord(store, datasetId);
  store.close();
  const again = openApplication(workspace);
  const next = clientOf(again);
  expect((await next.datasets.get({ datasetId })).records).toBe(10);
  expect(again.store.records.positionOf(staged)).toBeUndefined();
  expect((await next.edits.undo({})).label).toBe("flag 10 records");
  expect((await next.datasets.get({ datasetId })).status.pending).toBe(10);
});

/** What a host leaves that is killed in the middle of an import. */
function openStagedRecord(
  store: ReturnType<typeof openStore>,
  datasetId: DatasetFixture["datasetId"],
): number {
  const [text] = store.records.texts(datasetId, [{ field: "position", max: 1 }]);
  if (text === undefined) throw new Error("a record was expected");
  const facts = store.records.get(RecordId.parse(text.id)).facts;
  const [id] = store.transaction(() =>
    store.recordWriter.stage(
      datasetId,
      [
        {
          ...text,
          facts: { ...facts },
          fingerprint: {
            content: 1,
            signature: new Uint8Array(112),
            bands: Array.from({ length: 14 }, (_, i) => i),
          },
          contamination: null,
          checkedWith: "",
          tags: [],
          status: "pending",
        },
      ],
      "import",
      1,
    ),
  );
  if (id === undefined) throw new Error("one id was expected");
  return id;
}

test("windows are told of each edit and what can be undone", async () => {
  const fixture = await datasetFixture(3);
  const events: LiveEvent[] = [];
  fixture.app.live.listen((event) => events.push(event));
  const recordId = await idAt(fixture, 1);
  await fixture.client.datasets.records.setStatus({
    datasetId: fixture.datasetId,
    target: { ids: [recordId] },
    status: "accepted",
  });
  expect(events).toMatchObject([
    { type: "dataset", datasetId: fixture.datasetId, recordIds: [recordId] },
    { type: "edits", state: { undo: { label: "accept record 2" }, redo: null } },
  ]);
});

test("bulk actions say beforehand what they do, and do that", async () => {
  const { app } = testApplication();
  const client = clientOf(app);
  const rows = [
    { prompt: "q one", completion: "<think>Because.</think>So <answer>1</answer>." },
    { prompt: "q two", completion: "<think>Because.</think><answer>2</answer>" },
    {
      prompt: "q three",
      completion:
        "<think>We go on.\n我们继续\nThen we stop here.\nThen we stop here.</think><answer>3</answer>",
    },
  ];
  const path = fileOf("mixed.jsonl", rows.map((row) => JSON.stringify(row)).join("\n"));
  const { datasetId } = await importFile(app, path, { name: "mixed" });
  if (datasetId === null) throw new Error("no dataset");
  const bulk = { datasetId, target: { filter: [] } };
  const repair = { ...bulk, action: { type: "repair-format" as const } };
  expect(await client.datasets.records.previewBulk(repair)).toMatchObject({
    matching: 3,
    changing: 1,
    samples: [
      {
        position: 1,
        before: "<think>Because.</think>So <answer>1</answer>.",
        after: "<think>\nBecause.\nSo\n.\n</think>\n<answer>1</answer>",
      },
    ],
  });
  const { edit, changed } = await client.datasets.records.applyBulk(repair);
  expect([changed, edit?.label]).toEqual([1, "repair the format of 1 record"]);
  expect((await client.datasets.statistics({ datasetId })).formatProblems).toEqual({});
  for (const type of ["remove-foreign-lines", "remove-repetition"] as const) {
    expect((await client.datasets.records.applyBulk({ ...bulk, action: { type } })).changed).toBe(
      1,
    );
  }
  const third = (await client.datasets.records.page({ datasetId, filter: [] })).rows[2];
  if (third === undefined) throw new Error("three rows were expected");
  const text = await client.datasets.records.get({ recordId: third.id });
  expect([text.revision, text.messages.at(-1)?.reasoning]).toEqual([
    2,
    "We go on.\nThen we stop here.",
  ]);
  const restore = { ...bulk, action: { type: "restore-original" as const } };
  expect((await client.datasets.records.previewBulk(restore)).changing).toBe(2);
  expect((await client.datasets.records.applyBulk(restore)).changed).toBe(2);
  expect((await client.datasets.records.get({ recordId: third.id })).revision).toBe(0);
  await client.edits.undo({});
  expect((await client.datasets.records.get({ recordId: third.id })).revision).toBe(2);
});

test("deduplicating keeps the one that is asked for", async () => {
  const { app } = testApplication();
  const client = clientOf(app);
  const path = fileOf("twice.jsonl", [sumLine(1, 2), sumLine(1, 2), sumLine(3, 4)].join("\n"));
  const { datasetId } = await importFile(app, path, { name: "twice" });
  if (datasetId === null) throw new Error("no dataset");
  const action = { type: "deduplicate" as const, duplicates: "exact" as const };
  const bulk = { datasetId, target: { filter: [] }, action };
  expect((await client.datasets.records.previewBulk(bulk)).changing).toBe(1);
  expect((await client.datasets.records.applyBulk(bulk)).changed).toBe(1);
  const { rows } = await client.datasets.records.page({ datasetId, filter: [] });
  expect(rows.map(({ status }) => status)).toEqual(["pending", "rejected", "pending"]);
});
