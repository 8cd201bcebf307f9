/** The host's side of one engine process: starts it, reads its messages, and tells when it is gone. */
import { fork } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { closeSync, mkdirSync, openSync } from "node:fs";
import { dirname } from "node:path";
import { EngineMessage } from "#shared/schema/engine-protocol.ts";
import type { EngineRequest } from "#shared/schema/engine-protocol.ts";

export interface EngineExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface EngineListener {
  message(message: EngineMessage): void;
  /** A message that the protocol does not know: a bug of ours, not of the user's. */
  unreadable(reason: string): void;
  /** After the last message was delivered. */
  exit(exit: EngineExit): void;
}

export interface EngineStart {
  /** The module that serves the stage; see engine-process.ts. */
  readonly entry: string;
  readonly request: Extract<EngineRequest, { type: "start" }>;
  /** Takes what the process prints. */
  readonly logFile: string;
}

export class EngineChild {
  readonly #child: ChildProcess;

  constructor(start: EngineStart, listener: EngineListener) {
    mkdirSync(dirname(start.logFile), { recursive: true });
    const log = openSync(start.logFile, "a");
    try {
      this.#child = fork(start.entry, [], {
        // Electron's own executable behaves as Node with this variable.
        env: { TF_CPP_MIN_LOG_LEVEL: "2", ...process.env, ELECTRON_RUN_AS_NODE: "1" },
        execArgv: ["--disable-warning=ExperimentalWarning"],
        serialization: "advanced",
        stdio: ["ignore", log, log, "ipc"],
      });
    } finally {
      closeSync(log);
    }
    listen(this.#child, listener);
    this.send(start.request);
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  send(request: EngineRequest): void {
    // A child that is just dying takes no message; its exit tells the rest.
    if (this.#child.connected) this.#child.send(request, () => undefined);
  }

  kill(): void {
    this.#child.kill("SIGKILL");
  }
}

function listen(child: ChildProcess, listener: EngineListener): void {
  let exit: EngineExit | undefined;
  let drained = false;
  let told = false;
  const settle = (): void => {
    if (exit === undefined || !drained || told) return;
    told = true;
    listener.exit(exit);
  };
  child.on("message", (raw) => {
    if (isGoodbye(raw)) return;
    const message = EngineMessage.safeParse(raw);
    if (message.success) listener.message(message.data);
    else listener.unreadable(message.error.message);
  });
  child.on("exit", (code, signal) => {
    exit = { code, signal };
    settle();
  });
  // The channel closes after its last message was read, which may be after the exit.
  child.on("disconnect", () => {
    drained = true;
    settle();
  });
  child.on("error", (error) => {
    if (child.pid !== undefined) return;
    exit = { code: null, signal: null };
    drained = true;
    listener.unreadable(`the engine process could not be started: ${error.message}`);
    settle();
  });
}

function isGoodbye(raw: unknown): boolean {
  return typeof raw === "object" && raw !== null && "type" in raw && raw.type === "goodbye";
}
