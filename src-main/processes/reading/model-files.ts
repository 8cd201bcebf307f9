/** A model's files checked, GGUF read into a model folder or written from one: in a process of its own (reading-child.ts). */
import { statSync } from "node:fs";
import { folderBytes, modelFacts } from "#main/core/formats/inspect-model.ts";
import type { ModelFacts } from "#main/core/formats/inspect-model.ts";
import { ModelFileProgress } from "./model-file-work.ts";
import type { ModelFileWork } from "./model-file-work.ts";
import { readForeign } from "./reading-child.ts";
import { readingLimits } from "./reading-limits.ts";

export interface ModelFileOptions {
  /** Tensors. */
  readonly onProgress?: (done: number, total: number) => void;
  readonly signal?: AbortSignal;
}

/**
 * Does the work. What it makes appears whole or not at all; where the signal ends it, half of it may stay beside.
 * @throws as importGguf, exportGguf and loadHubFolder; BAD_INPUT where the file takes too long or too much; the signal's reason
 */
export async function runModelFileWork(
  work: ModelFileWork,
  { onProgress, signal }: ModelFileOptions = {},
): Promise<void> {
  const subject = work.kind === "import" ? work.file : work.folder;
  const items = readForeign({
    entry: new URL("./model-files-process.ts", import.meta.url),
    request: work,
    subject,
    limits: readingLimits(bytesOf(subject)),
    signal,
  });
  for await (const item of items) {
    const { done, total } = ModelFileProgress.parse(item);
    onProgress?.(done, total);
  }
}

/** Checks that every tensor of the architecture is there with its shape. Throws what is wrong. */
export async function checkModel(folder: string, signal?: AbortSignal): Promise<ModelFacts> {
  await runModelFileWork({ kind: "check", folder }, signal === undefined ? {} : { signal });
  return modelFacts(folder);
}

function bytesOf(path: string): number {
  const facts = statSync(path, { throwIfNoEntry: false });
  return facts?.isDirectory() === true ? folderBytes(path) : (facts?.size ?? 0);
}
