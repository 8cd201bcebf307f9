import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { z } from "zod";
import { parseForWriting } from "#main/platform/exact-json.ts";
import { exportRecords } from "#main/services/datasets/export-file.ts";
import { detectMappings } from "#main/services/datasets/rows/detect-mapping.ts";
import { openRows } from "#main/core/tables/open-rows.ts";
import { formatOf } from "#main/processes/reading/read-rows.ts";
import { rowToRecord } from "#main/services/datasets/rows/row-to-record.ts";
import type { SourceRow } from "#main/core/tables/source-row.ts";
import { readJson } from "#main/store/json-column.ts";
import type { RecordText } from "#main/store/repositories/record-repository.ts";
import { RecordMessages } from "#shared/schema/dataset.ts";
import type { DatasetShape } from "#shared/schema/dataset.ts";
import { fileOf } from "../helpers/dataset-fixture.ts";
import { temporaryFolder } from "../helpers/store-fixture.ts";
import type { DatasetFormat } from "#shared/schema/dataset-format.ts";

const Metadata = z.record(z.string(), z.unknown());

const FORMATS: readonly DatasetFormat[] = ["jsonl", "json", "csv", "parquet"];

/** What other tools were seen to change: white space, tags, signs of Markdown and of spreadsheets, JSON, dollars. */
const PIECES = [
  ...["word", "a longer word", "é", "😀", "你好", "\u200B", "\u00A0", "\u2028"],
  ...[" ", "  ", "\t", "\n", "\n\n", "\r\n", "\r", "    return x", "'", '"', ",", ";"],
  ...["<think>", "</think>", "<think>\n", "\n</think>\n\n", "<thinking>", "</thinking>"],
  ...["<answer>5</answer>", "#### 15", String.raw`\boxed{5}`, "$5 and $10", "5*2=10 and 3*4"],
  ...["__init__", "1. first", "1. second", "=1+1", "-5", "+5", "@x", "'-5", "''=x", "0.5"],
  ...["[1, 2]", '{"a": 1}', "[]", '[{"role": "user", "content": "x"}]', "null", "true", "NaN"],
];
const text = fc
  .array(fc.constantFrom(...PIECES), { minLength: 1, maxLength: 8 })
  .map((pieces) => pieces.join(""));
/** A question has words. */
const question = fc.tuple(text, text).map(([before, after]) => `${before}why${after}`);
const metadata = fc.record(
  {
    id: fc.constantFrom(7, 7.5, "7", 1e-7),
    note: text,
    nested: fc.constant({ list: [1, "x", null], metadata: { a: 1 } }),
    metadata: fc.constant({ a: 1 }),
    flag: fc.boolean(),
    nothing: fc.constant(null),
  },
  { requiredKeys: [] },
);

const name = fc.record({ name: fc.constantFrom("ann", "bob") }, { requiredKeys: [] });
const openAiTurn = fc.oneof(
  fc
    .record({ role: fc.constant("user"), content: question })
    .chain((turn) => name.map((extra) => ({ ...turn, ...extra }))),
  fc.record(
    {
      role: fc.constant("assistant"),
      content: text,
      reasoning_content: text,
      weight: fc.constantFrom(0, 1),
    },
    { requiredKeys: ["role", "content"] },
  ),
  fc.record({ role: fc.constantFrom("system", "developer", "tool"), content: text }),
);
const first = fc.record({ role: fc.constant("user"), content: question });
const messages = fc
  .tuple(first, fc.array(openAiTurn, { maxLength: 4 }))
  .map(([turn, turns]) => ({ messages: [turn, ...turns] }));

const shareGptTurn = fc.record({
  from: fc.constantFrom("human", "user", "gpt", "assistant", "chatgpt", "system", "observation"),
  value: text,
});
const thinkingTurn = fc.record({
  from: fc.constant("gpt"),
  value: text,
  reasoning_content: text,
});
const sharegpt = fc
  .tuple(
    fc.record({ from: fc.constantFrom("human", "user"), value: question }),
    fc.array(fc.oneof(shareGptTurn, thinkingTurn), { maxLength: 4 }),
    fc.record({ system: text }, { requiredKeys: [] }),
  )
  .map(([turn, turns, system]) => ({ conversations: [turn, ...turns], ...system }));

const pair = fc.tuple(question, text);
const alpaca = fc.record(
  {
    instruction: question,
    input: fc.oneof(fc.constant(""), text),
    output: text,
    system: text,
    history: fc.array(pair, { minLength: 1, maxLength: 3 }),
  },
  { requiredKeys: ["instruction", "input", "output"] },
);

/** A row of two texts is never read as tags and a column at once. */
const plain = text.filter((written) => !/think/u.test(written));
const texts = fc.oneof(
  fc.record({ prompt: question, completion: text }),
  fc.record({ prompt: question, completion: plain, reasoning: text }),
);
const lists = fc.record({
  prompt: fc
    .tuple(first, fc.array(openAiTurn, { maxLength: 2 }))
    .map(([turn, turns]) => [
      turn,
      ...turns.map((other) => (other.role === "assistant" ? turn : other)),
    ]),
  completion: fc.tuple(fc.record({ role: fc.constant("assistant"), content: text })),
});

const SHAPES: readonly (readonly [string, DatasetShape, fc.Arbitrary<object>])[] = [
  ["OpenAI messages", "messages", messages],
  ["ShareGPT", "sharegpt", sharegpt],
  ["Alpaca", "alpaca", alpaca],
  ["prompt and completion", "prompt-completion", texts],
  ["TRL's lists of turns", "prompt-completion", lists],
];

/** A file's records as the store keeps them. Throws where a row is bad. */
async function recordsOf(path: string): Promise<RecordText[]> {
  const format = formatOf(path);
  const rows: SourceRow[] = [];
  for await (const row of openRows(path, format).rows) rows.push(row);
  const good = rows.map((row) => {
    if ("bad" in row) throw new Error(row.bad);
    return row;
  });
  const [mapping] = detectMappings(good.map(({ value }) => value));
  if (mapping === undefined) throw new Error("no shape fits");
  const table = format === "csv" || format === "parquet";
  return good.map(({ value, numbers }, i) => {
    const record = rowToRecord(value, mapping, { table, numbers });
    if ("bad" in record) throw new Error(record.bad);
    const { messages, metadata, reference } = record;
    return {
      id: i + 1,
      position: i + 1,
      revision: 0,
      messages: readJson(RecordMessages, JSON.stringify(messages)),
      metadata: readJson(Metadata, JSON.stringify(metadata), parseForWriting),
      source: {
        kind: "import",
        ...{ file: null, line: null, teacher: null, runId: null, sampling: null, costUsd: null },
      },
      reference,
    };
  });
}

test.each(SHAPES)(
  "%s go in and out byte for byte, through every format",
  async (_name, shape, arbitrary) => {
    const through = async (path: string, format: DatasetFormat): Promise<string> => {
      const records = await recordsOf(path);
      const { path: written } = await exportRecords(() => records, {
        path: join(temporaryFolder(), `out.${format}`),
        format,
        shape,
        reasoning: "as-is",
        overwrite: false,
      });
      return written;
    };
    const row = fc
      .tuple(metadata, arbitrary)
      .map(([beside, conversation]) => ({ ...conversation, ...beside }));
    await fc.assert(
      fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 5 }), async (rows) => {
        const file = fileOf("in.jsonl", rows.map((one) => JSON.stringify(one)).join("\n"));
        for (const format of FORMATS) {
          const back = await through(await through(file, format), "jsonl");
          const lines = readFileSync(back, "utf8").split("\n").slice(0, -1);
          expect(
            lines.map((line): unknown => JSON.parse(line)),
            format,
          ).toEqual(rows);
        }
      }),
      { numRuns: 25, seed: 7 },
    );
  },
  120_000,
);
