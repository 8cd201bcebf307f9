import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { openGguf } from "#main/engine/checkpoint/gguf.ts";
import { ggufModelConfig } from "#main/engine/checkpoint/gguf-config.ts";
import { importGguf } from "#main/engine/checkpoint/gguf-import.ts";
import { quantizeQ8 } from "#main/engine/checkpoint/gguf-quants.ts";
import { GGML_TYPES } from "#main/engine/checkpoint/gguf-types.ts";
import { loadHubFolder } from "#main/engine/checkpoint/hub-layout.ts";
import { openSafetensors } from "#main/engine/checkpoint/safetensors.ts";
import { renderChat } from "#main/engine/tokenizer/chat-template.ts";
import { loadTokenizer } from "#main/engine/tokenizer/tokenizer.ts";
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
