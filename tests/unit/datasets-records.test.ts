import { existsSync } from "node:fs";
import { expect, test } from "vitest";
import type { LiveEvent } from "#shared/schema/live.ts";
import { RecordId } from "#shared/schema/dataset.ts";
import { openStore } from "#main/store/store.ts";
import {
  clientOf,
  datasetFixture,
  sumLine,
  fileOf,
  importFile,
} from "../helpers/dataset-fixture.ts";
import type { DatasetFixture } from "../helpers/dataset-fixture.ts";
import { openApplication, testApplication } from "../helpers/test-application.ts";

async function idAt({ client, datasetId }: DatasetFixture, index: number): Promise<RecordId> {
  const { rows } = await client.datasets.records.page({
    datasetId,
    filter: [],
    at: { index },
    limit: 1,
  });
  const [row] = rows;
  if (row === undefined) throw new Error(`no record at ${index}`);
  return row.id;
}

test("an imported record has its parts, its original, its source and its verdict", async () => {
  const fixture = await datasetFixture(20);
  const { client, datasetId } = fixture;
  const record = await client.datasets.records.get({ recordId: await idAt(fixture, 9) });
  expect(record).toMatchObject({
    datasetId,
    position: 10,
    status: "pending",
    revision: 0,
    metadata: { place: "row 10" },
    source: { kind: "import", file: "sums.jsonl", line: 10 },
    reference: { gold: "20", task: null },
    facts: { verdict: "wrong", verdictDetail: "21 is not 20", format: [], contamination: null },
  });
  expect(record.messages).toEqual([
    { role: "user", content: "Please add 10 and 10.", reasoning: null },
    {
      role: "assistant",
      content: "<answer>21</answer>",
      reasoning: "Taking 10 first and then 10 gives 21.",
    },
  ]);
  expect(record.original).toEqual(record.messages);
});

test("a page is asked by index or by record, and says where in the filtered list it is", async () => {
  const fixture = await datasetFixture(50);
  const { client, datasetId } = fixture;
  const wrong = [{ field: "verdict" as const, values: ["wrong" as const] }];
  const page = await client.datasets.records.page({ datasetId, filter: wrong });
  expect(page).toMatchObject({ total: 5, offset: 0, index: 0 });
  expect(page.rows.map(({ position }) => position)).toEqual([10, 20, 30, 40, 50]);
  const at = await idAt(fixture, 34);
  const around = await client.datasets.records.page({
    datasetId,
    filter: wrong,
    at: { recordId: at },
    before: 2,
    limit: 3,
  });
  // Record 35 is not wrong: it would stand before 40, fourth of the list.
  expect(around).toMatchObject({ total: 5, offset: 1, index: 3 });
  expect(around.rows.map(({ position }) => position)).toEqual([20, 30, 40]);
  expect(await client.datasets.records.count({ datasetId, filter: wrong })).toEqual({
    total: 5,
    status: { pending: 5, accepted: 0, rejected: 0, flagged: 0 },
  });
});

test.each([
  [[{ field: "text", value: "Taking 7 first" }], [7]],
  [
    [
      { field: "text", value: "taking 1", in: "reasoning" },
      { field: "position", max: 12 },
    ],
    [1, 10, 11, 12],
  ],
  [[{ field: "text", value: "answer", in: "reasoning" }], []],
  [
    [
      { field: "text", value: '"}' },
      { field: "position", max: 1 },
    ],
    [],
  ],
  [
    [
      { field: "words", min: 9 },
      { field: "position", min: 19 },
    ],
    [19, 20],
  ],
  [[{ field: "readability", min: 101 }], []],
  [[{ field: "edited" }], []],
  [
    [
      { field: "source", values: ["import"] },
      { field: "position", max: 2 },
    ],
    [1, 2],
  ],
  [[{ field: "format", values: ["bad"] }], []],
  [[{ field: "status", values: ["pending"], not: true }], []],
  [
    [
      { field: "verdict", values: ["wrong"], not: true },
      { field: "position", min: 9, max: 11 },
    ],
    [9, 11],
  ],
] as const)("the filter %j finds what it says", async (filter, positions) => {
  const { client, datasetId } = await datasetFixture(20);
  const { rows } = await client.datasets.records.page({
    datasetId,
    filter: structuredClone(filter) as never,
  });
  expect(rows.map(({ position }) => position)).toEqual(positions);
});

test("signs, and scripts that set no spaces, are found inside a text", async () => {
  const { app } = testApplication();
  const client = clientOf(app);
  const path = fileOf(
    "a.jsonl",
    [
      { prompt: "√(16) = ?", completion: "<think>我们继续计算</think>4" },
      { prompt: 'Say "hi"', completion: "<think>So.</think>继续" },
    ]
      .map((row) => JSON.stringify(row))
      .join("\n"),
  );
  const { datasetId } = await importFile(app, path, { name: "a" });
  if (datasetId === null) throw new Error("no dataset");
  const found = async (value: string, part?: "prompt" | "reasoning" | "answer") => {
    const condition = {
      field: "text" as const,
      value,
      ...(part === undefined ? {} : { in: part }),
    };
    const { rows } = await client.datasets.records.page({ datasetId, filter: [condition] });
    return rows.map(({ position }) => position);
  };
  expect(await found("继续")).toEqual([1, 2]);
  expect(await found("继续", "reasoning")).toEqual([1]);
  expect(await found("继续", "answer")).toEqual([2]);
  expect(await found("√(")).toEqual([1]);
  expect(await found("√(", "answer")).toEqual([]);
  expect(await found('"', "prompt")).toEqual([2]);
});

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

test("exact and near duplicates find each other as they come in and part when they are edited", async () => {
  const { app } = testApplication();
  const client = clientOf(app);
  const words =
    "first we look at the numbers then we add them one by one until nothing is left and write the sum down at the end of the page";
  const row = (text: string): string =>
    JSON.stringify({ prompt: "Add them.", completion: `<think>${text}</think>7` });
  const path = fileOf(
    "copies.jsonl",
    [
      row(words),
      row(words.toUpperCase()),
      row(`${words} now`),
      row("something else entirely"),
    ].join("\n"),
  );
  const { datasetId } = await importFile(app, path, { name: "copies" });
  if (datasetId === null) throw new Error("no dataset");
  const { rows } = await client.datasets.records.page({ datasetId, filter: [] });
  expect(rows.map(({ duplicate }) => duplicate)).toEqual(["exact", "exact", "near", null]);
  const third = rows[2];
  if (third === undefined) throw new Error("three rows were expected");
  const { facts } = await client.datasets.records.get({ recordId: third.id });
  expect(facts.exactDuplicate).toBeNull();
  expect(facts.nearDuplicate).toMatchObject({ cluster: rows[0]?.id, size: 3 });
  const extra = [{ field: "duplicate" as const, values: ["extra" as const] }];
  expect((await client.datasets.records.count({ datasetId, filter: extra })).total).toBe(2);
  expect(
    (
      await client.datasets.records.count({
        datasetId,
        filter: [{ field: "same-as", values: [third.id] }],
      })
    ).total,
  ).toBe(3);
  const record = await client.datasets.records.get({ recordId: third.id });
  await client.datasets.records.setText({
    recordId: third.id,
    fromRevision: 0,
    messages: record.messages.map((turn) => ({
      ...turn,
      reasoning: turn.role === "assistant" ? "a text of its own" : null,
    })),
  });
  const after = await client.datasets.records.page({ datasetId, filter: [] });
  expect(after.rows.map(({ duplicate }) => duplicate)).toEqual(["exact", "exact", null, null]);
  await client.edits.undo({});
  const again = await client.datasets.records.page({ datasetId, filter: [] });
  expect(again.rows.map(({ duplicate }) => duplicate)).toEqual(["exact", "exact", "near", null]);
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
        before: "<think>\nBecause.\n</think>\nSo <answer>1</answer>.",
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

test("review time is what lies between a reviewer's events, pauses left out, at the price of the day", async () => {
  const folder = testApplication();
  await folder.app.close();
  let now = 1_000_000;
  const { Application } = await import("#main/services/application.ts");
  const app = new Application({ workspace: folder.workspace, shell: "cli", now: () => now });
  const client = clientOf(app);
  app.store.transaction(() =>
    app.store.settings.set({ prices: { ...app.store.settings.get().prices, humanUsdPerHour: 36 } }),
  );
  const { datasetId } = await importFile(
    app,
    fileOf("s.jsonl", [1, 2, 3].map((i) => sumLine(i, i)).join("\n")),
    { name: "s" },
  );
  if (datasetId === null) throw new Error("no dataset");
  const { rows } = await client.datasets.records.page({ datasetId, filter: [] });
  const [first, second, third] = rows.map(({ id }) => id);
  if (first === undefined || second === undefined || third === undefined) throw new Error("three");
  const decide = (id: RecordId) =>
    client.datasets.records.setStatus({
      datasetId,
      target: { ids: [id] },
      status: "accepted",
      reviewer: "ada",
    });
  await client.datasets.review.event({ recordId: first, kind: "open", reviewer: "ada" });
  now += 100_000;
  await decide(first);
  now += 200_000;
  await decide(second);
  // Longer than five minutes: a pause.
  now += 400_000;
  await client.datasets.review.event({ recordId: third, kind: "skip", reviewer: "ada" });
  const { reviewers } = await client.datasets.review.statistics({ datasetId });
  // 300 s for two records: 24 an hour, 300/3600 h × $36 = $3.
  expect(reviewers).toMatchObject([
    { reviewer: "ada", accepted: 2, skipped: 1, records: 2, activeMs: 300_000, recordsPerHour: 24 },
  ]);
  expect(reviewers[0]?.costUsd).toBeCloseTo(3, 10);
  const { ledger, shares } = await client.cost.report({});
  expect(ledger).toMatchObject([
    {
      kind: "human",
      unit: "h",
      usdPerUnit: 36,
      how: "measured",
      note: "ada reviewed 2 records of s",
    },
  ]);
  expect(shares.humanUsd).toBeCloseTo(3, 10);
  await app.close();
});

test("what is not there is said", async () => {
  const { app } = testApplication();
  const client = clientOf(app);
  const datasetId = (await client.datasets.create({ name: "x" })).id;
  await client.datasets.delete({ datasetId });
  const recordId = RecordId.parse(99);
  const missing = { code: "NOT_FOUND" };
  await expect(client.datasets.records.page({ datasetId, filter: [] })).rejects.toMatchObject(
    missing,
  );
  await expect(client.datasets.records.get({ recordId })).rejects.toMatchObject(missing);
  await expect(client.datasets.records.revisions({ recordId })).rejects.toMatchObject(missing);
  await expect(client.datasets.records.lineage({ recordId })).rejects.toMatchObject(missing);
  await expect(client.datasets.records.restore({ recordId, revision: 0 })).rejects.toMatchObject(
    missing,
  );
  await expect(client.datasets.review.event({ recordId, kind: "open" })).rejects.toMatchObject(
    missing,
  );
  await expect(client.datasets.refresh({ datasetId })).rejects.toMatchObject(missing);
  await expect(client.datasets.jobs.get({ jobId: "x" })).rejects.toMatchObject(missing);
  await expect(client.datasets.jobs.cancel({ jobId: "x" })).rejects.toMatchObject(missing);
  await expect(client.datasets.imports.badRows({ jobId: "x" })).rejects.toMatchObject(missing);
  const target = { filter: [] };
  const calls = [
    client.datasets.statistics({ datasetId }),
    client.datasets.rename({ datasetId, name: "y" }),
    client.datasets.delete({ datasetId }),
    client.datasets.records.count({ datasetId, filter: [] }),
    client.datasets.records.ids({ datasetId, filter: [] }),
    client.datasets.records.list({ datasetId, filter: [] }),
    client.datasets.records.setStatus({ datasetId, target, status: "accepted" }),
    client.datasets.records.setTags({ datasetId, target, add: ["x"] }),
    client.datasets.records.delete({ datasetId, target }),
    client.datasets.records.previewBulk({ datasetId, target, action: { type: "delete" } }),
    client.datasets.records.applyBulk({ datasetId, target, action: { type: "delete" } }),
    client.datasets.versions.list({ datasetId }),
    client.datasets.versions.preview({ datasetId, filter: [] }),
    client.datasets.versions.publish({ datasetId }),
    client.datasets.review.statistics({ datasetId }),
    client.datasets.imports.start({ file: { path: "/no" }, into: { datasetId } }),
  ];
  for (const call of await Promise.allSettled(calls)) {
    expect(call).toMatchObject({ status: "rejected", reason: missing });
  }
  expect(existsSync(app.paths.crashes)).toBe(false);
});

test("what publishing would hold is known beforehand, as are the ids of a filter", async () => {
  const { client, datasetId } = await datasetFixture(10);
  const filter = [{ field: "position" as const, max: 3 }];
  const preview = await client.datasets.versions.preview({ datasetId, filter });
  // "Taking 1 first and then 1 gives 2." and the answer: nine words each.
  expect(preview).toMatchObject({
    records: 3,
    status: { pending: 3 },
    words: { n: 3, min: 9, median: 9, max: 9 },
  });
  expect(await client.datasets.statistics({ datasetId, filter })).toEqual(preview);
  const ids = await client.datasets.records.ids({ datasetId, filter });
  expect(ids).toHaveLength(3);
  const listed = await client.datasets.records.list({ datasetId, filter, rows: 2 });
  expect(listed.ids).toEqual(ids);
  expect(listed.rows.map(({ id }) => id)).toEqual(ids.slice(0, 2));
  const { rows } = await client.datasets.records.page({ datasetId, filter, limit: 2 });
  expect(listed.rows).toEqual(rows);
  const none = [{ field: "position" as const, min: 100 }];
  expect(await client.datasets.records.list({ datasetId, filter: none })).toEqual({
    ids: [],
    rows: [],
  });
  const published = await client.datasets.versions.publish({ datasetId, filter });
  expect(published.statistics).toEqual(preview);
  expect(await client.datasets.versions.list({ datasetId })).toEqual([published]);
});
