/**
 * Every example of a dataset, or every prompt of a benchmark, through a model's own chat template: what cannot be
 * trained on and why, how long they are in its tokens, and which of them a benchmark asks. In a thread of its own: a
 * large dataset takes minutes.
 */
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { z } from "zod";
import { fileSha256 } from "#main/core/formats/inspect-model.ts";
import { errorOf, Failure } from "../failure.ts";

export { overlongMessage } from "#main/core/examples/encode-examples.ts";
export { recordNumbers } from "#main/core/examples/record-numbers.ts";

const model = { modelFolder: z.string() };

export const DataCheckWork = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("examples"),
    ...model,
    /** JSONL as a stage trains on it. */
    file: z.string(),
    /** Which tokens the stage learns from. */
    learned: z.enum(["assistant", "last", "completion", "all"]),
    /** What benchmarks ask. */
    problems: z.array(
      z.strictObject({ benchmark: z.string(), id: z.string(), prompt: z.string() }),
    ),
  }),
  z.strictObject({ kind: z.literal("prompts"), ...model, prompts: z.array(z.string()) }),
]);
export type DataCheckWork = z.infer<typeof DataCheckWork>;

export const DataReport = z.strictObject({
  /** Examples, or prompts. */
  examples: z.int(),
  /** Those that a stage would refuse. */
  refused: z.int(),
  faults: z.array(
    z.strictObject({
      fault: z.enum(["unreadable", "refused", "rewrites", "cuts", "left-out"]),
      message: z.string(),
      advice: z.string().nullable(),
      count: z.int(),
      first: z.array(z.int()),
    }),
  ),
  /** Tokens of an example → how many have so many, ascending. */
  lengths: z.array(z.tuple([z.int(), z.int()])),
  /** Place of an example's first token to learn from → how many have it there, ascending. Empty of prompts. */
  firstLearned: z.array(z.tuple([z.int(), z.int()])),
  /** By benchmark: examples that hold one of its problems. */
  overlap: z.record(z.string(), z.int()),
});
export type DataReport = z.infer<typeof DataReport>;

const Message = z.discriminatedUnion("type", [
  z.object({ type: z.literal("progress"), done: z.int(), total: z.int() }),
  z.object({ type: z.literal("done"), report: DataReport }),
  z.object({ type: z.literal("failed"), ...Failure.shape }),
]);
export type DataCheckMessage = z.infer<typeof Message>;

/** @throws AppError where the tokenizer cannot be opened; the signal's reason */
export async function checkData(
  work: DataCheckWork,
  options: {
    readonly onProgress: (done: number, total: number) => void;
    readonly signal: AbortSignal;
  },
): Promise<DataReport> {
  const { onProgress, signal } = options;
  signal.throwIfAborted();
  const { promise, resolve, reject } = Promise.withResolvers<DataReport>();
  const worker = new Worker(new URL("./data-check-thread.ts", import.meta.url), {
    workerData: work,
    execArgv: ["--disable-warning=ExperimentalWarning"],
  });
  const stop = (): void => {
    void worker.terminate();
  };
  signal.addEventListener("abort", stop);
  worker.on("message", (raw) => {
    const message = Message.parse(raw);
    if (message.type === "progress") onProgress(message.done, message.total);
    else if (message.type === "done") resolve(message.report);
    else reject(errorOf(message));
  });
  worker.on("error", reject);
  worker.on("exit", () => {
    reject(signal.aborted ? signal.reason : new Error("the thread ended without an answer"));
  });
  try {
    return await promise;
  } finally {
    signal.removeEventListener("abort", stop);
    await worker.terminate();
  }
}

const TOKENIZER_FILES = [
  "tokenizer.json",
  "tokenizer_config.json",
  "special_tokens_map.json",
  "chat_template.jinja",
  "chat_template.json",
  "generation_config.json",
  "config.json",
];

/** Of the files that decide how a conversation becomes tokens. */
export async function tokenizerSha256(modelFolder: string): Promise<string> {
  const hash = createHash("sha256");
  for (const name of TOKENIZER_FILES) {
    const file = join(modelFolder, name);
    if (existsSync(file)) hash.update(`${name} ${await fileSha256(file)}\n`);
  }
  return hash.digest("hex");
}
