/** The thread that ends a worker whose program does not end by itself, or takes memory outside its interpreter. */
import { workerData } from "node:worker_threads";
import { z } from "zod";
import { endSaying } from "../host-channel.ts";
import { GRACE_MS, PROCESS_BYTES } from "./sandbox-protocol.ts";
import type { WatchWord } from "./sandbox-protocol.ts";

const LOOK_EVERY_MS = 20;

const bounds = z.instanceof(Float64Array).parse(workerData);
const pause = new Int32Array(new SharedArrayBuffer(4));

function end(word: WatchWord): never {
  endSaying(word);
  throw new Error("ended");
}

for (;;) {
  Atomics.wait(pause, 0, 0, LOOK_EVERY_MS);
  const [endMs = 0, memoryBytes = 0] = bounds;
  if (endMs === 0) continue;
  if (Date.now() > endMs + GRACE_MS) end("time");
  if (process.memoryUsage.rss() > memoryBytes + PROCESS_BYTES) end("memory");
}
