import { spawnSync } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { openGguf } from "#main/core/formats/gguf/gguf.ts";
import { exportGguf } from "#main/core/formats/gguf/gguf-export.ts";
import { importGguf } from "#main/core/formats/gguf/gguf-import.ts";
import { loadHubFolder, saveHubFolder } from "#main/core/formats/hub-layout.ts";
import { loadTokenizer } from "#main/core/text/tokenizer.ts";
import { assetFolder } from "#main/platform/asset-folder.ts";
import { formatFixture, readExpected } from "../fixtures/formats/read-expected.ts";
import { findTransformersPython, pythonWith } from "../helpers/python-transformers.ts";
import { smallConfig, smallTensors } from "../helpers/small-checkpoint.ts";
import { temporaryFolder } from "../helpers/temporary-folder.ts";
import { lacking } from "../helpers/need.ts";

describe.each([
  ["llama", "smollm"],
  ["llama3", "llama3"],
  ["qwen2", "qwen"],
  ["qwen3", "qwen"],
] as const)("the small model %s, read from GGUF, written and read again,", (name, tokenizer) => {
  const root = temporaryFolder();
  const first = join(root, "first");
  const again = join(root, "again");
  importGguf({ file: formatFixture(`gguf/${name}.gguf`), folder: first });
  exportGguf({ folder: first, file: join(root, "f16.gguf"), type: "F16" });
  importGguf({ file: join(root, "f16.gguf"), folder: again });

  test("has its vectors as they were and its matrices as F16 rounds them", () => {
    const before = loadHubFolder(first);
    const after = loadHubFolder(again);
    for (const tensor of before.names) {
      const expected = before.readTensor(tensor);
      const found = after.readTensor(tensor);
      // Half a unit of F16's last place: 2^-11 of the number, or 2^-25 where it is tiny. Vectors are kept whole.
      const isVector = before.shapeOf(tensor).length === 1;
      const worst = expected.reduce((most, value, i) => {
        const bound = isVector ? 0 : Math.max(Math.abs(value) * 2 ** -11, 2 ** -25);
        return Math.max(most, Math.abs(value - (found[i] ?? Number.NaN)) - bound);
      }, -1);
      expect(worst, tensor).toBeLessThanOrEqual(0);
    }
    before.close();
    after.close();
  });

  test("has the same config, stop ids, template and token ids", () => {
    const before = loadHubFolder(first);
    const after = loadHubFolder(again);
    // The rotary base and the norms' epsilon go through 32-bit floats in a GGUF file.
    expect(after.config).toEqual(before.config);
    before.close();
    after.close();
    const { strings, tokenizers } = readExpected();
    const ours = loadTokenizer(again);
    expect(ours.chatTemplate).toBe(loadTokenizer(first).chatTemplate);
    strings.forEach((text, i) => {
      expect(ours.encode(text), text).toEqual(tokenizers[tokenizer]?.[i]?.[0]);
    });
  });
});

test("the built-in base is written in Q8_0, half as large as F16, within a block's rounding", () => {
  const root = temporaryFolder();
  const folder = join(assetFolder(), "models", "gradus-base");
  const file = join(root, "base.gguf");
  exportGguf({ folder, file, type: "Q8_0", name: "base" });
  const gguf = openGguf(file);
  expect(gguf.value("general.name")).toBe("base");
  expect(gguf.tensor("blk.0.attn_q.weight").type).toBe("Q8_0");
  const model = loadHubFolder(folder);
  const expected = model.readTensor("model.layers.0.mlp.up_proj.weight");
  const found = gguf.readTensor("blk.0.ffn_up.weight");
  for (let block = 0; block < expected.length; block += 32) {
    const values = expected.subarray(block, block + 32);
    const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    // A number is off by half a step of largest / 127, and by what F16 rounds off the step (2^-11), times up to 127 steps.
    const bound = largest * (0.5 / 127 + 2 ** -11) * 1.001;
    values.forEach((value, i) => {
      expect(Math.abs(value - (found[block + i] ?? 0))).toBeLessThanOrEqual(bound);
    });
  }
  model.close();
  gguf.close();
});

test("a tokenizer that llama.cpp has no name for is refused, and no file is left", () => {
  const folder = join(temporaryFolder(), "tiny");
  saveHubFolder(folder, {
    config: smallConfig,
    tensors: smallTensors(),
    tokenizerFrom: formatFixture("llama2"),
  });
  const file = join(folder, "out.gguf");
  expect(() => exportGguf({ folder, file, type: "F16" })).toThrow(/llama\.cpp has no name/);
  expect(existsSync(file)).toBe(false);
});

const python = findTransformersPython(["gguf"]);
const CHECK = `
import json, sys
from gguf import GGUFReader
reader = GGUFReader(sys.argv[1])
print(json.dumps({"tensors": len(reader.tensors), "pre": reader.get_field("tokenizer.ggml.pre").contents(),
  "types": sorted({t.tensor_type.name for t in reader.tensors})}))
`;

test.skipIf(python === null)(
  `Python's gguf reads a written file${lacking(pythonWith(python, "gguf"))}`,
  () => {
    const root = temporaryFolder();
    const file = join(root, "base.gguf");
    exportGguf({ folder: join(assetFolder(), "models", "gradus-base"), file, type: "Q8_0" });
    writeFileSync(join(root, "check.py"), CHECK);
    const run = spawnSync(python ?? "", [join(root, "check.py"), file], { encoding: "utf8" });
    // Embedding and final norm, and 5 layers of 9 matrices and norms and 3 biases.
    expect(JSON.parse(run.stdout)).toEqual({
      tensors: 2 + 5 * 12,
      pre: "qwen2",
      types: ["F32", "Q8_0"],
    });
  },
);
