/** Every reader of foreign files: a sound file, and the reading of one that may be anything. */
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parquetWriteFile } from "hyparquet-writer";
import { readJsonl } from "#main/engine/commands/read-jsonl.ts";
import { importGguf } from "#main/core/formats/gguf/gguf-import.ts";
import { loadHubFolder } from "#main/core/formats/hub-layout.ts";
import {
  readTrainingCheckpoint,
  writeTrainingCheckpoint,
} from "#main/engine/training/training-state.ts";
import { renderTemplate } from "#main/core/text/templates/chat-template.ts";
import { loadTokenizer } from "#main/core/text/tokenizer.ts";
import { importBenchmark } from "#main/services/benchmarks/import-benchmark.ts";
import { columnsOf, detectMappings } from "#main/services/datasets/rows/detect-mapping.ts";
import { openRows } from "#main/core/tables/open-rows.ts";
import { rowToRecord } from "#main/services/datasets/rows/row-to-record.ts";
import { readRecipe } from "#main/services/recipes/checks/recipe-checks.ts";
import { openStore } from "#main/store/store.ts";
import { z } from "zod";
import { formatFixture } from "../fixtures/formats/read-expected.ts";
import { smallConfig, smallMoments, smallTensors } from "./small-checkpoint.ts";
import type { DatasetFormat } from "#shared/schema/dataset-format.ts";

export interface FuzzedReader {
  /** Makes sound files below the folder; gives those whose bytes are damaged in turn. */
  prepare(folder: string): string[];
  read(file: string): Promise<void> | void;
}

const ROWS = Array.from({ length: 12 }, (_, i) => ({
  messages: [
    { role: "user", content: `What is ${i} and 4? "so", they say\nand ütf` },
    { role: "assistant", content: `<think>\n${i} and 4\n</think>\n${i + 4}` },
  ],
  gold: String(i + 4),
  score: i / 3,
}));
const PAIRS = ROWS.map(({ messages, gold }) => ({
  prompt: messages[0]?.content ?? "",
  completion: messages[1]?.content ?? "",
  gold,
}));

function rowsReader(format: DatasetFormat, sound: (file: string) => void): FuzzedReader {
  return {
    prepare(folder) {
      const file = join(folder, `rows.${format}`);
      sound(file);
      return [file];
    },
    async read(file) {
      const values: Readonly<Record<string, unknown>>[] = [];
      for await (const row of openRows(file, format).rows) {
        if ("value" in row) values.push(row.value);
      }
      columnsOf(values);
      const [mapping] = detectMappings(values);
      if (mapping !== undefined) for (const value of values) rowToRecord(value, mapping);
    },
  };
}

/** A folder whose one file is damaged and which is read whole. */
function folderReader(
  from: (folder: string) => void,
  damaged: readonly string[],
  read: (folder: string) => void,
): FuzzedReader {
  return {
    prepare(folder) {
      mkdirSync(folder, { recursive: true });
      from(folder);
      return damaged.map((name) => join(folder, name));
    },
    read: (file) => {
      read(dirname(file));
    },
  };
}

const write = (text: string) => (file: string) => {
  writeFileSync(file, text);
};
const TEMPLATE = `{%- if messages[0].role == 'system' %}{{ '<|im_start|>system\n' + messages[0].content }}{%- endif %}
{%- for message in messages %}
{%- set parts = message.content.split('</think>') %}
{{- '<|im_start|>' + message.role + '\n' + (parts[-1] | trim) ~ loop.index0 ~ '<|im_end|>\n' }}
{%- if loop.last and message.role not in ['user', 'tool'] %}{{- parts | length }}{%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}{{- '<|im_start|>assistant\n' }}{%- endif %}`;
const HONEST = loadTokenizer(formatFixture("smollm"));
const store = openStore(":memory:");
const RECIPE = fileURLToPath(new URL("../../assets/recipes/r1-full.yaml", import.meta.url));

export const READERS: Readonly<Record<string, FuzzedReader>> = {
  jsonl: rowsReader("jsonl", write(ROWS.map((row) => `${JSON.stringify(row)}\n`).join(""))),
  json: rowsReader("json", write(JSON.stringify({ data: ROWS }, undefined, 1))),
  csv: rowsReader("csv", (file) => {
    const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`;
    const lines = PAIRS.map((row) => Object.values(row).map(quoted).join(","));
    writeFileSync(file, `prompt,completion,gold\n${lines.join("\n")}\n`);
  }),
  parquet: rowsReader("parquet", (filename) => {
    parquetWriteFile({
      filename,
      columnData: [
        { name: "prompt", data: PAIRS.map(({ prompt }) => prompt), type: "STRING" },
        { name: "completion", data: PAIRS.map(({ completion }) => completion), type: "STRING" },
        { name: "score", data: PAIRS.map((_, i) => BigInt(i)), type: "INT64" },
        { name: "extra", data: ROWS, type: "JSON" },
      ],
    });
  }),
  gguf: {
    prepare(folder) {
      const file = join(folder, "model.gguf");
      cpSync(formatFixture("gguf/llama.gguf"), file);
      return [file];
    },
    read(file) {
      const folder = join(dirname(file), "out");
      rmSync(folder, { recursive: true, force: true });
      importGguf({ file, folder });
    },
  },
  safetensors: folderReader(
    (folder) => {
      writeTrainingCheckpoint(folder, checkpoint());
      cpSync(join(folder, "step-00000001"), folder, { recursive: true });
    },
    ["model.safetensors", "config.json"],
    (folder) => {
      loadHubFolder(folder).close();
    },
  ),
  checkpoint: folderReader(
    (folder) => {
      writeTrainingCheckpoint(folder, checkpoint());
      cpSync(join(folder, "step-00000001"), folder, { recursive: true });
    },
    ["state.json", "optimizer.safetensors"],
    (folder) => {
      readTrainingCheckpoint(folder).close();
    },
  ),
  tokenizer: folderReader(
    (folder) => {
      cpSync(formatFixture("smollm"), folder, { recursive: true });
    },
    ["tokenizer.json", "tokenizer_config.json"],
    (folder) => {
      const tokenizer = loadTokenizer(folder);
      tokenizer.decode(tokenizer.encode("What is 3 and 4? Ünd so weiter … 你好"));
    },
  ),
  template: {
    prepare(folder) {
      const file = join(folder, "chat_template.jinja");
      writeFileSync(file, TEMPLATE);
      return [file];
    },
    read(file) {
      const messages = [
        { role: "user", content: "What is 3 and 4?" },
        { role: "assistant", content: "<think>\nSo.\n</think>\n7" },
      ];
      renderTemplate(HONEST, readFileSync(file, "utf8"), messages);
    },
  },
  recipe: {
    prepare(folder) {
      const file = join(folder, "recipe.yaml");
      cpSync(RECIPE, file);
      return [file];
    },
    read(file) {
      readRecipe(readFileSync(file, "utf8"), ["seed=2"]);
    },
  },
  benchmark: {
    prepare(folder) {
      const file = join(folder, "set.jsonl");
      writeFileSync(
        file,
        PAIRS.map(
          ({ prompt, gold }) => `${JSON.stringify({ problem: prompt, answer: gold })}\n`,
        ).join(""),
      );
      return [file];
    },
    read(file) {
      const about = { id: "set", name: "set", instruction: "", licence: "", source: "" };
      const text = readFileSync(file, "utf8");
      importBenchmark(store, { ...about, text, skipBad: false }, 0);
    },
  },
  "run export": {
    prepare(folder) {
      const file = join(folder, "rollouts.jsonl");
      const line = (i: number): object => ({ step: i, text: `It is ${i}.`, tokens: [1, 2, i] });
      writeFileSync(
        file,
        Array.from({ length: 20 }, (_, i) => `${JSON.stringify(line(i))}\n`).join(""),
      );
      return [file];
    },
    read(file) {
      const Rollout = z.object({ step: z.int(), text: z.string(), tokens: z.array(z.int()) });
      readJsonl(file, Rollout, "Write it again.");
    },
  },
};

function checkpoint(): Parameters<typeof writeTrainingCheckpoint>[1] {
  return {
    state: {
      step: 1,
      samplesSeen: 4,
      scheduler: {},
      random: { data: [1, 2, 3, 4] },
      data: { epoch: 0 },
      stage: null,
      configHash: "abc",
    },
    model: { config: smallConfig, tensors: smallTensors() },
    optimizer: smallMoments(),
  };
}
