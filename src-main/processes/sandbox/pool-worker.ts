/** What the pool needs of a worker: one kind of program, one at a time. */
import type { SandboxOutcome } from "#main/core/sandbox-port.ts";
import type { WorkerRequest } from "./sandbox-protocol.ts";

export interface PoolWorker {
  /** Programs of this kind alone are given to it. */
  readonly kind: string;
  /** It can take no further program. */
  readonly over: boolean;
  readonly busy: boolean;
  /** Resolves however the program ends; rejects where the worker cannot be started. */
  run(request: WorkerRequest): Promise<SandboxOutcome>;
  end(): void;
}
