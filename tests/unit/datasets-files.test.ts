import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { parquetWriteFile } from "hyparquet-writer";
import { expect, test } from "vitest";
import { z } from "zod";
import { openRows } from "#main/core/tables/open-rows.ts";
import { recordToRow } from "#main/services/datasets/rows/record-to-row.ts";
import { RecordSource } from "#shared/schema/dataset.ts";
import type { RecordMessage } from "#shared/schema/dataset.ts";
import { clientOf, fileOf, importFile, sumLine } from "../helpers/dataset-fixture.ts";
import { temporaryFolder } from "../helpers/store-fixture.ts";
import { settled, testApplication } from "../helpers/test-application.ts";
import type { DatasetFormat } from "#shared/schema/dataset-format.ts";

const WANTED: RecordMessage[] = [
  { role: "user", content: "What is 3 and 4?", reasoning: null },
  { role: "assistant", content: "7", reasoning: "Three and four." },
];
const TEXT = "<think>\nThree and four.\n</think>\n7";

/** The first rows of a file, as the application of this test sees them. */
function inspector() {
  const client = clientOf(testApplication().app);
  return (path: string, format?: DatasetFormat) =>
    client.datasets.imports.inspect({ file: { path }, format });
}

function inspect(path: string, format?: DatasetFormat) {
  return inspector()(path, format);
}

test.each([
  [
    "OpenAI messages",
    {
      messages: [
        { role: "user", content: "What is 3 and 4?" },
        { role: "assistant", content: TEXT },
      ],
    },
    "messages",
  ],
  [
    "messages with a reasoning field",
    {
      messages: [
        { role: "user", content: [{ type: "text", text: "What is 3 and 4?" }] },
        { role: "assistant", content: "7", reasoning_content: "Three and four." },
      ],
    },
    "messages",
  ],
  [
    "ShareGPT",
    {
      conversations: [
        { from: "human", value: "What is 3 and 4?" },
        { from: "gpt", value: TEXT },
      ],
    },
    "sharegpt",
  ],
  ["Alpaca", { instruction: "What is", input: "3 and 4?", output: TEXT }, "alpaca"],
  [
    "Alpaca with a response",
    { instruction: "What is", input: "3 and 4?", response: TEXT },
    "alpaca",
  ],
  ["prompt and completion", { prompt: "What is 3 and 4?", completion: TEXT }, "prompt-completion"],
  [
    "question, reasoning and answer",
    { question: "What is 3 and 4?", reasoning: "Three and four.", response: "7" },
    "prompt-completion",
  ],
  [
    "TRL's lists of turns",
    {
      prompt: [{ role: "user", content: "What is 3 and 4?" }],
      completion: [{ role: "assistant", content: TEXT }],
    },
    "prompt-completion",
  ],
] as const)("%s is recognised", async (_name, row, shape) => {
  const found = await inspect(fileOf("rows.jsonl", JSON.stringify(row)));
  expect(found.shapes[0]).toBe(shape);
  expect(found.bad).toEqual([]);
  const messages = found.rows[0]?.messages ?? [];
  // How a turn was written in its file stands beside its text.
  const parts = messages.map(({ role, content, reasoning }) => ({
    role,
    content: shape === "alpaca" ? content.replace("\n\n", " ") : content,
    reasoning,
  }));
  expect(parts).toEqual(WANTED);
});

test("an empty input is no part of the prompt, and records of before go out as they came in", async () => {
  const rows = [
    { instruction: "Say 7.", input: "", output: "7" },
    { instruction: "Say it.", input: "8", output: "8" },
  ];
  const found = await inspect(
    fileOf("rows.jsonl", rows.map((row) => JSON.stringify(row)).join("\n")),
  );
  expect(found.rows.map(({ messages }) => messages[0]?.content)).toEqual([
    "Say 7.",
    "Say it.\n\n8",
  ]);
  // 0.2.0 and earlier put a line end between the two.
  const [turn] = WANTED.slice(1).map((answer) => ({ ...answer, content: "8" }));
  const written = { instruction: "Say it." };
  const asked = { role: "user", content: "Say it.\n\n8", reasoning: null, written } as const;
  const record = {
    ...{ id: 1, position: 1, revision: 0, metadata: {} },
    messages: turn === undefined ? [asked] : [asked, turn],
    source: RecordSource.parse({
      kind: "import",
      file: null,
      line: null,
      teacher: null,
      runId: null,
      sampling: null,
      costUsd: null,
    }),
    reference: { task: null, problemId: null, difficulty: null, gold: null, data: null },
  };
  expect(
    recordToRow(record, { shape: "alpaca", reasoning: "as-is", textual: false }),
  ).toMatchObject({ instruction: "Say it.", input: "\n8" });
});

test("a system prompt, a history and what no part takes come along", async () => {
  const row = {
    instruction: "And now?",
    output: "8",
    system: "Be brief.",
    history: [["Say 7.", "7"]],
    difficulty: 3,
    origin: { id: 4 },
  };
  const { rows } = await inspect(fileOf("rows.json", JSON.stringify([row])));
  expect(rows[0]?.messages.map(({ role, content }) => `${role}: ${content}`)).toEqual([
    "system: Be brief.",
    "user: Say 7.",
    "assistant: 7",
    "user: And now?",
    "assistant: 8",
  ]);
  // A difficulty without a task is no part of a reference.
  expect(rows[0]?.metadata).toEqual({ difficulty: 3, origin: { id: 4 } });
});

test("a byte order mark, CRLF, empty lines and a missing last line end make no difference", async () => {
  const text = `\uFEFF${sumLine(1, 1)}\r\n\r\n  ${sumLine(2, 2)}\r\n${sumLine(3, 3)}`;
  const { rows, bad } = await inspect(fileOf("rows.jsonl", text));
  expect(bad).toEqual([]);
  expect(rows.map(({ line }) => line)).toEqual([1, 3, 4]);
});

test("each bad row is listed with its place and its reason", async () => {
  const lines: (string | Buffer)[] = [
    sumLine(1, 1),
    '{"messages": [',
    "[1, 2]",
    Buffer.concat([Buffer.from('{"messages": "'), Buffer.from([0xff, 0xfe]), Buffer.from('"}')]),
    '{"messages": [{"role": "wizard", "content": "x"}]}',
    '{"messages": [{"role": "user", "content": "a\\u0000b"}]}',
    '{"messages": [{"role": "user", "content": "a\\ud800b"}]}',
    '{"messages": []}',
    '{"messages": [{"role": "assistant", "content": "x"}]}',
    '{"other": 1}',
    `{"messages": [{"role": "user", "content": "raw \0 NUL"}]}`,
  ];
  const bytes = Buffer.concat(lines.flatMap((line) => [Buffer.from(line), Buffer.from("\n")]));
  const { rows, bad } = await inspect(fileOf("rows.jsonl", bytes));
  expect(rows).toHaveLength(1);
  expect(bad.map(({ line, reason }) => `${line} ${reason.slice(0, 32)}`)).toEqual([
    "2 is not JSON at column 15: Unexpe",
    "3 is not an object",
    "4 is not valid UTF-8",
    '5 turn 1 has no known role: "wizar',
    "6 a text holds NUL characters",
    "7 a text holds half of a character",
    "8 the conversation is empty",
    "9 nobody asks anything: there is n",
    '10 has no "messages"',
    "11 is not JSON at column 48: Bad co",
  ]);
});

test("nothing comes in where a row is bad, and the good rows where that was asked for", async () => {
  const { app } = testApplication();
  const client = clientOf(app);
  const path = fileOf("rows.jsonl", [sumLine(1, 1), "nonsense", sumLine(2, 2)].join("\n"));
  const failed = await importFile(app, path, { name: "rows" });
  expect(failed).toMatchObject({ state: "failed", bad: 1, added: 0 });
  expect(failed.error?.message).toMatch(
    /1 of 3 rows of rows.jsonl cannot come in; the first is row 2/,
  );
  expect(await client.datasets.list()).toEqual([]);
  const job = await importFile(app, path, { name: "rows" }, { skipBad: true });
  expect(job).toMatchObject({ state: "finished", added: 2, bad: 1 });
  expect(await client.datasets.imports.badRows({ jobId: job.id })).toMatchObject({
    total: 1,
    rows: [{ line: 2 }],
  });
  expect((await client.datasets.list()).map(({ records }) => records)).toEqual([2]);
  // One edit, one undo: the dataset goes with its records.
  expect((await client.edits.undo({})).label).toBe("import 2 records from rows.jsonl");
  expect(await client.datasets.list()).toEqual([]);
});

test("an import that is cancelled leaves nothing", async () => {
  const { app } = testApplication();
  const client = clientOf(app);
  const path = fileOf(
    "rows.jsonl",
    Array.from({ length: 3000 }, (_, i) => sumLine(i, i)).join("\n"),
  );
  const job = await client.datasets.imports.start({ file: { path }, into: { name: "rows" } });
  await new Promise<void>((resolve) => {
    const stop = app.live.listen((event) => {
      if (event.type !== "dataset-job" || event.job.added === 0) return;
      stop();
      resolve();
    });
  });
  await client.datasets.jobs.cancel({ jobId: job.id });
  expect((await app.datasets.jobs.settled(job.id)).state).toBe("cancelled");
  expect(await client.datasets.list()).toEqual([]);
  expect(app.store.transaction(() => app.store.recordWriter.dropStaged(undefined, 10))).toBe(0);
});

test("a line of a megabyte is a record, one of more than 64 MiB is a bad row", async () => {
  const { app } = testApplication();
  const client = clientOf(app);
  const long = "a long word ".repeat(90_000);
  const path = fileOf(
    "long.jsonl",
    `${JSON.stringify({ prompt: "q", completion: `<think>${long}</think>7` })}\n`,
  );
  const { datasetId, added } = await importFile(app, path, { name: "long" });
  if (datasetId === null) throw new Error("no dataset");
  expect(added).toBe(1);
  const { rows } = await client.datasets.records.page({ datasetId, filter: [] });
  expect(rows[0]?.words).toBe(270_001);
  const huge = fileOf(
    "huge.jsonl",
    Buffer.concat([Buffer.alloc(65 * 1024 * 1024, "x"), Buffer.from(`\n${sumLine(1, 1)}\n`)]),
  );
  const found = await inspect(huge);
  expect(found.bad).toEqual([{ line: 1, reason: "is longer than 64 MiB" }]);
  expect(found.rows.map(({ line }) => line)).toEqual([2]);
}, 60_000);

test("a JSON file is a list, or an object that holds one; brackets in texts do not confuse it", async () => {
  const inspect = inspector();
  const rows = [
    { prompt: 'a ] } \\" [ {', completion: "1" },
    { prompt: "b", completion: "2" },
  ];
  for (const value of [rows, { version: 1, data: rows }]) {
    const found = await inspect(fileOf("rows.json", `\n ${JSON.stringify(value, undefined, 1)}`));
    expect(found.rows.map(({ line, messages }) => [line, messages[0]?.content])).toEqual([
      [1, 'a ] } \\" [ {'],
      [2, "b"],
    ]);
  }
  await expect(inspect(fileOf("one.json", '"text"'))).rejects.toMatchObject({ code: "BAD_INPUT" });
  const cut = await inspect(fileOf("cut.json", JSON.stringify(rows).slice(0, -12)));
  expect(cut.bad.length).toBeGreaterThan(0);
});

test("CSV: quotes, line breaks, semicolons; rows of another width and of broken UTF-8 are bad", async () => {
  const inspect = inspector();
  const bytes = Buffer.concat([
    Buffer.from(
      '\uFEFFprompt;completion\r\n"a ""quoted"" one\nwith a line break";"1;5"\r\nonly one\r\nc;',
    ),
    Buffer.from([0xc3, 0x28]),
    Buffer.from("\r\nd;4\r\n"),
  ]);
  const { rows, bad } = await inspect(fileOf("rows.csv", bytes));
  expect(rows.map(({ messages }) => messages.map(({ content }) => content))).toEqual([
    ['a "quoted" one\nwith a line break', "1;5"],
    ["d", "4"],
  ]);
  expect(bad).toEqual([
    { line: 4, reason: "has 1 fields where the header has 2" },
    { line: 5, reason: "is not valid UTF-8 (in completion)" },
  ]);
  await expect(inspect(fileOf("no.csv", "a,,b\n1,2,3\n"))).rejects.toThrow(
    /does not name the columns/,
  );
  await expect(inspect(fileOf("empty.csv", ""))).rejects.toMatchObject({ code: "BAD_INPUT" });
});

async function drained(rows: AsyncIterable<unknown>): Promise<void> {
  for await (const row of rows) expect(row).toBeDefined();
}

test("Parquet comes in with lists and numbers, and a file that lies about itself is refused", async () => {
  const inspect = inspector();
  const filename = join(temporaryFolder(), "rows.parquet");
  parquetWriteFile({
    filename,
    columnData: [
      { name: "prompt", data: ["What is 3 and 4?", "b"], type: "STRING" },
      { name: "completion", data: [TEXT, "2"], type: "STRING" },
      { name: "score", data: [1n, 2n], type: "INT64" },
    ],
  });
  const { rows } = await inspect(filename);
  expect(rows[0]).toMatchObject({ messages: WANTED, metadata: { score: 1 } });
  const good = readFileSync(filename);
  const lying = (change: (bytes: Buffer) => void): string => {
    const bytes = Buffer.from(good);
    change(bytes);
    return fileOf("lying.parquet", bytes);
  };
  const refused = { code: "BAD_INPUT" };
  await expect(
    inspect(lying((b) => b.writeUInt32LE(0x7fffffff, b.length - 8))),
  ).rejects.toMatchObject(refused);
  await expect(inspect(lying((b) => b.write("NOPE", 0)))).rejects.toMatchObject(refused);
  await expect(inspect(fileOf("cut.parquet", good.subarray(0, 40)))).rejects.toMatchObject(refused);
  await expect(inspect(fileOf("empty.parquet", ""))).rejects.toMatchObject(refused);
  const footer = good.length - 8 - good.readUInt32LE(good.length - 8);
  const codes: unknown[] = [];
  for (let at = footer; at < good.length - 8; at += 3) {
    const path = lying((b) => b.writeUInt8((b[at] ?? 0) ^ 0x7f, at));
    // The reader itself: a process for each of them would take minutes.
    const outcome = await drained(openRows(path, "parquet").rows).then(
      () => "read",
      (error: unknown) => z.object({ code: z.string() }).parse(error).code,
    );
    codes.push(outcome);
  }
  // Some bytes are names and statistics, which may be anything; no other is taken on trust.
  expect(new Set(codes)).toEqual(new Set(["read", "BAD_INPUT"]));
});

test("a Parquet number of 32 bits is the number that was written", async () => {
  const path = join(temporaryFolder(), "singles.parquet");
  const data = [0.1, 1.1, -3.25719, 16_777_216, 0.5, 1e-20];
  parquetWriteFile({
    filename: path,
    columnData: [
      { name: "prompt", data: data.map(String), type: "STRING" },
      { name: "answer", data, type: "FLOAT" },
    ],
  });
  const read: unknown[] = [];
  for await (const row of openRows(path, "parquet").rows)
    if ("value" in row) read.push(row.value["answer"]);
  expect(read).toEqual(data);
});

test("files that are not there, folders and unknown formats are refused with what to do", async () => {
  const inspect = inspector();
  const folder = temporaryFolder();
  await expect(inspect(join(folder, "no.jsonl"))).rejects.toMatchObject({ code: "NOT_FOUND" });
  await expect(inspect(folder, "jsonl")).rejects.toMatchObject({ code: "BAD_INPUT" });
  await expect(inspect(fileOf("rows.txt", "x"))).rejects.toThrow(/does not say its format/);
  const { app } = testApplication();
  const odd = await importFile(app, fileOf("odd.jsonl", '{"a": 1}'), { name: "odd" });
  expect(odd.error?.message).toMatch(/Its columns are a/);
});

test("a browser's file comes in pieces; one that is sent twice counts once", async () => {
  const { app } = testApplication();
  const client = clientOf(app);
  const bytes = Buffer.from(`${sumLine(1, 1)}\n${sumLine(2, 2)}\n`);
  const { uploadId } = await client.datasets.imports.beginUpload({
    name: "../../evil.jsonl",
    bytes: bytes.length,
  });
  const send = (from: number, to: number) =>
    client.datasets.imports.upload({
      uploadId,
      offset: from,
      base64: bytes.subarray(from, to).toString("base64"),
    });
  expect(await send(0, 50)).toEqual({ bytes: 50 });
  expect(await send(0, 50)).toEqual({ bytes: 50 });
  await expect(send(60, 70)).rejects.toMatchObject({ code: "BAD_INPUT" });
  await send(50, bytes.length);
  await expect(
    client.datasets.imports.upload({ uploadId: "../host.json", offset: 0, base64: "" }),
  ).rejects.toMatchObject({ code: "NOT_FOUND" });
  await expect(
    client.datasets.imports.upload({ uploadId, offset: bytes.length, base64: "?" }),
  ).rejects.toMatchObject({ code: "BAD_INPUT" });
  const job = await client.datasets.imports.start({ file: { uploadId }, into: { name: "sent" } });
  expect((await app.datasets.jobs.settled(job.id)).added).toBe(2);
  expect(readdirSync(join(app.paths.root, "uploads"))).toEqual([]);
});

test("what a sampling run kept comes in as its records, and runs that made no data are refused", async () => {
  const { app, model } = testApplication();
  const client = clientOf(app);
  const yaml = `
name: Sampling
models: { base: ${JSON.stringify(model)} }
stages:
  - { name: keep, kind: rejection-sampling, model: base, data: { task: arithmetic, difficulties: [3] }, num_prompts: 4 }
  - { name: learn, kind: sft, model: base, data: { stage: keep } }
`;
  const { pipelineId } = await client.pipelines.start({ yaml });
  await settled(app, pipelineId);
  const [keep, learn] = (await client.pipelines.get({ pipelineId })).runs;
  if (keep === undefined || learn === undefined) throw new Error("two runs were expected");
  const job = await client.datasets.imports.start({
    file: { runId: keep.id },
    into: { name: "kept" },
  });
  const { datasetId, added } = await app.datasets.jobs.settled(job.id);
  if (datasetId === null) throw new Error("no dataset");
  expect(added).toBe(1);
  const [row] = (
    await client.datasets.records.page({
      datasetId,
      filter: [{ field: "source", values: ["run"] }],
    })
  ).rows;
  if (row === undefined) throw new Error("one row was expected");
  expect((await client.datasets.records.get({ recordId: row.id })).source).toMatchObject({
    kind: "run",
    runId: keep.id,
    teacher: "base",
  });
  const refused = client.datasets.imports.start({
    file: { runId: learn.id },
    into: { name: "no" },
  });
  await expect(refused).rejects.toMatchObject({ code: "BAD_INPUT" });
});

test("a reason quotes no control characters of the file, which a terminal would obey", async () => {
  const { bad } = await inspect(fileOf("rows.jsonl", `${sumLine(1, 1)}\n\u001B[2J\u001B[31mred\n`));
  expect(bad).toHaveLength(1);
  expect(bad[0]?.reason).toMatch(/red/);
  expect(bad[0]?.reason).not.toMatch(/\p{Cc}/u);
});

test.each([
  ["broken.parquet", "PAR1 and nothing more"],
  ["answers.json", "{ not json"],
  ["no ending", "x"],
  ["odd.csv", ""],
  ["talk.jsonl", '{"a": 1}\n'],
])("what is wrong with the sent file %s is said of its own name", async (name, text) => {
  const { app } = testApplication();
  const client = clientOf(app);
  const { uploadId } = await client.datasets.imports.beginUpload({
    name,
    bytes: Buffer.byteLength(text),
  });
  const base64 = Buffer.from(text).toString("base64");
  await client.datasets.imports.upload({ uploadId, offset: 0, base64 });
  const said = await client.datasets.imports.inspect({ file: { uploadId } }).then(
    (seen) => JSON.stringify(seen),
    (error: unknown) => String(error),
  );
  expect(said).toContain(name);
  expect(said).not.toContain(uploadId);
  const job = await client.datasets.imports.start({
    file: { uploadId },
    into: { name: "sent" },
  });
  const { title, error } = await app.datasets.jobs.settled(job.id);
  expect(title).toBe(name);
  expect(error?.message).toContain(name);
  expect(error?.message).not.toContain(uploadId);
});

test.each<[string, Buffer, string]>([
  ["rows.jsonl", gzipSync(`${sumLine(1, 2)}\n`), "is packed with gzip"],
  ["rows.jsonl.gz", gzipSync(`${sumLine(1, 2)}\n`), "is packed"],
  ["rows.csv", Buffer.from("\uFEFFprompt,completion\na,b\n", "utf16le"), "is written in UTF-16"],
  ["rows.csv", Buffer.from([0x50, 0x4b, 0x03, 0x04, 20, 0]), "is a ZIP archive"],
  ["rows.json", Buffer.from("PAR1....PAR1"), "is a Parquet file"],
])(
  "a file %s that holds no rows as it stands is said to be what it is",
  async (name, bytes, words) => {
    const path = join(temporaryFolder(), name);
    writeFileSync(path, bytes);
    await expect(inspect(path)).rejects.toThrow(words);
  },
);
