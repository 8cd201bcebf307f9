/** The child's side of reading-child.ts: does the reading, gives items as they are asked for, and keeps to the limits. */
import { Worker } from "node:worker_threads";
import { z } from "zod";
import { AppError } from "#shared/errors.ts";
import { ReadingLimits } from "./reading-limits.ts";
import type { ReadingMessage } from "./reading-limits.ts";

const Start = z.object({ request: z.unknown(), limits: ReadingLimits });

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
  const tell = (message: ReadingMessage, written?: () => void): void => {
    if (progress !== undefined) Atomics.add(progress, 0, 1);
    process.send?.(message, undefined, undefined, () => written?.());
  };
  const fail = (error: unknown): void => {
    const known = error instanceof AppError ? error : explain(error, request);
    if (known === undefined) {
      const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
      tell({ type: "bug", stack }, endNow);
    } else {
      const { code, message, advice } = known;
      tell({ type: "failed", code, message, advice: advice ?? null }, endNow);
    }
  };
  const give: Give = (item) => {
    const { promise, resolve } = Promise.withResolvers<void>();
    asked = resolve;
    tell({ type: "item", item });
    return promise;
  };
  // Parsers leave promises behind that nobody awaits: what they say is about the same file.
  process.on("uncaughtException", fail);
  process.on("unhandledRejection", fail);
  process.on("disconnect", endNow);
  process.on("SIGINT", () => undefined);
  process.on("message", (raw) => {
    if (raw === "next") {
      asked?.();
      return;
    }
    const start = Start.parse(raw);
    request = start.request;
    progress = watch(start.limits);
    Promise.resolve()
      .then(() => read(request, give))
      .then(() => {
        tell({ type: "end" }, endNow);
      }, fail);
  });
}

/** Gives the counter whose changes begin the count of computing anew. */
function watch(limits: ReadingLimits): Int32Array {
  const progress = new Int32Array(new SharedArrayBuffer(4));
  const watcher = new Worker(new URL("./reading-watch-thread.ts", import.meta.url), {
    workerData: { progress, limits },
    execArgv: ["--disable-warning=ExperimentalWarning"],
  });
  watcher.unref();
  return progress;
}

function endNow(): void {
  process.kill(process.pid, "SIGKILL");
}
