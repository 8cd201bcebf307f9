/**
 * The models that are held in memory, a process each: started when first asked, kept while they are used, ended
 * when nobody asked for a while or another model needs their memory. A crash costs the requests of that model.
 */
import { totalmem } from "node:os";
import { join } from "node:path";
import { AppError } from "#shared/errors.ts";
import type { RuntimeChoice } from "#shared/schema/engine-protocol.ts";
import type {
  InferenceEvent,
  InferenceOptions,
  InferencePrompt,
  LoadedModel,
} from "#shared/schema/inference.ts";
import { InferenceChild, INFERENCE_ENTRY } from "./inference-child.ts";
import { endNoted } from "../orphans.ts";
import type { LoadedFacts } from "./inference-child.ts";
import { modelFacts } from "#main/core/formats/inspect-model.ts";

const IDLE_MS = 10 * 60_000;
/** What a process holds besides weights: TensorFlow, functions, caches. */
const BASE_BYTES = 600 * 2 ** 20;
const GIB = 2 ** 30;

export type InferencePoolOptions = {
  /** For the processes' log. */
  readonly logFolder: string;
  /** Of all processes together; half the machine's by default. */
  readonly memoryBytes?: number;
  /** A model that nobody asked for this long is unloaded. */
  readonly idleMs?: number;
  /** Something about the models held has changed. */
  readonly changed?: () => void;
};

type Held = {
  readonly child: InferenceChild;
  readonly folder: string;
  readonly runtime: RuntimeChoice;
  facts: LoadedFacts | null;
  usedAtMs: number;
  idle: NodeJS.Timeout | undefined;
};

export class InferencePool {
  readonly #options: InferencePoolOptions;
  readonly #held = new Map<string, Held>();
  /** Where the processes are noted for the next host. */
  readonly #noted: string;
  #closed = false;

  constructor(options: InferencePoolOptions) {
    this.#options = options;
    this.#noted = join(options.logFolder, "models-at-work");
    endNoted(this.#noted, INFERENCE_ENTRY);
  }

  /** Completions of a model's folder. @throws AppError for what the model or the request cannot do, or a crash. */
  async *complete(
    folder: string,
    runtime: RuntimeChoice,
    prompt: InferencePrompt,
    options: InferenceOptions,
    signal: AbortSignal,
  ): AsyncGenerator<InferenceEvent> {
    signal.throwIfAborted();
    const held = this.#hold(folder, runtime);
    clearTimeout(held.idle);
    this.#changed();
    try {
      await abortable(held.child.loaded, signal);
      yield* held.child.complete(prompt, options, signal);
    } finally {
      held.usedAtMs = performance.now();
      this.#waitIdle(held);
      this.#changed();
    }
  }

  /** Loads a model before it is asked. */
  async load(folder: string, runtime: RuntimeChoice): Promise<LoadedFacts> {
    return this.#hold(folder, runtime).child.loaded;
  }

  /** Whether it would answer at once. */
  isLoaded(folder: string, runtime: RuntimeChoice): boolean {
    return (this.#held.get(keyOf(folder, runtime))?.facts ?? null) !== null;
  }

  models(): LoadedModel[] {
    return [...this.#held.values()].map(({ child, folder, facts }) => ({
      path: folder,
      pid: child.pid ?? null,
      state: facts === null ? "loading" : child.requests > 0 ? "busy" : "idle",
      rssBytes: child.rssBytes,
      requests: child.requests,
      loadMs: child.loadMs,
      runtime: facts?.runtime ?? null,
    }));
  }

  /** Ends the processes of a model; what they are answering fails. */
  unload(folder: string): void {
    for (const held of this.#held.values()) if (held.folder === folder) this.#end(held);
  }

  close(): void {
    this.#closed = true;
    for (const held of this.#held.values()) this.#end(held);
  }

  #hold(folder: string, runtime: RuntimeChoice): Held {
    if (this.#closed) throw new AppError("CONFLICT", "The host is closing.");
    const key = keyOf(folder, runtime);
    const known = this.#held.get(key);
    if (known !== undefined) return known;
    this.#makeSpace(estimateBytes(folder));
    const logFile = join(this.#options.logFolder, "inference.log");
    const notes = this.#noted;
    const child = new InferenceChild({ model: folder, runtime, logFile, notes }, () => {
      const held = this.#held.get(key);
      if (held?.child !== child) return;
      clearTimeout(held.idle);
      this.#held.delete(key);
      this.#changed();
    });
    const held: Held = {
      child,
      folder,
      runtime,
      facts: null,
      usedAtMs: performance.now(),
      idle: undefined,
    };
    this.#held.set(key, held);
    child.loaded.then(
      (facts) => {
        held.facts = facts;
        this.#waitIdle(held);
        this.#changed();
      },
      () => undefined,
    );
    return held;
  }

  /** Ends idle processes, the one used longest ago first, until a new one fits. @throws AppError CONFLICT */
  #makeSpace(bytes: number): void {
    const limit = this.#options.memoryBytes ?? totalmem() / 2;
    const sizeOf = ({ child, folder }: Held): number => child.rssBytes || estimateBytes(folder);
    let used = [...this.#held.values()].reduce((sum, held) => sum + sizeOf(held), 0);
    const idle = [...this.#held.values()]
      .filter(({ child, facts }) => facts !== null && child.requests === 0)
      .sort((a, b) => a.usedAtMs - b.usedAtMs);
    for (const held of idle) {
      if (used + bytes <= limit) return;
      used -= sizeOf(held);
      this.#end(held);
    }
    if (used + bytes <= limit) return;
    const atWork = used > 0 ? `, ${gib(used)} of which models at work hold` : "";
    throw new AppError(
      "CONFLICT",
      `The model needs about ${gib(bytes)}, and models may hold ${gib(limit)} of this machine's memory${atWork}.`,
      used > 0 ? "Wait until they are done, or unload one." : "Choose a smaller model.",
    );
  }

  #waitIdle(held: Held): void {
    clearTimeout(held.idle);
    if (held.facts === null || held.child.requests > 0 || this.#closed) return;
    held.idle = setTimeout(() => {
      if (held.child.requests === 0) this.#end(held);
    }, this.#options.idleMs ?? IDLE_MS);
    held.idle.unref();
  }

  #end(held: Held): void {
    clearTimeout(held.idle);
    this.#held.delete(keyOf(held.folder, held.runtime));
    held.child.kill();
    this.#changed();
  }

  #changed(): void {
    this.#options.changed?.();
  }
}

function keyOf(folder: string, runtime: RuntimeChoice): string {
  return JSON.stringify([folder, runtime]);
}

/** Float32 weights and what comes with them. Throws what is wrong with the folder. */
function estimateBytes(folder: string): number {
  return modelFacts(folder).parameters * 4 + BASE_BYTES;
}

function gib(bytes: number): string {
  return `${(bytes / GIB).toFixed(1)} GiB`;
}

async function abortable<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const abort = (): void => {
    reject(signal.reason);
  };
  signal.addEventListener("abort", abort);
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener("abort", abort);
  }
}
