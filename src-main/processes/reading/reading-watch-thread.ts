/** The thread that ends a reading process which computes too long without giving anything, or takes too much memory. */
import { workerData } from "node:worker_threads";
import { endSaying } from "../host-channel.ts";
import type { ReadingWatch } from "./reading-limits.ts";

const LOOK_EVERY_MS = 10;

// Parsed before it was handed over; a thread that loads zod again takes longer to start than a small file to read.
const { progress, limits }: ReadingWatch = workerData;

function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

function end(limit: "time" | "memory"): never {
  endSaying(limit);
  throw new Error("ended");
}

let seen = Atomics.load(progress, 0);
let startedCpuMs = cpuMs();
const pause = new Int32Array(new SharedArrayBuffer(4));
for (;;) {
  Atomics.wait(pause, 0, 0, LOOK_EVERY_MS);
  const now = Atomics.load(progress, 0);
  if (now !== seen) {
    seen = now;
    startedCpuMs = cpuMs();
  }
  if (process.memoryUsage.rss() > limits.memoryBytes) end("memory");
  if (cpuMs() - startedCpuMs > limits.cpuMs) end("time");
}
