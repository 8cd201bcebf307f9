/** Reads damaged files one after the other and says how each went; the parent ends it where it takes too long. */
import { readFileSync, writeFileSync } from "node:fs";
import { z } from "zod";
import { AppError } from "#shared/errors.ts";
import type { FuzzOutcome } from "./fuzz-outcome.ts";
import { READERS } from "./fuzz-readers.ts";

/** The most memory since the last call, above what is held now; 0 where the system does not tell. */
function peak(): { reset: () => void; bytes: () => number } {
  let before = 0;
  return {
    reset() {
      try {
        writeFileSync("/proc/self/clear_refs", "5");
      } catch {
        // Other systems than Linux.
      }
      before = process.memoryUsage.rss();
    },
    bytes() {
      try {
        const high = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync("/proc/self/status", "utf8"))?.[1];
        return Math.max(0, Number(high ?? 0) * 1024 - before);
      } catch {
        return 0;
      }
    },
  };
}

let later: unknown;
process.on("unhandledRejection", (error) => {
  later = error;
});
const memory = peak();

process.on("message", (raw) => {
  const { reader, file } = z.object({ reader: z.string(), file: z.string() }).parse(raw);
  later = undefined;
  memory.reset();
  const started = process.cpuUsage();
  const tell = (kind: FuzzOutcome["kind"], error?: unknown): void => {
    const { user, system } = process.cpuUsage(started);
    const said = error instanceof Error ? (error.stack ?? error.message) : "";
    const outcome: FuzzOutcome = { kind, said, ms: (user + system) / 1000, bytes: memory.bytes() };
    process.send?.(outcome);
  };
  Promise.resolve()
    .then(() => READERS[reader]?.read(file))
    .then(
      // What a parser left behind shows a turn later.
      () => new Promise<void>((resolve) => setImmediate(resolve)),
    )
    .then(
      () => {
        tell(later === undefined ? "read" : "bug", later);
      },
      (error: unknown) => {
        tell(error instanceof AppError ? "refused" : "bug", error);
      },
    );
});
process.send?.("ready");
