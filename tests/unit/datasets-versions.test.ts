import { readFileSync, rmSync } from "node:fs";
import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { z } from "zod";
import type { RunId } from "#shared/schema/run.ts";
import type { DatasetVersion } from "#shared/schema/dataset.ts";
import { readConversations } from "#main/core/examples/conversation-lines.ts";
import {
  clientOf,
  datasetFixture,
  fileOf,
  idAt,
  importFile,
  sumLine,
} from "../helpers/dataset-fixture.ts";
import { modelFolder, settled, testApplication } from "../helpers/test-application.ts";
import { temporaryFolder } from "../helpers/store-fixture.ts";
import { datasetNote } from "#renderer/shell/palette/dataset-note.ts";

const RIGHT = [{ field: "verdict" as const, values: ["correct" as const] }];

test("a version holds the text it was published with, whatever is edited later", async () => {
  const { app, client, datasetId } = await datasetFixture(20);
  const published = await client.datasets.versions.publish({
    datasetId,
    filter: RIGHT,
    note: "right ones",
  });
  expect(published).toMatchObject({
    ref: `${datasetId}@1`,
    records: 18,
    filter: "verdict:correct",
    note: "right ones",
    statistics: { records: 18, verdict: { correct: 18, wrong: 0, none: 0 } },
    runs: [],
  });
  const file = app.datasets.versions.trainingFile(published);
  const before = readFileSync(file, "utf8");
  expect(createHash("sha256").update(before).digest("hex")).toBe(published.sha256);
  expect(readConversations(file)).toHaveLength(18);
  expect(JSON.parse(before.split("\n")[0] ?? "")).toEqual({
    messages: [
      { role: "user", content: "Please add 1 and 1." },
      {
        role: "assistant",
        content: "<think>\nTaking 1 first and then 1 gives 2.\n</think>\n<answer>2</answer>",
      },
    ],
  });
  const { rows } = await client.datasets.records.page({ datasetId, filter: [] });
  for (const { id } of rows) {
    const { messages } = await client.datasets.records.get({ recordId: id });
    await client.datasets.records.setText({
      recordId: id,
      fromRevision: 0,
      messages: messages.map((turn) => ({ ...turn, content: `${turn.content}!` })),
    });
  }
  await client.datasets.records.delete({ datasetId, target: { filter: [] } });
  await client.datasets.delete({ datasetId });
  rmSync(file);
  expect(readFileSync(app.datasets.versions.trainingFile(published), "utf8")).toBe(before);
});

test("a version keeps right answers and metadata as they were, and the next one differs by them", async () => {
  const fixture = await datasetFixture(3);
  const { client, datasetId } = fixture;
  const recordId = await idAt(fixture, 1);
  const first = await client.datasets.versions.publish({ datasetId, filter: [] });
  const exported = async (version: number): Promise<{ gold: unknown; place: unknown }[]> => {
    const path = fileOf("version.jsonl", "");
    await client.datasets.export({
      datasetId,
      target: { version },
      format: "jsonl",
      path,
      overwrite: true,
    });
    const Row = z.object({ gold: z.unknown(), place: z.unknown() });
    return readFileSync(path, "utf8")
      .trim()
      .split("\n")
      .map((line) => Row.parse(JSON.parse(line)));
  };
  const before = await exported(1);
  expect(before[1]).toEqual({ gold: "4", place: "row 2" });
  const edit = async (gold: string, place: string) =>
    client.datasets.records.setDetails({
      recordId,
      gold,
      metadata: [{ key: "place", value: JSON.stringify(place) }],
    });
  await edit("5", "elsewhere");
  expect(await exported(1)).toEqual(before);
  // The texts are those of the version before; what they carry is not.
  const second = await client.datasets.versions.publish({ datasetId, filter: [] });
  expect(second.sha256).toBe(first.sha256);
  await expect(client.datasets.versions.publish({ datasetId, filter: [] })).rejects.toMatchObject({
    code: "CONFLICT",
  });
  await edit("6", "a third place");
  await edit("7", "a fourth place");
  expect(await exported(1)).toEqual(before);
  expect((await exported(2))[1]).toEqual({ gold: "5", place: "elsewhere" });
  const third = await client.datasets.versions.publish({ datasetId, filter: [] });
  expect((await exported(3))[1]).toEqual({ gold: "7", place: "a fourth place" });
  const difference = await client.datasets.versions.compare({ from: first.ref, to: third.ref });
  expect(difference).toMatchObject({ added: 0, removed: 0, changed: 1, same: 2, total: 1 });
  expect(difference.rows[0]).toMatchObject({
    kind: "changed",
    fromRevision: 0,
    toRevision: 0,
    details: [
      { name: "gold", from: "4", to: "7" },
      { name: "meta.place", from: "row 2", to: "a fourth place" },
    ],
  });
  // Back to what the first held: its details are the same again, whatever was kept meanwhile.
  for (let undone = 0; undone < 3; undone++) await client.edits.undo({});
  const fourth = await client.datasets.versions.publish({ datasetId, filter: [] });
  const same = await client.datasets.versions.compare({ from: first.ref, to: fourth.ref });
  expect(same).toMatchObject({ changed: 0, same: 3 });
});

test("nothing, and the same again, are no versions", async () => {
  const { client, datasetId } = await datasetFixture(3);
  await expect(client.datasets.versions.publish({ datasetId })).rejects.toMatchObject({
    code: "BAD_INPUT",
  });
  await client.datasets.versions.publish({ datasetId, filter: [] });
  await expect(client.datasets.versions.publish({ datasetId, filter: [] })).rejects.toMatchObject({
    code: "CONFLICT",
  });
  await expect(client.datasets.versions.get({ ref: `${datasetId}@9` })).rejects.toMatchObject({
    code: "NOT_FOUND",
  });
  await expect(client.datasets.versions.get({ ref: "nope" })).rejects.toMatchObject({
    code: "NOT_FOUND",
  });
});

test("two versions differ record by record: added, removed, changed, the same", async () => {
  const { app, client, datasetId } = await datasetFixture(4);
  const first = await client.datasets.versions.publish({
    datasetId,
    filter: [{ field: "position", max: 3 }],
  });
  const { rows } = await client.datasets.records.page({ datasetId, filter: [] });
  const [one, two] = rows;
  if (one === undefined || two === undefined) throw new Error("four rows were expected");
  await client.datasets.records.delete({ datasetId, target: { ids: [one.id] } });
  const { messages } = await client.datasets.records.get({ recordId: two.id });
  await client.datasets.records.setText({
    recordId: two.id,
    fromRevision: 0,
    messages: messages.map((turn) =>
      turn.role === "user" ? { ...turn, content: "Add 2 and 2 for me." } : turn,
    ),
  });
  const second = await client.datasets.versions.publish({ datasetId, filter: [] });
  const difference = await client.datasets.versions.compare({ from: first.ref, to: second.ref });
  expect(difference).toMatchObject({ added: 1, removed: 1, changed: 1, same: 1, total: 3 });
  expect(
    difference.rows.map(({ position, kind, fromRevision, toRevision }) => [
      position,
      kind,
      fromRevision,
      toRevision,
    ]),
  ).toEqual([
    [1, "removed", 0, null],
    [2, "changed", 0, 1],
    [4, "added", null, 0],
  ]);
  expect(difference.rows[1]?.from?.[0]?.content).toBe("Please add 2 and 2.");
  expect(difference.rows[1]?.to?.[0]?.content).toBe("Add 2 and 2 for me.");
  const other = await importFile(app, fileOf("o.jsonl", sumLine(1, 1)), { name: "other" });
  if (other.datasetId === null) throw new Error("no dataset");
  const foreign = await client.datasets.versions.publish({
    datasetId: other.datasetId,
    filter: [],
  });
  await expect(
    client.datasets.versions.compare({ from: first.ref, to: foreign.ref }),
  ).rejects.toMatchObject({ code: "BAD_INPUT" });
});

function recipe(model: string, dataset: string): string {
  return `
name: From a version
models: { base: ${JSON.stringify(model)} }
stages:
  - { name: cold-start, kind: sft, model: base, data: { dataset: ${JSON.stringify(dataset)} } }
`;
}

test("a recipe trains on a published version, by id or name, and its run says which and with what hash", async () => {
  const { app, client, datasetId } = await datasetFixture(5);
  const model = modelFolder(temporaryFolder());
  await expect(client.pipelines.start({ yaml: recipe(model, datasetId) })).rejects.toMatchObject({
    code: "NOT_FOUND",
  });
  const published: DatasetVersion[] = [];
  for (const max of [3, 5]) {
    published.push(
      await client.datasets.versions.publish({ datasetId, filter: [{ field: "position", max }] }),
    );
  }
  const ran: { ref: string; runId: RunId }[] = [];
  for (const dataset of [`${datasetId}@1`, datasetId, "sums", "sums@1"]) {
    const { pipelineId } = await client.pipelines.start({ yaml: recipe(model, dataset) });
    expect((await settled(app, pipelineId)).status).toBe("finished");
    const [run] = (await client.pipelines.get({ pipelineId })).runs;
    if (run === undefined) throw new Error("one run was expected");
    const { config } = (await client.runs.get({ runId: run.id })).run;
    ran.push({
      ref: config.kind === "sft" && "dataset" in config.data ? config.data.dataset : "",
      runId: run.id,
    });
  }
  expect(ran.map(({ ref }) => ref)).toEqual(
    [1, 2, 2, 1].map((version) => `${datasetId}@${version}`),
  );
  const [first] = (await client.datasets.records.page({ datasetId, filter: [] })).rows;
  if (first === undefined) throw new Error("five rows were expected");
  expect(await client.datasets.records.lineage({ recordId: first.id })).toEqual(
    [1, 2].map((version) => ({
      ref: `${datasetId}@${version}`,
      version,
      revision: 0,
      runs: ran
        .filter(({ ref }) => ref.endsWith(`@${version}`))
        .map(({ runId }) => runId)
        .sort(),
    })),
  );
  const runId = ran[0]?.runId;
  expect(runId === undefined ? undefined : app.store.versions.ofRun(runId)[0]?.sha256).toBe(
    published[0]?.sha256,
  );
  await expect(
    client.pipelines.start({ yaml: recipe(model, `${datasetId}@7`) }),
  ).rejects.toMatchObject({ code: "NOT_FOUND" });
  await expect(client.pipelines.start({ yaml: recipe(model, "no such") })).rejects.toThrow(
    /is not there: no such/,
  );
});

test("refreshing measures every record again, against the benchmarks there are by then", async () => {
  const { app } = testApplication();
  const client = clientOf(app);
  const prompt =
    "A farmer counts eleven sheep in one field and seven goats in another field before noon.";
  const path = fileOf(
    "a.jsonl",
    JSON.stringify({ prompt, completion: "<think>Eleven and seven.</think>18" }),
  );
  const { datasetId } = await importFile(app, path, { name: "a" });
  if (datasetId === null) throw new Error("no dataset");
  expect(await client.datasets.get({ datasetId })).toMatchObject({ stale: 0 });
  app.store.transaction(() => {
    app.store.benchmarks.insert(
      {
        id: "farm",
        name: "Farm",
        instruction: "",
        licence: "none",
        source: "",
        createdAtMs: 1,
      },
      [{ problem: prompt, answer: "18", difficulty: 1 }],
    );
  });
  app.live.publish([{ type: "benchmarks" }]);
  expect(await client.datasets.get({ datasetId })).toMatchObject({ stale: 1 });
  const job = await client.datasets.refresh({ datasetId });
  await expect(client.datasets.refresh({ datasetId })).rejects.toMatchObject({ code: "CONFLICT" });
  expect(await app.datasets.jobs.settled(job.id)).toMatchObject({ state: "finished", done: 1 });
  expect(await client.datasets.get({ datasetId })).toMatchObject({ stale: 0 });
  const { rows } = await client.datasets.records.page({
    datasetId,
    filter: [{ field: "contamination", values: ["any"] }],
  });
  expect(rows.map(({ contamination }) => contamination)).toEqual(["same-problem"]);
});

test("a dataset's list says how many records its last version has, whatever came since", async () => {
  const { app, client, datasetId } = await datasetFixture(4);
  await client.datasets.versions.publish({ datasetId, filter: [] });
  await importFile(app, fileOf("more.jsonl", [7, 8].map((i) => sumLine(i, i)).join("\n")), {
    datasetId,
  });
  const [dataset] = await client.datasets.list();
  if (dataset === undefined) throw new Error("a dataset was expected");
  expect(dataset).toMatchObject({ records: 6, latestVersion: 1, latestVersionRecords: 4 });
  expect(datasetNote(dataset)).toBe(`6 records now, 4 records published as ${datasetId}@1`);
});
