/** The sandbox: worker processes by language, or by a Python of the user's own, started when they are first needed and again when one has ended. */
import { availableParallelism } from "node:os";
import { DEFAULT_SANDBOX_LIMITS } from "#main/core/sandbox-port.ts";
import type { Sandbox, SandboxOutcome, SandboxProgram } from "#main/core/sandbox-port.ts";
import { OwnPython, ownPythonKind } from "./own-python.ts";
import type { PoolWorker } from "./pool-worker.ts";
import type { WorkerRequest } from "./sandbox-protocol.ts";
import { SandboxWorker } from "./sandbox-worker.ts";

export interface SandboxPoolOptions {
  /** Processes for each kind. */
  readonly workers?: number;
}

interface Job {
  readonly program: Pick<SandboxProgram, "language" | "python">;
  readonly request: WorkerRequest;
  readonly signal: AbortSignal | undefined;
  readonly resolve: (outcome: SandboxOutcome) => void;
  readonly reject: (error: unknown) => void;
}

export class SandboxPool implements Sandbox {
  readonly #most: number;
  readonly #workers = new Set<PoolWorker>();
  readonly #jobs: Job[] = [];
  #closed = false;

  constructor({ workers = Math.min(2, availableParallelism()) }: SandboxPoolOptions = {}) {
    this.#most = workers;
  }

  async run(
    program: SandboxProgram,
    { signal }: { readonly signal?: AbortSignal } = {},
  ): Promise<SandboxOutcome> {
    signal?.throwIfAborted();
    if (this.#closed) throw new Error("the sandbox is closed");
    const { harness, files, input } = program;
    const limits = { ...DEFAULT_SANDBOX_LIMITS, ...program.limits };
    const { promise, resolve, reject } = Promise.withResolvers<SandboxOutcome>();
    const request = { harness, files, input: JSON.stringify(input), limits };
    this.#jobs.push({ program, request, signal, resolve, reject });
    this.#assign();
    return promise;
  }

  /** Ends the workers; what still runs or waits is refused. */
  close(): void {
    this.#closed = true;
    for (const worker of this.#workers) worker.end();
    for (const { reject } of this.#jobs.splice(0)) reject(new Error("the sandbox was closed"));
  }

  /** Gives the jobs that wait to workers that are free. */
  #assign(): void {
    for (const worker of this.#workers) if (worker.over) this.#workers.delete(worker);
    for (const job of [...this.#jobs]) {
      const worker = this.#free(job.program);
      if (worker === undefined) continue;
      this.#jobs.splice(this.#jobs.indexOf(job), 1);
      if (job.signal?.aborted === true) job.reject(job.signal.reason);
      else void this.#give(worker, job);
    }
  }

  #free({ language, python }: Job["program"]): PoolWorker | undefined {
    const kind = python === undefined ? language : ownPythonKind(python);
    const ours = [...this.#workers].filter((worker) => worker.kind === kind);
    const free = ours.find((worker) => !worker.busy);
    if (free !== undefined || ours.length >= this.#most || this.#closed) return free;
    const changed = (): void => {
      this.#assign();
    };
    const worker =
      python === undefined ? new SandboxWorker(language, changed) : new OwnPython(python, changed);
    this.#workers.add(worker);
    return worker;
  }

  async #give(worker: PoolWorker, { request, signal, resolve, reject }: Job): Promise<void> {
    const stop = (): void => {
      reject(signal?.reason);
      worker.end();
    };
    signal?.addEventListener("abort", stop);
    try {
      resolve(await worker.run(request));
    } catch (error) {
      reject(error);
    } finally {
      signal?.removeEventListener("abort", stop);
    }
  }
}
