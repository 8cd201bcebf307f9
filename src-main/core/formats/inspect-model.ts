/** Looks at a model folder without loading it: is it whole, what is it, how large. */
import { createHash } from "node:crypto";
import { createReadStream, existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { parameterCount } from "./expected-tensors.ts";
import { readModelConfig } from "./hub-layout.ts";

export interface ModelFacts {
  readonly architecture: string;
  readonly parameters: number;
  /** Of all files in the folder. */
  readonly bytes: number;
}

/** Reads config.json only. Throws what is wrong with it (BAD_CHECKPOINT, UNKNOWN_ARCHITECTURE). */
export function modelFacts(folder: string): ModelFacts {
  const config = readModelConfig(folder);
  return {
    architecture: config.architecture,
    parameters: parameterCount(config),
    bytes: folderBytes(folder),
  };
}

/** Of the weights (model.safetensors, or the shards' index); null where there are none. */
export async function weightsSha256(folder: string): Promise<string | null> {
  const file = ["model.safetensors", "model.safetensors.index.json"]
    .map((name) => join(folder, name))
    .find((path) => existsSync(path));
  return file === undefined ? null : fileSha256(file);
}

export async function fileSha256(file: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(file)) hash.update(chunk);
  return hash.digest("hex");
}

/** Of all files below the folder. */
export function folderBytes(folder: string): number {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
}
