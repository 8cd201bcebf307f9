import { existsSync } from "node:fs";
import { expect, test } from "vitest";
import { RecordId } from "#shared/schema/dataset.ts";
import {
  clientOf,
  datasetFixture,
  sumLine,
  fileOf,
  idAt,
  importFile,
} from "../helpers/dataset-fixture.ts";
import { testApplication } from "../helpers/test-application.ts";

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
  const { ledger, people, totalUsd } = await client.cost.report({});
  expect(ledger).toMatchObject([
    {
      kind: "human",
      unit: "h",
      usdPerUnit: 36,
      how: "measured",
      note: "ada reviewed 2 records of s",
    },
  ]);
  // 300 s, valued at the rate that was set, and no part of what was spent.
  expect(people.reviewHours).toBeCloseTo(1 / 12, 10);
  expect(people.usd).toBeCloseTo(3, 10);
  expect(totalUsd).toBe(0);
  await app.close();
});

test("a decision made twice is one, undo takes it back, and only another text is an edit", async () => {
  const { client, datasetId } = await datasetFixture(4);
  const { rows } = await client.datasets.records.page({ datasetId, filter: [] });
  const [first, second] = rows.map(({ id }) => id);
  if (first === undefined || second === undefined) throw new Error("two records");
  const reviewer = "ada";
  const accept = (id: RecordId) =>
    client.datasets.records.setStatus({
      datasetId,
      target: { ids: [id] },
      status: "accepted",
      reviewer,
    });
  const counts = async () => {
    const { reviewers } = await client.datasets.review.statistics({ datasetId });
    const { accepted, edited, rejected, records } = reviewers[0] ?? {};
    return { accepted, edited, rejected, records };
  };
  await accept(first);
  await accept(first);
  await accept(second);
  expect(await counts()).toEqual({ accepted: 2, edited: 0, rejected: 0, records: 2 });
  await client.edits.undo({ scope: `dataset:${datasetId}` });
  expect(await counts()).toEqual({ accepted: 1, edited: 0, rejected: 0, records: 1 });
  await client.edits.redo({ scope: `dataset:${datasetId}` });
  expect(await counts()).toEqual({ accepted: 2, edited: 0, rejected: 0, records: 2 });
  // Another decision takes the place of the first.
  await client.datasets.records.setStatus({
    datasetId,
    target: { ids: [second] },
    status: "rejected",
    reviewer,
  });
  expect(await counts()).toEqual({ accepted: 1, edited: 0, rejected: 1, records: 2 });
  await client.datasets.records.setDetails({ recordId: first, gold: "3", reviewer, metadata: [] });
  expect(await counts()).toEqual({ accepted: 1, edited: 0, rejected: 1, records: 2 });
  const record = await client.datasets.records.get({ recordId: first });
  await client.datasets.records.setText({
    recordId: first,
    messages: record.messages.map((one) => ({ ...one, content: `${one.content} ` })),
    fromRevision: record.revision,
    reviewer,
  });
  expect(await counts()).toEqual({ accepted: 1, edited: 1, rejected: 1, records: 2 });
  await client.edits.undo({ scope: `dataset:${datasetId}` });
  expect(await counts()).toEqual({ accepted: 1, edited: 0, rejected: 1, records: 2 });
});

test("time away from the records is none of the review", async () => {
  const folder = testApplication();
  await folder.app.close();
  let now = 1_000_000;
  const { Application } = await import("#main/services/application.ts");
  const app = new Application({ workspace: folder.workspace, shell: "cli", now: () => now });
  const client = clientOf(app);
  const { datasetId } = await importFile(app, fileOf("s.jsonl", sumLine(1, 1)), { name: "s" });
  if (datasetId === null) throw new Error("no dataset");
  const { rows } = await client.datasets.records.page({ datasetId, filter: [] });
  const recordId = rows[0]?.id;
  if (recordId === undefined) throw new Error("a record was expected");
  for (const [kind, ms] of [
    ["open", 20_000],
    ["leave", 200_000],
    ["open", 10_000],
    ["skip", 0],
  ] as const) {
    await client.datasets.review.event({ recordId, kind, reviewer: "ada" });
    now += ms;
  }
  const { reviewers } = await client.datasets.review.statistics({ datasetId });
  // 20 s until it was left and 10 s after it was opened again; not the 200 s between.
  expect(reviewers).toMatchObject([{ reviewer: "ada", activeMs: 30_000 }]);
  await app.close();
});

test("a person's hour costs nothing until a rate is set, and looking without deciding is no work", async () => {
  const folder = testApplication();
  await folder.app.close();
  let now = 1_000_000;
  const { Application } = await import("#main/services/application.ts");
  const app = new Application({ workspace: folder.workspace, shell: "cli", now: () => now });
  const client = clientOf(app);
  const { datasetId } = await importFile(
    app,
    fileOf("s.jsonl", [1, 2].map((i) => sumLine(i, i)).join("\n")),
    { name: "s" },
  );
  if (datasetId === null) throw new Error("no dataset");
  const { rows } = await client.datasets.records.page({ datasetId, filter: [] });
  const [recordId] = rows.map(({ id }) => id);
  if (recordId === undefined) throw new Error("a record was expected");
  for (const reviewer of ["looker", "ada"]) {
    await client.datasets.review.event({ recordId, kind: "open", reviewer });
    now += 90_000;
    await client.datasets.review.event({ recordId, kind: "skip", reviewer });
  }
  await client.datasets.records.setStatus({
    datasetId,
    target: { ids: [recordId] },
    status: "accepted",
    reviewer: "ada",
  });
  const unset = await client.cost.report({});
  expect(unset.ledger).toEqual([]);
  expect(unset.totalUsd).toBe(0);
  expect(unset.people).toEqual({ reviewHours: 0.025, usd: null });
  const statistics = await client.datasets.review.statistics({ datasetId });
  expect(statistics.reviewers.map(({ costUsd }) => costUsd)).toEqual([null, null]);
  const { prices } = await client.settings.get();
  await client.settings.set({ prices: { ...prices, humanUsdPerHour: 40 } });
  for (const reviewer of ["looker", "ada"])
    await client.datasets.review.event({ recordId, kind: "skip", reviewer });
  const report = await client.cost.report({});
  expect(report.ledger.map(({ note }) => note)).toEqual(["ada reviewed 1 record of s"]);
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
