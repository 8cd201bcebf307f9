/**
 * The worker's side: opens its interpreter, runs one program at a time, and has a thread watch over it, which also ends
 * a worker whose host is gone while a program spins.
 */
import { once } from "node:events";
import { Worker } from "node:worker_threads";
import type { Interpreter } from "#main/sandbox/interpreter.ts";
import { HostChannel } from "../host-channel.ts";
import { WorkerRequest } from "./sandbox-protocol.ts";
import type { WorkerMessage } from "./sandbox-protocol.ts";

/** When the running program is to be ended, and how much memory the process may have; zeros while none runs. */
export type Bounds = Float64Array<SharedArrayBuffer>;

/** Serves this process's channel until the host ends it. */
export async function serveSandbox(open: () => Promise<Interpreter>): Promise<void> {
  const bounds: Bounds = new Float64Array(new SharedArrayBuffer(16));
  const channel = new HostChannel<WorkerRequest, WorkerMessage>({
    requests: WorkerRequest,
    request: async (program) => {
      bounds[1] = program.limits.memoryBytes;
      bounds[0] = Date.now() + program.limits.timeMs;
      const outcome = await interpreter.run(program);
      bounds[0] = 0;
      channel.send({ type: "outcome", outcome, spent: interpreter.spent });
    },
    lastWord: (error) => ({
      type: "bug",
      stack: error instanceof Error ? (error.stack ?? error.message) : String(error),
    }),
  });
  const watch = new Worker(new URL("./sandbox-watch-thread.ts", import.meta.url), {
    workerData: bounds,
    execArgv: ["--disable-warning=ExperimentalWarning"],
  });
  const watched = once(watch, "online");
  watch.unref();
  const interpreter = await open();
  await watched;
  channel.send({ type: "ready" });
}
