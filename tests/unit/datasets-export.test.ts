import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { parse } from "csv-parse/sync";
import { expect, test } from "vitest";
import { z } from "zod";
import type { DatasetJob, DatasetShape } from "#shared/schema/dataset.ts";
import { clientOf, datasetFixture, fileOf, importFile } from "../helpers/dataset-fixture.ts";
import { temporaryFolder } from "../helpers/store-fixture.ts";
import { testApplication } from "../helpers/test-application.ts";
import type { DatasetFormat } from "#shared/schema/dataset-format.ts";

const TEXT = "<think>\nThree and four.\n</think>\n7";
const SHAPES: readonly DatasetShape[] = ["messages", "sharegpt", "alpaca", "prompt-completion"];
const FORMATS: readonly DatasetFormat[] = ["jsonl", "json", "csv", "parquet"];

test.each(SHAPES)("what is exported as %s comes back as it was, in every format", async (shape) => {
  const { app } = testApplication();
  const client = clientOf(app);
  const rows = [
    {
      messages: [
        { role: "system", content: "Be brief." },
        { role: "user", content: "Say 1." },
        { role: "assistant", content: "1" },
        { role: "user", content: "And 2?" },
        { role: "assistant", content: TEXT },
      ],
      gold: "7",
      task: "arithmetic",
      problem_id: "arithmetic/3+4",
      difficulty: 2,
      problem_data: "3+4",
      origin: "x",
    },
    {
      messages: [
        { role: "user", content: 'Only\n"this", please; tab\there' },
        { role: "assistant", content: TEXT },
      ],
    },
  ];
  const path = fileOf("a.jsonl", rows.map((row) => JSON.stringify(row)).join("\n"));
  const textsOf = (job: DatasetJob) => {
    if (job.datasetId === null || job.error !== null) throw new Error(job.error?.message);
    return [...app.store.records.texts(job.datasetId, [])].map(
      ({ messages, reference, metadata }) => ({
        messages: messages.map(({ role, content, reasoning }) => ({ role, content, reasoning })),
        reference,
        metadata,
      }),
    );
  };
  const first = await importFile(app, path, { name: "a" });
  if (first.datasetId === null) throw new Error("no dataset");
  const folder = temporaryFolder();
  for (const format of FORMATS) {
    for (const reasoning of ["inline", "field"] as const) {
      const name = `${reasoning}.${format}`;
      const written = await client.datasets.export({
        datasetId: first.datasetId,
        target: { filter: [] },
        format,
        shape,
        reasoning,
        path: join(folder, name),
      });
      expect(written.records).toBe(2);
      const back = await importFile(app, written.path, { name });
      expect(textsOf(back), name).toEqual(textsOf(first));
    }
  }
});

test("a cell that a spreadsheet would compute is made harmless in CSV and left alone elsewhere", async () => {
  const { app } = testApplication();
  const client = clientOf(app);
  const prompts = ['=HYPERLINK("http://x","y")', "+1", "-1", "@SUM(A1)", "\tx", "plain = fine"];
  const path = fileOf(
    "a.jsonl",
    prompts.map((prompt) => JSON.stringify({ prompt, completion: "=1+1" })).join("\n"),
  );
  const { datasetId } = await importFile(app, path, { name: "a" });
  if (datasetId === null) throw new Error("no dataset");
  const out = temporaryFolder();
  const write = (format: DatasetFormat) =>
    client.datasets.export({
      datasetId,
      target: { filter: [] },
      format,
      shape: "prompt-completion",
      path: join(out, `a.${format}`),
    });
  await write("csv");
  const cells = z
    .array(z.record(z.string(), z.string()))
    .parse(parse(readFileSync(join(out, "a.csv")), { columns: true }));
  expect(cells.map((row) => row["prompt"])).toEqual([
    '\'=HYPERLINK("http://x","y")',
    "+1",
    "-1",
    "'@SUM(A1)",
    "'\tx",
    "plain = fine",
  ]);
  expect(cells.every((row) => row["completion"] === "'=1+1")).toBe(true);
  await write("jsonl");
  expect(readFileSync(join(out, "a.jsonl"), "utf8").split("\n")[1]).toContain('"prompt":"+1"');
});

test("an export replaces nothing unasked, leaves no half file, and describes itself to LLaMA-Factory", async () => {
  const { client, datasetId } = await datasetFixture(12);
  const path = join(temporaryFolder(), "out.jsonl");
  const ask = {
    datasetId,
    target: { filter: [{ field: "verdict" as const, values: ["wrong" as const] }] },
    format: "jsonl" as const,
    path,
    datasetInfo: true,
  };
  const written = await client.datasets.export(ask);
  expect(written.records).toBe(1);
  await expect(client.datasets.export(ask)).rejects.toMatchObject({ code: "CONFLICT" });
  await client.datasets.export({ ...ask, overwrite: true, target: { filter: [] } });
  expect(readFileSync(path, "utf8").trim().split("\n")).toHaveLength(12);
  await expect(
    client.datasets.export({ ...ask, path: join(dirname(path), "no", "x.jsonl") }),
  ).rejects.toMatchObject({ code: "NOT_FOUND" });
  await expect(client.datasets.export({ ...ask, path: "x.jsonl" })).rejects.toMatchObject({
    code: "BAD_INPUT",
  });
  expect(readdirSync(dirname(path)).sort()).toEqual(["dataset_info.json", "out.jsonl"]);
  expect(JSON.parse(readFileSync(written.datasetInfo ?? "", "utf8"))).toMatchObject({
    sums: { file_name: "out.jsonl", formatting: "sharegpt", columns: { messages: "messages" } },
  });
  writeFileSync(join(dirname(path), "dataset_info.json"), "[]");
  await expect(client.datasets.export({ ...ask, overwrite: true })).rejects.toMatchObject({
    code: "CONFLICT",
  });
  mkdirSync(join(dirname(path), "folder"));
  expect(existsSync(path)).toBe(true);
});
