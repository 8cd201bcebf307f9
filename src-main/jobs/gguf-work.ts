/** GGUF files read into a model folder, or written from one, in a thread of its own: the host goes on answering. */
import { Worker } from "node:worker_threads";
import { z } from "zod";
import { CONTRACT_ERRORS } from "#shared/contract/errors.ts";
import { AppError } from "#shared/errors.ts";
import type { ErrorCode } from "#shared/errors.ts";

export const GgufWork = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("import"), file: z.string(), folder: z.string() }),
  z.object({
    kind: z.literal("export"),
    folder: z.string(),
    file: z.string(),
    type: z.enum(["F16", "Q8_0"]),
    name: z.string(),
  }),
]);
type GgufWork = z.infer<typeof GgufWork>;

const GgufWorkMessage = z.discriminatedUnion("type", [
  z.object({ type: z.literal("progress"), done: z.int(), total: z.int() }),
  z.object({ type: z.literal("done") }),
  z.object({
    type: z.literal("failed"),
    code: z.custom<ErrorCode>((code) => typeof code === "string" && code in CONTRACT_ERRORS),
    message: z.string(),
    advice: z.string().nullable(),
  }),
]);
export type GgufWorkMessage = z.infer<typeof GgufWorkMessage>;

export interface GgufWorkOptions {
  /** Tensors. */
  readonly onProgress?: (done: number, total: number) => void;
  readonly signal?: AbortSignal;
}

/**
 * Does the work. What it makes appears whole or not at all; where the signal ends it, half of it may stay beside.
 * @throws as importGguf and exportGguf; the signal's reason
 */
export async function runGgufWork(work: GgufWork, options: GgufWorkOptions = {}): Promise<void> {
  const { onProgress, signal } = options;
  signal?.throwIfAborted();
  const { promise, resolve, reject } = Promise.withResolvers<undefined>();
  const worker = new Worker(new URL("./gguf-work-thread.ts", import.meta.url), {
    workerData: work,
    execArgv: ["--disable-warning=ExperimentalWarning"],
  });
  const stop = (): void => {
    void worker.terminate();
  };
  signal?.addEventListener("abort", stop);
  worker.on("message", (raw) => {
    const message = GgufWorkMessage.parse(raw);
    if (message.type === "progress") onProgress?.(message.done, message.total);
    else if (message.type === "done") resolve(undefined);
    else reject(new AppError(message.code, message.message, message.advice ?? undefined));
  });
  worker.on("error", reject);
  worker.on("exit", () => {
    reject(
      signal?.aborted === true ? signal.reason : new Error("the thread ended without an answer"),
    );
  });
  try {
    await promise;
  } finally {
    signal?.removeEventListener("abort", stop);
    await worker.terminate();
  }
}
