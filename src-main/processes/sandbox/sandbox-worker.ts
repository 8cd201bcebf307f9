/** One worker process of the sandbox, as the pool sees it: one language, one program at a time. */
import { fileURLToPath } from "node:url";
import { AppError } from "#shared/errors.ts";
import type { SandboxLanguage, SandboxOutcome } from "#main/core/sandbox-port.ts";
import { Child } from "../child.ts";
import { describeExit } from "../child-exit.ts";
import type { ChildExit } from "../child-exit.ts";
import { limited, returned } from "./read-outcome.ts";
import type { PoolWorker } from "./pool-worker.ts";
import { GRACE_MS, WatchWord, WorkerMessage } from "./sandbox-protocol.ts";
import type { WorkerRequest } from "./sandbox-protocol.ts";

const ENTRIES: Readonly<Record<SandboxLanguage, URL>> = {
  javascript: new URL("./javascript-process.ts", import.meta.url),
  python: new URL("./python-process.ts", import.meta.url),
};
/** Of the application; a workspace, a home folder and the rest of the machine are not among them. */
const READABLE = ["src-main", "src-shared", "node_modules", "package.json"].map((name) =>
  fileURLToPath(new URL(`../../../${name}`, import.meta.url)),
);
/** Python takes two and a half seconds of computing, on a machine that may have much else to do. */
const START_MS = 300_000;
/** The worker ends itself first: it knows when the program began. */
const HOST_GRACE_MS = GRACE_MS + 300;
const HEAP_BYTES = 256 * 2 ** 20;

interface Waiting {
  readonly request: WorkerRequest;
  readonly resolve: (outcome: SandboxOutcome) => void;
  readonly reject: (error: unknown) => void;
}

export class SandboxWorker implements PoolWorker {
  readonly kind: SandboxLanguage;
  readonly #child: Child<WorkerRequest, WorkerMessage>;
  #ready = false;
  #over = false;
  #waiting: Waiting | undefined;

  constructor(language: SandboxLanguage, changed: () => void) {
    this.kind = language;
    this.#child = new Child(
      {
        entry: fileURLToPath(ENTRIES[language]),
        messages: WorkerMessage,
        prints: "nowhere",
        lastWordPipe: true,
        heapBytes: HEAP_BYTES,
        confined: { readable: READABLE },
      },
      {
        message: (message) => {
          this.#take(message);
          changed();
        },
        unreadable: (error) => {
          this.#fail(error);
        },
        exit: (exit) => {
          this.#ended(exit);
          changed();
        },
      },
    );
    this.#child.endWithin(START_MS);
  }

  get over(): boolean {
    return this.#over;
  }

  get busy(): boolean {
    return this.#waiting !== undefined;
  }

  /** A worker that still starts takes the program when it has. Rejects where the worker cannot be started. */
  async run(request: WorkerRequest): Promise<SandboxOutcome> {
    const { promise, resolve, reject } = Promise.withResolvers<SandboxOutcome>();
    this.#waiting = { request, resolve, reject };
    if (this.#ready) this.#start(request);
    return promise;
  }

  end(): void {
    this.#over = true;
    this.#child.kill();
  }

  #start(request: WorkerRequest): void {
    this.#child.endWithin(request.limits.timeMs + HOST_GRACE_MS);
    this.#child.send(request);
  }

  #take(message: WorkerMessage): void {
    if (message.type === "bug") {
      this.#fail(new Error(`sandbox: ${message.stack}`));
      return;
    }
    this.#child.endWithin(null);
    if (message.type === "ready") {
      this.#ready = true;
      if (this.#waiting !== undefined) this.#start(this.#waiting.request);
      return;
    }
    if (message.spent) this.end();
    const waiting = this.#waiting;
    this.#waiting = undefined;
    const { outcome } = message;
    switch (outcome.ended) {
      case "limit":
        waiting?.resolve(limited(outcome.limit, waiting.request, outcome.printed));
        break;
      case "returned":
        waiting?.resolve(returned(outcome));
        break;
      default:
        waiting?.resolve(outcome);
    }
  }

  #fail(error: Error): void {
    this.#waiting?.reject(error);
    this.#waiting = undefined;
    this.end();
  }

  #ended(exit: ChildExit): void {
    this.#over = true;
    const waiting = this.#waiting;
    this.#waiting = undefined;
    if (waiting === undefined) return;
    if (!this.#ready) {
      waiting.reject(notStarted(this.kind, exit));
      return;
    }
    const word = WatchWord.safeParse(exit.said);
    // V8 ends a process whose heap is full by SIGABRT.
    const starved = exit.signal === "SIGABRT" || exit.code === 134;
    const limit = exit.late ? "time" : word.success ? word.data : starved ? "memory" : undefined;
    if (limit !== undefined) waiting.resolve(limited(limit, waiting.request, ""));
    else
      waiting.resolve({
        ended: "died",
        message: `the process that ran it ${describeExit(exit)}`,
        printed: "",
      });
  }
}

function notStarted(language: SandboxLanguage, exit: ChildExit): AppError {
  const why = exit.startError?.message ?? (exit.late ? "took too long" : describeExit(exit));
  return new AppError(
    "ENGINE_CRASHED",
    `The sandbox for ${language} could not be started: its process ${why}.`,
    "Install the application's packages anew.",
  );
}
