/** The host's side of one process that serves a model: starts it, sends requests, hands out what comes back. */
import { fork } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { closeSync, mkdirSync, openSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { AppError } from "#shared/errors.ts";
import type { RuntimeChoice } from "#shared/schema/engine-protocol.ts";
import type {
  InferenceEvent,
  InferenceOptions,
  InferencePrompt,
} from "#shared/schema/inference.ts";
import { errorCodeOf } from "../engine/engine-command.ts";
import { InferenceMessage } from "./inference-protocol.ts";
import type { InferenceRequest } from "./inference-protocol.ts";
import { describeExit } from "../engine/supervisor.ts";

export const INFERENCE_ENTRY = fileURLToPath(new URL("./inference-process.ts", import.meta.url));

const MOST_LOG_BYTES = 4 * 2 ** 20;

export type InferenceStart = {
  readonly model: string;
  readonly runtime: RuntimeChoice;
  /** Takes what the process prints. */
  readonly logFile: string;
};

export type LoadedFacts = {
  readonly runtime: string;
  readonly warnings: readonly string[];
  readonly contextTokens: number;
};

type Listener = {
  event(event: InferenceEvent): void;
  end(error: Error | undefined): void;
};

export class InferenceChild {
  /** Resolves once the model can answer; rejects with the reason why it cannot. */
  readonly loaded: Promise<LoadedFacts>;
  readonly startedAtMs = performance.now();
  loadMs: number | null = null;
  rssBytes = 0;
  readonly #child: ChildProcess;
  readonly #start: InferenceStart;
  readonly #listeners = new Map<number, Listener>();
  readonly #settleLoaded: PromiseWithResolvers<LoadedFacts>;
  #unloadable: AppError | undefined;
  #stopped = false;
  #next = 1;

  /** @param gone called once, when the process has ended for whatever reason */
  constructor(start: InferenceStart, gone: () => void) {
    this.#start = start;
    mkdirSync(dirname(start.logFile), { recursive: true });
    // All models write into one file; it begins anew where it has become long.
    const long = (statSync(start.logFile, { throwIfNoEntry: false })?.size ?? 0) > MOST_LOG_BYTES;
    const log = openSync(start.logFile, long ? "w" : "a");
    try {
      this.#child = fork(INFERENCE_ENTRY, [], {
        env: { TF_CPP_MIN_LOG_LEVEL: "2", ...process.env, ELECTRON_RUN_AS_NODE: "1" },
        execArgv: ["--disable-warning=ExperimentalWarning"],
        serialization: "advanced",
        stdio: ["ignore", log, log, "ipc"],
      });
    } finally {
      closeSync(log);
    }
    this.#settleLoaded = Promise.withResolvers();
    this.loaded = this.#settleLoaded.promise;
    // Whoever asks awaits it; a preload that nobody awaits must not end the host.
    this.loaded.catch(() => undefined);
    this.#listen(gone);
    const { model, runtime } = start;
    this.#send({ type: "load", model, runtime });
  }

  /** Requests that are being answered. */
  get requests(): number {
    return this.#listeners.size;
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Ends the process; what it was answering fails. */
  kill(): void {
    this.#stopped = true;
    this.#child.kill("SIGKILL");
  }

  /** What the model writes, as it comes. Ends early, without an error of its own, by the signal's reason. */
  async *complete(
    prompt: InferencePrompt,
    options: InferenceOptions,
    signal: AbortSignal,
  ): AsyncGenerator<InferenceEvent> {
    signal.throwIfAborted();
    const id = this.#next++;
    let queue: InferenceEvent[] = [];
    let over = false;
    let failure: Error | undefined;
    let wake: (() => void) | undefined;
    this.#listeners.set(id, {
      event: (event) => {
        queue.push(event);
        wake?.();
      },
      end: (error) => {
        over = true;
        failure = error;
        wake?.();
      },
    });
    const abort = (): void => wake?.();
    signal.addEventListener("abort", abort);
    this.#send({ type: "complete", id, prompt, options });
    try {
      while (!signal.aborted) {
        const batch = queue;
        queue = [];
        yield* batch;
        if (queue.length > 0) continue;
        if (over) break;
        await new Promise<void>((resolve) => {
          wake = resolve;
          if (signal.aborted) resolve();
        });
      }
      signal.throwIfAborted();
      if (failure !== undefined) throw failure;
    } finally {
      signal.removeEventListener("abort", abort);
      if (this.#listeners.delete(id)) this.#send({ type: "cancel", id });
    }
  }

  #send(request: InferenceRequest): void {
    // A process that is just dying takes no message; its exit tells the rest.
    if (this.#child.connected) this.#child.send(request, () => undefined);
  }

  #listen(gone: () => void): void {
    const child = this.#child;
    let exit: { code: number | null; signal: NodeJS.Signals | null } | undefined;
    let drained = false;
    const settle = (): void => {
      if (exit === undefined || !drained) return;
      this.#endAll(this.#unloadable ?? this.#crash(exit));
      gone();
    };
    child.on("message", (raw) => {
      const message = InferenceMessage.safeParse(raw);
      if (message.success) this.#hear(message.data);
      else this.#misheard(raw, message.error);
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
      this.#endAll(
        new AppError("ENGINE_CRASHED", `The model's process did not start: ${error.message}`),
      );
      gone();
    });
  }

  #crash(exit: { code: number | null; signal: NodeJS.Signals | null }): AppError {
    if (this.#stopped) return new AppError("ENGINE_ERROR", "The model was unloaded.", "Ask again.");
    return new AppError(
      "ENGINE_CRASHED",
      `The process that held the model ${describeExit(exit)}.`,
      `The next request starts it again. What it printed stands in ${this.#start.logFile}.`,
    );
  }

  #hear(message: InferenceMessage): void {
    switch (message.type) {
      case "loaded": {
        const { runtime, warnings, contextTokens } = message;
        this.loadMs = performance.now() - this.startedAtMs;
        this.rssBytes = message.rssBytes;
        this.#settleLoaded.resolve({ runtime, warnings, contextTokens });
        return;
      }
      case "unloadable":
        this.#unloadable = errorOf(message);
        this.#settleLoaded.reject(this.#unloadable);
        return;
      case "failed":
        this.#end(message.id, errorOf(message));
        return;
      case "done":
        this.rssBytes = message.rssBytes;
        this.#end(message.id, undefined);
        return;
      default: {
        const { id, ...event } = message;
        this.#listeners.get(id)?.event(event);
      }
    }
  }

  /** Costs the request that it answers, or all where it names none. */
  #misheard(raw: unknown, { message }: z.ZodError): void {
    const error = new Error(`a model's process was not understood: ${message}`);
    const named = z.looseObject({ id: z.int() }).safeParse(raw);
    if (!named.success) {
      this.#endAll(error);
      return;
    }
    const { id } = named.data;
    this.#end(id, error);
    this.#send({ type: "cancel", id });
  }

  #end(id: number, error: Error | undefined): void {
    const listener = this.#listeners.get(id);
    this.#listeners.delete(id);
    listener?.end(error);
  }

  #endAll(error: Error): void {
    this.#settleLoaded.reject(error);
    for (const id of this.#listeners.keys()) this.#end(id, error);
  }
}

function errorOf(failed: { code: string; message: string; advice: string | null }): AppError {
  return new AppError(errorCodeOf(failed.code), failed.message, failed.advice ?? undefined);
}
