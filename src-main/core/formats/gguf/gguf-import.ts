/** A GGUF file turned into a model folder in hub layout: weights dequantised to F32, config, tokenizer, template, card. */
import { basename, join } from "node:path";
import { writeFolderAtomically, writeTextAtomically } from "#main/platform/atomic-write.ts";
import { checkTensors, expectedTensors } from "../expected-tensors.ts";
import { openGguf, type GgufFile } from "./gguf.ts";
import { ggufModelConfig, ROPE_FREQS } from "./gguf-config.ts";
import { ggufName, reorderRows } from "./gguf-names.ts";
import { ggufTokenizer } from "./gguf-tokenizer.ts";
import { fillHubFolder } from "../hub-layout.ts";
import type { ModelConfig } from "../model-config.ts";
import type { TensorSource } from "../safetensors.ts";

export interface GgufImport {
  readonly file: string;
  /** The folder that appears, whole or not at all. */
  readonly folder: string;
  /** Called after each tensor. */
  readonly onProgress?: (done: number, total: number) => void;
}

/**
 * Converts a file. The weights are kept as F32, since a quantised block's products are exact in nothing smaller.
 * @throws AppError BAD_CHECKPOINT, UNKNOWN_ARCHITECTURE, BAD_TOKENIZER, DISK_FULL, WORKSPACE_READ_ONLY
 */
export function importGguf({ file, folder, onProgress }: GgufImport): void {
  const gguf = openGguf(file);
  try {
    const config = ggufModelConfig(gguf);
    checkGgufTensors(gguf, config);
    const tokenizer = ggufTokenizer(gguf);
    writeFolderAtomically(folder, (temporary) => {
      for (const [name, text] of tokenizer) writeTextAtomically(join(temporary, name), text);
      fillHubFolder(temporary, {
        config,
        tensors: hubTensors(gguf, config, onProgress),
        card: card(gguf),
      });
    });
  } finally {
    gguf.close();
  }
}

function* hubTensors(
  gguf: GgufFile,
  config: ModelConfig,
  onProgress: GgufImport["onProgress"],
): Generator<readonly [string, TensorSource]> {
  const expected = expectedTensors(config);
  let done = 0;
  for (const [name, shape] of expected) {
    const data = (): Float32Array => {
      const read = reorderRows(config, name, gguf.readTensor(ggufName(name)), false);
      done += 1;
      onProgress?.(done, expected.size);
      return read;
    };
    yield [name, { shape, data }];
  }
}

/** Compares by the hub's names, so that what is wrong is said in the words of config.json. */
function checkGgufTensors(gguf: GgufFile, config: ModelConfig): void {
  const found = new Map(
    [...gguf.header.tensors].flatMap(([name, { shape }]) =>
      name === ROPE_FREQS ? [] : [[name, shape] as const],
    ),
  );
  const hub = new Map<string, readonly number[]>();
  for (const name of expectedTensors(config).keys()) {
    const shape = found.get(ggufName(name));
    if (shape !== undefined) hub.set(name, shape);
    found.delete(ggufName(name));
  }
  checkTensors(config, new Map([...hub, ...found]), gguf.file);
}

/** What the file says about itself. */
function card(gguf: GgufFile): string {
  const text = (key: string): string | undefined => {
    const value = gguf.value(key);
    return typeof value === "string" ? value.replace(/[\r\n]+/g, " ") : undefined;
  };
  const license = text("general.license");
  const kinds = new Map<string, number>();
  for (const { type } of gguf.header.tensors.values()) kinds.set(type, (kinds.get(type) ?? 0) + 1);
  const name = text("general.name") ?? basename(gguf.file);
  const held = [...kinds]
    .map(([type, count]) => `${count} ${count === 1 ? "tensor" : "tensors"} of ${type}`)
    .join(", ");
  return [
    ...(license === undefined ? [] : ["---", `license: ${JSON.stringify(license)}`, "---", ""]),
    `# ${name}`,
    "",
    `Read from the GGUF file ${basename(gguf.file)} (${held}), dequantised to F32.`,
    "",
  ].join("\n");
}
