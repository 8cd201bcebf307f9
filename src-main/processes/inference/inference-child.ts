/** The host's side of one process that serves a model: starts it, sends requests, hands out what comes back. */
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { AppError } from "#shared/errors.ts";
import type { RuntimeChoice } from "#shared/schema/engine-protocol.ts";
import type {
  InferenceEvent,
  InferenceOptions,
  InferencePrompt,
} from "#shared/schema/inference.ts";
import { Child } from "../child.ts";
import { describeExit } from "../child-exit.ts";
import type { ChildExit } from "../child-exit.ts";
import { errorOf } from "../failure.ts";
import { InferenceMessage } from "./inference-protocol.ts";
import type { InferenceRequest } from "./inference-protocol.ts";

export const INFERENCE_ENTRY = fileURLToPath(new URL("./inference-process.ts", import.meta.url));

const MOST_LOG_BYTES = 4 * 2 ** 20;

export type InferenceStart = {
  readonly model: string;
  readonly runtime: RuntimeChoice;
  /** Takes what the process prints. */
  readonly logFile: string;
  /** See `ChildStart.notes`. */
  readonly notes: string;
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
  readonly #child: Child<InferenceRequest, InferenceMessage>;
  readonly #start: InferenceStart;
  readonly #listeners = new Map<number, Listener>();
  readonly #settleLoaded: PromiseWithResolvers<LoadedFacts>;
  #unloadable: AppError | undefined;
  #stopped = false;
  #next = 1;

  /** @param gone called once, when the process has ended for whatever reason */
  constructor(start: InferenceStart, gone: () => void) {
    this.#start = start;
    this.#settleLoaded = Promise.withResolvers();
    this.loaded = this.#settleLoaded.promise;
    // Whoever asks awaits it; a preload that nobody awaits must not end the host.
    this.loaded.catch(() => undefined);
    const { model, runtime, logFile, notes } = start;
    this.#child = new Child(
      {
        entry: INFERENCE_ENTRY,
        messages: InferenceMessage,
        // All models write into one file.
        prints: { file: logFile, mostBytes: MOST_LOG_BYTES },
        notes,
      },
      {
        message: (message) => {
          this.#hear(message);
        },
        unreadable: (error, raw) => {
          this.#misheard(error, raw);
        },
        exit: (exit) => {
          this.#endAll(this.#unloadable ?? this.#crash(exit));
          gone();
        },
      },
    );
    this.#child.send({ type: "load", model, runtime });
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
    this.#child.kill();
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
    this.#child.send({ type: "complete", id, prompt, options });
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
      if (this.#listeners.delete(id)) this.#child.send({ type: "cancel", id });
    }
  }

  #crash(exit: ChildExit): AppError {
    if (exit.startError !== null) {
      const { message } = exit.startError;
      return new AppError("ENGINE_CRASHED", `The model's process did not start: ${message}`);
    }
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
  #misheard({ message }: z.ZodError, raw: unknown): void {
    const error = new Error(`a model's process was not understood: ${message}`);
    const named = z.looseObject({ id: z.int() }).safeParse(raw);
    if (!named.success) {
      this.#endAll(error);
      return;
    }
    const { id } = named.data;
    this.#end(id, error);
    this.#child.send({ type: "cancel", id });
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
