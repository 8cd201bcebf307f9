/** The thread that gguf-work.ts starts: reads or writes one GGUF file, telling how far it is. */
import { parentPort, workerData } from "node:worker_threads";
import { AppError } from "#shared/errors.ts";
import { exportGguf } from "#main/engine/checkpoint/gguf-export.ts";
import { importGguf } from "#main/engine/checkpoint/gguf-import.ts";
import { GgufWork } from "./gguf-work.ts";
import type { GgufWorkMessage } from "./gguf-work.ts";

function tell(message: GgufWorkMessage): void {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread's port, not a window
  parentPort?.postMessage(message);
}

function onProgress(done: number, total: number): void {
  tell({ type: "progress", done, total });
}

try {
  const work = GgufWork.parse(workerData);
  if (work.kind === "import") importGguf({ ...work, onProgress });
  else exportGguf({ ...work, onProgress });
  tell({ type: "done" });
} catch (error) {
  if (!(error instanceof AppError)) throw error;
  const { code, message, advice } = error;
  tell({ type: "failed", code, message, advice: advice ?? null });
}
