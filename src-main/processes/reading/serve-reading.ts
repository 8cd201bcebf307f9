/** The child's side of reading-child.ts: does the reading, gives items as they are asked for, and keeps to the limits. */
import { Worker } from "node:worker_threads";
import { AppError } from "#shared/errors.ts";
import { failureOf } from "../failure.ts";
import { HostChannel } from "../host-channel.ts";
import { ReadingRequest } from "./reading-limits.ts";
import type { ReadingLimits, ReadingMessage, ReadingWatch } from "./reading-limits.ts";

/** Gives one item; resolves when the next is asked for. */
export type Give = (item: unknown) => Promise<void>;

/**
 * Serves one reading over this process's channel; the process ends with it.
 * @param explain what is thrown by the file's fault, as an AppError; undefined where it is a bug.
 */
export function serveReading(
  read: (request: unknown, give: Give) => Promise<void> | void,
  explain: (error: unknown, request: unknown) => AppError | undefined,
): void {
  let request: unknown;
  let asked: (() => void) | undefined;
  let progress: Int32Array | undefined;
  const isProgress = (): void => {
    if (progress !== undefined) Atomics.add(progress, 0, 1);
  };
  const give: Give = (item) => {
    const { promise, resolve } = Promise.withResolvers<void>();
    asked = resolve;
    isProgress();
    channel.send({ type: "item", item });
    return promise;
  };
  const channel = new HostChannel<ReadingRequest, ReadingMessage>({
    requests: ReadingRequest,
    request: async (message) => {
      if (message === "next") {
        asked?.();
        return;
      }
      request = message.request;
      progress = watch(message.limits);
      await read(request, give);
      isProgress();
      channel.end({ type: "end" });
    },
    // Parsers leave promises behind that nobody awaits: what they say is about the same file.
    lastWord: (error) => {
      isProgress();
      const known = error instanceof AppError ? error : explain(error, request);
      if (known !== undefined) return { type: "failed", ...failureOf(known) };
      const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
      return { type: "bug", stack };
    },
  });
}

/** Gives the counter whose changes begin the count of computing anew. */
function watch(limits: ReadingLimits): Int32Array {
  const progress = new Int32Array(new SharedArrayBuffer(4));
  const watcher = new Worker(new URL("./reading-watch-thread.ts", import.meta.url), {
    workerData: { progress, limits } satisfies ReadingWatch,
    execArgv: ["--disable-warning=ExperimentalWarning"],
  });
  watcher.unref();
  return progress;
}
