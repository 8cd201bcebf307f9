/** A reading process that does what hostile files make parsers do. */
import { z } from "zod";
import { AppError } from "#shared/errors.ts";
import { serveReading } from "#main/processes/reading/serve-reading.ts";

function burn(forMs: number): void {
  const started = performance.now();
  while (performance.now() - started < forMs);
}

const ACTS: Readonly<Record<string, (give: (item: unknown) => Promise<void>) => unknown>> = {
  spin: () => burn(Infinity),
  "eat buffers": async () => {
    const held: Buffer[] = [];
    for (;;) {
      held.push(Buffer.alloc(10e6, 1));
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  },
  "eat the heap": () => {
    const held: string[][] = [];
    for (;;) held.push(Array.from({ length: 1000 }, (_, i) => `${i} of ${held.length}`));
  },
  die: async () => {
    process.kill(process.pid, "SIGSEGV");
    await new Promise(() => undefined);
  },
  exit: () => process.exit(3),
  reject: async () => {
    void Promise.reject(new AppError("BAD_INPUT", "left behind"));
    await new Promise(() => undefined);
  },
  bug: () => JSON.parse("null").missing,
  count: async (give) => {
    for (let i = 0; i < 5; i++) {
      burn(200);
      await give(i);
    }
  },
  "for ever": async (give) => {
    await give(process.pid);
    await new Promise((resolve) => setTimeout(resolve, 60_000));
  },
};

serveReading(
  async (request, give) => {
    await ACTS[z.string().parse(request)]?.(give);
  },
  () => undefined,
);
