import { closeSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { openGguf } from "#main/core/formats/gguf/gguf.ts";
import { ggufModelConfig } from "#main/core/formats/gguf/gguf-config.ts";
import { importGguf } from "#main/core/formats/gguf/gguf-import.ts";
import { quantizeQ8 } from "#main/core/formats/gguf/gguf-quants.ts";
import { endIds } from "#main/core/formats/gguf/gguf-end-tokens.ts";
import { ggufTokenizer } from "#main/core/formats/gguf/gguf-tokenizer.ts";
import { GGML_TYPES } from "#main/core/formats/gguf/gguf-types.ts";
import { type GgufEntry, writeGgufTo } from "#main/core/formats/gguf/gguf-writer.ts";
import { loadHubFolder } from "#main/core/formats/hub-layout.ts";
import { openSafetensors } from "#main/core/formats/safetensors.ts";
import { renderChat } from "#main/core/text/templates/chat-template.ts";
import { loadTokenizer } from "#main/core/text/tokenizer.ts";
import { formatFixture, readExpected } from "../fixtures/formats/read-expected.ts";
import { temporaryFolder } from "../helpers/temporary-folder.ts";

// Both files are made by gguf/make.py: what Python's `gguf` wrote, and what it reads from that.
const quants = formatFixture("gguf/quants.gguf");
const reference = formatFixture("gguf/quants.safetensors");

function bitsOf(values: Float32Array): Uint32Array {
  return new Uint32Array(values.buffer, values.byteOffset, values.length);
}

test.each(Object.keys(GGML_TYPES))("%s is read to the bit as Python's gguf does it", (type) => {
  using file = openGguf(quants);
  using expected = openSafetensors(reference);
  expect(file.tensor(type).shape).toEqual([3, 512]);
  expect(bitsOf(file.readTensor(type))).toEqual(bitsOf(expected.readTensor(type)));
});

test("Q8_0 is written to the byte as Python's gguf does it", () => {
  using file = openGguf(quants);
  using expected = openSafetensors(reference);
  const { start, byteLength } = file.tensor("Q8_0");
  const theirs = new Uint8Array(readFileSync(quants).subarray(start, start + byteLength));
  expect(quantizeQ8(expected.readTensor("values"))).toEqual(theirs);
});

/** Each small model of gguf/make.py, with the tokenizer that it was given. */
const MODELS = [
  ["llama", "smollm"],
  ["llama3", "llama3"],
  ["qwen2", "qwen"],
  ["qwen3", "qwen"],
] as const;

describe.each(MODELS)("the small GGUF model %s, imported,", (name, tokenizer) => {
  const folder = join(temporaryFolder(), name);
  importGguf({ file: formatFixture(`gguf/${name}.gguf`), folder });

  test("has each of transformers' weights, to the bit", () => {
    using model = loadHubFolder(folder);
    using expected = openSafetensors(formatFixture(`gguf/${name}.safetensors`));
    expect(model.names.toSorted()).toEqual(expected.names.toSorted());
    for (const tensor of model.names) {
      expect(bitsOf(model.readTensor(tensor)), tensor).toEqual(bitsOf(expected.readTensor(tensor)));
    }
  });

  test("cuts texts into the ids of the tokenizer it was made with", () => {
    const { strings, tokenizers } = readExpected();
    const ours = loadTokenizer(folder);
    strings.forEach((text, i) =>
      expect(ours.encode(text), text).toEqual(tokenizers[tokenizer]?.[i]?.[0]),
    );
  });

  test("writes a conversation by the template in its metadata", () => {
    const text = renderChat(loadTokenizer(folder), [{ role: "user", content: "6 * 7?" }]);
    expect(text).toBe("<|im_start|>user\n6 * 7?<|im_end|>\n");
  });
});

test("Llama 3's stretched rotary embeddings are known by the divisors in the file", () => {
  using gguf = openGguf(formatFixture("gguf/llama3.gguf"));
  expect(ggufModelConfig(gguf).rope).toEqual({
    type: "llama3",
    theta: 500_000,
    factor: 32,
    lowFreqFactor: 1,
    highFreqFactor: 4,
    originalMaxPositionEmbeddings: 8192,
  });
});

/** A file with a byte-level vocabulary of these tokens and types (1 ordinary, 3 control), and further metadata. */
function fileWithTokens(tokens: Readonly<Record<string, number>>, ...more: GgufEntry[]): string {
  const file = join(temporaryFolder(), "vocabulary.gguf");
  const entries: GgufEntry[] = [
    { key: "general.architecture", type: "string", value: "llama" },
    { key: "tokenizer.ggml.model", type: "string", value: "gpt2" },
    { key: "tokenizer.ggml.tokens", type: "strings", value: Object.keys(tokens) },
    { key: "tokenizer.ggml.token_type", type: "int32s", value: Object.values(tokens) },
    { key: "tokenizer.ggml.merges", type: "strings", value: [] },
    ...more,
  ];
  const fd = openSync(file, "w");
  writeGgufTo(fd, entries, []);
  closeSync(fd);
  return file;
}

test("a model ends at every token that is an end by its name, whatever eos_token_id says", () => {
  const tokens = { a: 1, "<|endoftext|>": 3, "<|im_end|>": 1, "</s>": 1, "<EOT>": 3, "<|x|>": 3 };
  const eos = { key: "tokenizer.ggml.eos_token_id", type: "uint32", value: 1 } as const;
  using gguf = openGguf(fileWithTokens(tokens, eos));
  // </s> is an ordinary piece of text here, and <|x|> the name of nothing.
  expect(endIds(gguf)).toEqual([1, 2, 4]);
  const description = String(ggufTokenizer(gguf).get("tokenizer.json"));
  expect(description).toContain('{"id":2,"content":"<|im_end|>"');
  expect(description).not.toContain('{"id":3,"content":"</s>"');
});

test("where <|return|> and <|call|> end turns, <|end|> does not", () => {
  using gguf = openGguf(fileWithTokens({ "<|end|>": 3, "<|return|>": 3, "<|call|>": 3 }));
  expect(endIds(gguf)).toEqual([1, 2]);
});

test.each([
  ["llama-bpe", undefined, true],
  ["llama-bpe", false, false],
  ["smollm", undefined, false],
  ["smollm", true, true],
] as const)(
  "a text of the pre-tokenizer %s, add_bos_token %s, begins with BOS: %s",
  (pre, says, begins) => {
    const entries: GgufEntry[] = [
      { key: "tokenizer.ggml.pre", type: "string", value: pre },
      { key: "tokenizer.ggml.bos_token_id", type: "uint32", value: 1 },
    ];
    if (says !== undefined) {
      entries.push({ key: "tokenizer.ggml.add_bos_token", type: "bool", value: says });
    }
    using gguf = openGguf(fileWithTokens({ a: 1, "<s>": 3 }, ...entries));
    const folder = temporaryFolder();
    for (const [name, text] of ggufTokenizer(gguf)) writeFileSync(join(folder, name), text);
    expect(loadTokenizer(folder).encode("a")).toEqual(begins ? [1, 0] : [0]);
  },
);

describe("a file whose model is computed otherwise is refused by the key that says so", () => {
  test.each([
    ["attn_logit_softcapping", "float32", 30],
    ["attention.sliding_window", "uint32", 16],
    ["expert_count", "uint32", 8],
    ["rope.dimension_count", "uint32", 4],
    ["attention.value_length", "uint32", 4],
    ["logit_scale", "float32", 0.5],
  ] as const)("%s", (key, type, value) => {
    const size = (name: string, number: number): GgufEntry => ({
      key: `llama.${name}`,
      type: "uint32",
      value: number,
    });
    const sizes = [size("embedding_length", 16), size("attention.head_count", 2)];
    const entry = { key: `llama.${key}`, type, value } as const;
    using gguf = openGguf(fileWithTokens({ a: 1 }, ...sizes, entry));
    expect(() => ggufModelConfig(gguf)).toThrow(`llama.${key} is ${value}`);
  });

  test("attention in both directions", () => {
    const entry = { key: "llama.attention.causal", type: "bool", value: false } as const;
    using gguf = openGguf(fileWithTokens({ a: 1 }, entry));
    expect(() => ggufModelConfig(gguf)).toThrow("llama.attention.causal is false");
  });
});

test("one part of a model in several files is told as such", () => {
  const entries = [
    { key: "split.no", type: "uint32", value: 1 },
    { key: "split.count", type: "uint32", value: 3 },
  ] as const;
  using gguf = openGguf(fileWithTokens({ a: 1 }, ...entries));
  expect(() => ggufModelConfig(gguf)).toThrow("part 2 of a model in 3 files");
});

test("a big-endian file is told as such", () => {
  const file = fileWithTokens({ a: 1 });
  const bytes = readFileSync(file);
  bytes.writeUInt32BE(bytes.readUInt32LE(4), 4);
  writeFileSync(file, bytes);
  expect(() => openGguf(file)).toThrow("big-endian");
});
