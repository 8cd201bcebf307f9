/** Small files that failed in 0.1.0, as people reported them of other tools too; tests/fixtures/datasets holds them. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parquetMetadata, parquetReadObjects, parquetSchema } from "hyparquet";
import { compressors } from "hyparquet-compressors";
import { expect, test } from "vitest";
import type { DatasetShape, ImportMapping } from "#shared/schema/dataset.ts";
import { clientOf, fileOf, importFile } from "../helpers/dataset-fixture.ts";
import { temporaryFolder } from "../helpers/store-fixture.ts";
import { testApplication } from "../helpers/test-application.ts";
import type { DatasetFormat } from "#shared/schema/dataset-format.ts";

const FIXTURES = fileURLToPath(new URL("../fixtures/datasets", import.meta.url));
const fixture = (name: string): string => join(FIXTURES, name);

/** A file in a dataset of its own, and what comes out of it again. */
async function imported(path: string, mapping?: ImportMapping) {
  const { app } = testApplication();
  const client = clientOf(app);
  const job = await client.datasets.imports.start({ file: { path }, mapping, into: { name: "d" } });
  const { datasetId, error, added } = await app.datasets.jobs.settled(job.id);
  if (datasetId === null || error !== null) throw new Error(error?.message ?? "no dataset");
  const exported = async (format: DatasetFormat, shape: DatasetShape = "messages") =>
    client.datasets.export({
      datasetId,
      target: { filter: [] },
      format,
      shape,
      path: join(temporaryFolder(), `out.${format}`),
    });
  return {
    app,
    client,
    datasetId,
    added,
    texts: [...app.store.records.texts(datasetId, [])],
    rows: (await client.datasets.records.page({ datasetId, filter: [] })).rows,
    exported,
    lines: async (shape: DatasetShape = "messages") =>
      readFileSync((await exported("jsonl", shape)).path, "utf8")
        .split("\n")
        .slice(0, -1),
  };
}

test("tags, white space and a reasoning field are trained on and exported as they were", async () => {
  const { texts, lines } = await imported(fixture("texts.jsonl"));
  const source = readFileSync(fixture("texts.jsonl"), "utf8").trim().split("\n");
  expect((await lines()).map((line): unknown => JSON.parse(line))).toEqual(
    source.map((line): unknown => JSON.parse(line)),
  );
  expect(texts.map(({ messages }) => messages.at(-1))).toMatchObject([
    {
      content: "#### 15 ",
      reasoning: "5*2=10 and 3*4=12, so __init__ stays.\n1. first\n1. second",
    },
    { content: "42", reasoning: "Six sevens are forty-two." },
  ]);
});

test("GSM8K's answers are verified, the worked text is the completion", async () => {
  const { texts, rows, lines } = await imported(fixture("gsm8k-shape.jsonl"));
  expect(texts.map(({ reference }) => reference.gold)).toEqual(
    [5, 6, 7, 8, 9, 10, 11, 12, 13, 14].map((pens) => String(3 * pens)),
  );
  expect(texts[0]?.messages.at(-1)?.content).toBe("3 boxes hold 3*5 = <<3*5=15>>15 pens.\n#### 15");
  expect(rows.every(({ verdict }) => verdict === "correct")).toBe(true);
  expect((await lines("prompt-completion"))[0]).toBe(
    String.raw`{"prompt":"A box holds 5 pens. How many pens are in 3 boxes?","completion":"3 boxes hold 3*5 = <<3*5=15>>15 pens.\n#### 15","gold":"15"}`,
  );
});

test("an answer alone is what completions are compared with, one with its way is a completion", async () => {
  const read = async (row: object) => {
    const { texts } = await imported(fileOf("rows.jsonl", JSON.stringify(row)));
    const [text] = texts;
    return [
      text?.messages.filter(({ role }) => role === "assistant").map(({ content }) => content),
      text?.reference.gold,
    ];
  };
  expect(await read({ prompt: "q", answer: "5" })).toEqual([[], "5"]);
  expect(await read({ Problem: "q", Answer: 5 })).toEqual([[], "5"]);
  expect(await read({ question: "q", answer: "<think>a</think>5" })).toEqual([["5"], null]);
  const boxed = String.raw`So \boxed{\frac{1}{2}}.`;
  expect(await read({ problem: "q", solution: boxed })).toEqual([[boxed], String.raw`\frac{1}{2}`]);
  // A model's own box proves nothing.
  expect(await read({ problem: "q", generation: boxed })).toEqual([[boxed], null]);
});

test("verl's nested ground truth is the right answer", async () => {
  const row = {
    data_source: "gsm8k",
    prompt: [{ role: "user", content: "q" }],
    reward_model: { style: "rule", ground_truth: "72" },
    extra_info: { split: "train", index: 0 },
  };
  const { texts, lines } = await imported(fileOf("rows.jsonl", JSON.stringify(row)));
  expect(texts[0]?.reference.gold).toBe("72");
  expect(JSON.parse((await lines("prompt-completion"))[0] ?? "")).toEqual({
    ...row,
    completion: null,
    gold: "72",
  });
});

test("conversations that end alike are no duplicates, and lists show their first question", async () => {
  const { client, datasetId, rows } = await imported(fixture("multi-turn.jsonl"));
  expect(rows).toHaveLength(20);
  const statistics = await client.datasets.statistics({ datasetId });
  expect([statistics.exactDuplicates, statistics.nearDuplicates]).toEqual([0, 0]);
  expect(rows[3]?.prompt).toBe("Name the number after 3.");
});

test("columns of any name are shown with their first cells, and mapped by hand", async () => {
  const { app } = testApplication();
  const path = fixture("frage.jsonl");
  const found = await clientOf(app).datasets.imports.inspect({ file: { path } });
  expect(found).toMatchObject({
    shapes: [],
    columns: ["frage", "loesung", "gold"],
    example: { frage: "Was ist 0 plus 2?", loesung: "0 + 2 = 2", gold: "2" },
    rows: [],
    bad: [],
  });
  const refused = await importFile(app, path, { name: "d" });
  expect(refused.error?.message).toMatch(/Its columns are frage, loesung, gold/);
  const { texts } = await imported(path, {
    ...found.mapping,
    prompt: "frage",
    completion: "loesung",
    gold: "gold",
  });
  expect(texts[1]).toMatchObject({
    messages: [{ content: "Was ist 1 plus 2?" }, { content: "1 + 2 = 3" }],
    reference: { gold: "3" },
  });
});

test("a turn that calls tools is refused, not trained on as an empty answer", async () => {
  const { app } = testApplication();
  const { error } = await importFile(app, fixture("data-tool-calls.jsonl"), { name: "d" });
  expect(error?.message).toMatch(/turn 2 calls tools \("tool_calls"\)/);
});

test("what is not trained on is listed before the import, and kept", async () => {
  const { app } = testApplication();
  const row = {
    prompt: "q",
    chosen: "good",
    rejected: "bad",
    id: 5,
    tools: [{ type: "function" }],
  };
  const file = { path: fileOf("rows.jsonl", JSON.stringify(row)) };
  expect((await clientOf(app).datasets.imports.inspect({ file })).beside).toEqual([
    "rejected",
    "id",
    "tools",
  ]);
  const { lines } = await imported(file.path);
  const { chosen, ...rest } = row;
  expect(JSON.parse((await lines("prompt-completion"))[0] ?? "")).toEqual({
    ...rest,
    completion: chosen,
  });
});

test("a turn of weight 0 is not trained on, and another weight is refused", async () => {
  const turns = (weight: number) =>
    JSON.stringify({
      messages: [
        { role: "user", content: "q" },
        { role: "assistant", content: "a", weight },
        { role: "user", content: "r" },
        { role: "assistant", content: "b" },
      ],
    });
  const { app, client, datasetId } = await imported(fileOf("rows.jsonl", turns(0)));
  await client.datasets.versions.publish({ datasetId, filter: [] });
  const trained = readFileSync(
    app.datasets.versions.trainingFile({ datasetId, version: 1 }),
    "utf8",
  );
  expect(JSON.parse(trained)).toEqual(JSON.parse(turns(0)));
  const { error } = await importFile(app, fileOf("half.jsonl", turns(0.5)), { name: "half" });
  expect(error?.message).toMatch(/turn 2 has the weight 0.5/);
});

test("whole numbers past 2^53, 1.0 and exponents stay as they were written", async () => {
  const big = await imported(fixture("data-big-integers.jsonl"));
  expect(await big.lines("prompt-completion")).toEqual([
    '{"prompt":"p","completion":"c","id":9007199254740993,"gold":"100000000000000000001"}',
  ]);
  const shown = await big.client.datasets.records.get({ recordId: big.rows[0]?.id ?? never() });
  expect(shown.metadata).toEqual({ id: "9007199254740993" });
  const line =
    '{"prompt":1.50,"completion":"c","n":[1.0,1e-07,{"m":10000000000000000000000}],"gold":0.0000001}';
  const { lines, texts } = await imported(fileOf("rows.jsonl", line));
  expect(await lines("prompt-completion")).toEqual([
    '{"prompt":"1.50","completion":"c","n":[1.0,1e-07,{"m":10000000000000000000000}],"gold":"0.0000001"}',
  ]);
  expect(texts[0]?.reference.gold).toBe("0.0000001");
});

test("Parquet's DECIMALs keep every digit", async () => {
  const { lines } = await imported(fixture("data-decimal.parquet"));
  const written = (await lines("prompt-completion")).join("\n");
  expect(written).toContain('"gold":"0.1000"');
  expect(written).toContain('"gold":"12345678901234567890.1234"');
  expect(written).toContain('"price":-4.56');
});

test("a text that is JSON is a text", async () => {
  const { texts } = await imported(fixture("data-json-array-text.jsonl"));
  expect(texts.map(({ messages }) => messages.map(({ content }) => content))).toEqual([
    ["Sort 3,1,2 as a JSON array", "[1, 2, 3]"],
    ["[3,1,2]", "1,2,3"],
    ["ok", '{"a": 1}'],
  ]);
});

test("a list of golds is kept", async () => {
  const { lines } = await imported(fixture("data-gold-list.jsonl"));
  expect(await lines("prompt-completion")).toEqual([
    '{"prompt":"q","completion":"5","gold":["5","five"]}',
  ]);
});

test("UltraFeedback's question comes once, and the rejected answer is kept", async () => {
  const { texts } = await imported(fixture("data-ultrafeedback.jsonl"));
  expect(texts[0]?.messages.map(({ role, content }) => `${role}: ${content}`)).toEqual([
    "user: p",
    "assistant: good",
  ]);
  expect(texts[0]?.metadata).toHaveProperty("rejected");
});

test("pandas' unnamed index is left out", async () => {
  const { texts } = await imported(fixture("data-pandas-index.csv"));
  expect(texts).toMatchObject([{ messages: [{ content: "a" }, { content: "b" }], metadata: {} }]);
});

test("Alpaca counts what it cannot hold", async () => {
  const { exported } = await imported(fixture("data-export-shapes.jsonl"));
  const { path, records, leftOut } = await exported("jsonl", "alpaca");
  expect(records).toBe(2);
  expect(leftOut).toEqual([
    { reason: "it has a tool turn inside", records: 1 },
    { reason: "question and answer do not take turns", records: 2 },
  ]);
  expect(
    readFileSync(path, "utf8")
      .trim()
      .split("\n")
      .map((line): unknown => JSON.parse(line)),
  ).toEqual([
    { instruction: "q2", input: "", output: "a2", system: "s", history: [["q1", "a1"]] },
    { instruction: "only q", input: "", output: "only a" },
  ]);
});

test("one file of prompt and completion holds lists of turns where one record needs them", async () => {
  const { lines } = await imported(fixture("data-export-shapes.jsonl"));
  const rows = (await lines("prompt-completion")).map(
    (line) => JSON.parse(line) as Record<string, unknown>,
  );
  expect(rows).toHaveLength(5);
  expect(
    rows.every((row) => Array.isArray(row["prompt"]) && Array.isArray(row["completion"])),
  ).toBe(true);
});

test("Parquet holds messages as a list of structs, and columns with their types", async () => {
  const { exported } = await imported(fixture("data-export-shapes.jsonl"));
  const { path } = await exported("parquet");
  const bytes = readFileSync(path);
  const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length);
  const [messages] = parquetSchema(parquetMetadata(file)).children;
  expect(messages?.element).toMatchObject({ name: "messages", converted_type: "LIST" });
  const struct = messages?.children[0]?.children[0];
  expect(struct?.children.map(({ element }) => [element.name, element.type])).toEqual([
    ["role", "BYTE_ARRAY"],
    ["content", "BYTE_ARRAY"],
  ]);
  const rows = await parquetReadObjects({ file, compressors });
  expect(rows[1]?.["messages"]).toEqual([
    { role: "user", content: "only q" },
    { role: "assistant", content: "only a" },
  ]);
});

test("a file in Latin-1 is told as such, with the place", async () => {
  const { app } = testApplication();
  const bytes = Buffer.from('{"prompt":"Caf\u00E9?","completion":"ja"}\n', "latin1");
  const { error } = await importFile(app, fileOf("rows.jsonl", bytes), { name: "d" });
  expect(error?.message).toMatch(/Row 1 is not UTF-8; it looks like Latin-1: ….*Café\?/);
  const table = Buffer.from("prompt,r\u00E9ponse\na,b\n", "latin1");
  const header = await importFile(app, fileOf("rows.csv", table), { name: "d" });
  expect(header.error?.message).toMatch(/first row .* looks like Latin-1: …réponse/);
});

function never(): never {
  throw new Error("one row was expected");
}

// Both files were written by pyarrow; INT96 is how Spark stores a time.
test("times of a Parquet file keep their digits, days are days, and bytes that are no text are not made into one", async () => {
  const { lines } = await imported(fixture("times.parquet"));
  const [first, second] = (await lines()).map((line): unknown => JSON.parse(line));
  expect(first).toMatchObject({
    millis: "2024-01-02T03:04:05.678Z",
    micros: "2024-01-02T03:04:05.678901Z",
    nanos: "2024-01-02T03:04:05.678901234Z",
    day: "2024-01-02",
    bytes: "(2 bytes, left out)",
  });
  expect(second).toMatchObject({
    millis: null,
    micros: "1969-12-31T23:59:59.999999Z",
    day: "1969-12-31",
    bytes: "text",
  });
  const int96 = await imported(fixture("times-int96.parquet"));
  expect((await int96.lines()).map((line): unknown => JSON.parse(line))).toMatchObject([
    { micros: "2024-01-02T03:04:05.678901Z" },
    { micros: "1969-12-31T23:59:59.999999Z" },
  ]);
});
