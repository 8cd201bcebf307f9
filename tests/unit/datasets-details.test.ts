import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { metadataJson, metadataText } from "#shared/schema/metadata-text.ts";
import { filterText, parseFilter } from "#shared/schema/record-filter-text.ts";
import { clientOf, datasetFixture, fileOf, idAt, importFile } from "../helpers/dataset-fixture.ts";
import { openApplication, testApplication } from "../helpers/test-application.ts";

const ROWS = [
  { source: "web", topic: "algebra", level: 1.0, ids: ["a", "b"] },
  { source: "book", topic: "geometry", level: 2, "two words": true },
  { source: "web", big: 0 },
];

async function withMetadata(): Promise<Awaited<ReturnType<typeof datasetFixture>>> {
  const { app, workspace } = testApplication();
  const client = clientOf(app);
  const lines = ROWS.map((row, i) =>
    JSON.stringify({
      prompt: `q ${i}`,
      completion: `<think>\nWords.\n</think>\n<answer>${i}</answer>`,
      gold: "1",
      ...row,
    })
      .replace('"level":1,', '"level":1.0,')
      .replace('"big":0', '"big":9007199254740993'),
  );
  const job = await importFile(app, fileOf("rows.jsonl", `${lines.join("\n")}\n`), {
    name: "rows",
  });
  if (job.datasetId === null) throw new Error(job.error?.message ?? "no dataset");
  return { app, workspace, client, datasetId: job.datasetId };
}

test("another right answer makes another verdict, of older revisions too; undo and redo bring each back", async () => {
  const fixture = await datasetFixture(12);
  const { client, datasetId } = fixture;
  const recordId = await idAt(fixture, 1);
  const first = await client.datasets.records.get({ recordId });
  expect(first).toMatchObject({ facts: { verdict: "correct" }, reference: { gold: "4" } });
  await client.datasets.records.setText({
    recordId,
    fromRevision: 0,
    messages: first.messages.map((one) =>
      one.role === "assistant" ? { ...one, content: "<answer>5</answer>" } : one,
    ),
  });
  const { record, edit } = await client.datasets.records.setDetails({ recordId, gold: "5" });
  expect(edit?.label).toBe("change what record 2 carries");
  expect(record).toMatchObject({ facts: { verdict: "correct" }, reference: { gold: "5" } });
  const wrong = await client.datasets.records.count({
    datasetId,
    filter: [{ field: "verdict", values: ["wrong"] }],
  });
  expect(wrong.total).toBe(1);
  // The original says 4: by the new right answer it is wrong.
  const old = await client.datasets.records.restore({ recordId, revision: 0 });
  expect(old.record.facts.verdict).toBe("wrong");
  await client.edits.undo({});
  await client.edits.undo({});
  expect(await client.datasets.records.get({ recordId })).toMatchObject({
    facts: { verdict: "wrong" },
    reference: { gold: "4" },
  });
  await client.edits.redo({});
  expect((await client.datasets.records.get({ recordId })).facts.verdict).toBe("correct");
  const none = await client.datasets.records.setDetails({ recordId, gold: null });
  expect(none.record.facts.verdict).toBe("none");
  // Nothing to change is no edit.
  expect(await client.datasets.records.setDetails({ recordId, gold: null })).toMatchObject({
    edit: null,
    changed: 0,
  });
});

test("right answer, tags and metadata of one record are one edit that outlives a restart; other numbers keep their digits", async () => {
  const fixture = await withMetadata();
  const { app, client, datasetId, workspace } = fixture;
  const recordId = await idAt(fixture, 0);
  const before = await client.datasets.records.get({ recordId });
  const { record } = await client.datasets.records.setDetails({
    recordId,
    gold: "0",
    tags: ["checked"],
    metadata: [
      { key: "topic", value: metadataJson("number theory") },
      { key: "weight", value: metadataJson("12345678901234567890.10") },
      { key: "source", value: null },
    ],
  });
  expect(record).toMatchObject({
    tags: ["checked"],
    reference: { gold: "0" },
    facts: { verdict: "correct" },
  });
  expect(Object.keys(record.metadata)).toEqual(["topic", "level", "ids", "weight"]);
  const path = fileOf("out.jsonl", "");
  await client.datasets.export({
    datasetId,
    target: { ids: [recordId] },
    format: "jsonl",
    path,
    overwrite: true,
  });
  const written = readFileSync(path, "utf8");
  expect(written).toContain('"level":1.0');
  expect(written).toContain('"weight":12345678901234567890.10');
  await app.close();
  const again = openApplication(workspace);
  const other = clientOf(again);
  expect((await other.datasets.records.get({ recordId })).metadata["topic"]).toBe("number theory");
  await other.edits.undo({ scope: `dataset:${datasetId}` });
  const after = await other.datasets.records.get({ recordId });
  expect(after.metadata).toEqual(before.metadata);
  expect(after).toMatchObject({ tags: [], reference: { gold: "1" } });
  await again.close();
});

test("records are found by their source, right answer and metadata, and by what they have none of", async () => {
  const { app, client, datasetId } = await withMetadata();
  const found = async (line: string): Promise<string> => {
    const { filter, problems } = parseFilter(line);
    expect(problems).toEqual([]);
    expect(parseFilter(filterText(filter)).filter).toEqual(filter);
    const ids = await client.datasets.records.list({ datasetId, filter });
    return ids.rows.map(({ position }) => position).join(",");
  };
  expect(await found("source:web")).toBe("1,3");
  expect(await found("source:import")).toBe("1,2,3");
  expect(await found("source:rows.jsonl")).toBe("1,2,3");
  expect(await found("-source:web")).toBe("2");
  expect(await found("meta.topic:algebra,geometry")).toBe("1,2");
  expect(await found("meta.topic:*")).toBe("1,2");
  expect(await found("-meta.topic:*")).toBe("3");
  expect(await found("meta.level:1")).toBe("1");
  expect(await found("meta.big:9007199254740993")).toBe("3");
  expect(await found("meta.big:9007199254740992")).toBe("");
  expect(await found("meta.ids:b")).toBe("1");
  expect(await found('meta."two words":true')).toBe("2");
  expect(await found("gold:1")).toBe("1,2,3");
  expect(await found("-gold:*")).toBe("");
  expect(parseFilter("topic:algebra").problems[0]).toContain("meta.topic:…");
  expect(await client.datasets.records.metadataNames({ datasetId })).toEqual([
    "source",
    "level",
    "topic",
    "big",
    "ids",
    "two words",
  ]);
  await app.close();
});

test("many get a right answer or a metadata entry in one edit, as the preview says, and undo puts back each its own", async () => {
  const { app, client, datasetId } = await withMetadata();
  const target = { filter: parseFilter("source:web").filter };
  const action = { type: "metadata", key: "topic", value: metadataJson("sums") } as const;
  const preview = await client.datasets.records.previewBulk({ datasetId, target, action });
  expect(preview).toMatchObject({ matching: 2, changing: 2 });
  expect(preview.samples.map(({ before, after }) => [before, after])).toEqual([
    ["algebra", "sums"],
    ["", "sums"],
  ]);
  const { edit, changed } = await client.datasets.records.applyBulk({ datasetId, target, action });
  expect({ label: edit?.label, changed }).toEqual({ label: "set topic of 2 records", changed: 2 });
  const topics = async (): Promise<unknown[]> => {
    const ids = await client.datasets.records.ids({ datasetId, filter: [] });
    const records = await client.datasets.records.getMany({ recordIds: ids });
    return records.map(({ metadata }) => metadata["topic"]);
  };
  expect(await topics()).toEqual(["sums", "geometry", "sums"]);
  await client.edits.undo({});
  expect(await topics()).toEqual(["algebra", "geometry", undefined]);
  const gold = { type: "gold", value: "2" } as const;
  const all = { filter: [] };
  const right = await client.datasets.records.applyBulk({ datasetId, target: all, action: gold });
  expect(right.edit?.label).toBe("set the right answer of 3 records");
  const verdicts = await client.datasets.statistics({ datasetId, filter: [] });
  expect(verdicts.verdict).toEqual({ correct: 1, wrong: 2, none: 0 });
  await client.edits.undo({});
  const before = await client.datasets.statistics({ datasetId, filter: [] });
  expect(before.verdict).toEqual({ correct: 1, wrong: 2, none: 0 });
  await app.close();
});

test("metadata is typed as text or JSON, and what is shown reads back as what it was", () => {
  for (const value of [
    "plain",
    "12",
    "true",
    "",
    " padded",
    'a "quoted"',
    12,
    1.5,
    true,
    null,
    ["a", 1],
    { a: 1 },
  ]) {
    expect(JSON.parse(metadataJson(metadataText(value)))).toEqual(value);
  }
  expect(metadataText("plain")).toBe("plain");
  expect(metadataText("12")).toBe('"12"');
  expect(metadataJson("1.0")).toBe("1.0");
});
