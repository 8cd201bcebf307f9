/**
 * Foreign files are read in a process of their own: a file that spins, eats memory or breaks a parser ends that
 * process and nothing else. The child counts its own computing and memory (reading-watch-thread.ts), since a busy
 * machine must not refuse an honest file; the host waits only so long.
 */
import { fork } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { AppError } from "#shared/errors.ts";
import type { EngineExit } from "../engine-child.ts";
import { LIMIT_PIPE, ReadingMessage } from "./reading-limits.ts";
import type { ReadingLimits } from "./reading-limits.ts";
import { describeExit } from "../engine/supervisor.ts";

/** A process that waits (for a disk that does not answer) uses no time of the processor. */
const WAIT_FACTOR = 20;

export interface Reading {
  /** A module that calls serveReading. */
  readonly entry: URL;
  readonly request: unknown;
  /** What is read, as people call it. */
  readonly subject: string;
  readonly limits: ReadingLimits;
  readonly signal?: AbortSignal | undefined;
}

/**
 * What the child gives, item by item; the next is asked for when the one before is done with.
 * @throws AppError what the child was refused with, or BAD_INPUT where it met a limit or crashed; the signal's reason
 */
export async function* readForeign(reading: Reading): AsyncGenerator {
  reading.signal?.throwIfAborted();
  const child = fork(fileURLToPath(reading.entry), [], {
    env: { ...process.env, ELECTRON_RUN_AS_NODE: "1" },
    execArgv: [
      "--disable-warning=ExperimentalWarning",
      `--max-old-space-size=${Math.ceil(reading.limits.memoryBytes / 2 ** 20)}`,
    ],
    serialization: "advanced",
    stdio: ["ignore", "ignore", "ignore", "ipc", "pipe"],
  });
  const stop = (): void => {
    child.kill("SIGKILL");
  };
  reading.signal?.addEventListener("abort", stop);
  try {
    const inbox = new Inbox(child, reading);
    child.send({ request: reading.request, limits: reading.limits }, () => undefined);
    for (;;) {
      const message = await inbox.next();
      if (message.type === "end") return;
      if (message.type === "failed") {
        throw new AppError(message.code, message.message, message.advice ?? undefined);
      }
      if (message.type === "bug") throw new Error(`reading ${reading.subject}: ${message.stack}`);
      yield message.item;
      if (child.connected) child.send("next", () => undefined);
    }
  } finally {
    reading.signal?.removeEventListener("abort", stop);
    stop();
  }
}

/** The child's messages in order, and in their place how it ended where it ended without a last word. */
class Inbox {
  readonly #messages: ReadingMessage[] = [];
  #ended: (() => unknown) | undefined;
  #wake: (() => void) | undefined;
  readonly #reading: Reading;
  readonly #child: ChildProcess;

  constructor(child: ChildProcess, reading: Reading) {
    this.#child = child;
    this.#reading = reading;
    let limit = "";
    const pipe = child.stdio[LIMIT_PIPE] as Readable | null | undefined;
    pipe?.on("data", (part: Buffer) => {
      limit += part.toString();
    });
    pipe?.on("error", () => undefined);
    child.on("message", (raw) => {
      this.#messages.push(ReadingMessage.parse(raw));
      this.#wake?.();
    });
    child.on("error", (error) => {
      this.#end(() => error);
    });
    let closed: EngineExit | undefined;
    const settle = (): void => {
      const exit = closed;
      if (exit === undefined || child.connected) return;
      this.#end(() =>
        reading.signal?.aborted === true ? reading.signal.reason : refusal(reading, limit, exit),
      );
    };
    child.on("close", (code, signal) => {
      closed = { code, signal };
      settle();
    });
    child.on("disconnect", settle);
  }

  async next(): Promise<ReadingMessage> {
    const { limits } = this.#reading;
    let waited = false;
    const timer = setTimeout(() => {
      waited = true;
      this.#child.kill("SIGKILL");
    }, limits.cpuMs * WAIT_FACTOR);
    try {
      for (;;) {
        const message = this.#messages.shift();
        if (message !== undefined) return message;
        if (this.#ended !== undefined) {
          throw waited ? refusal(this.#reading, "wait", undefined) : this.#ended();
        }
        const { promise, resolve } = Promise.withResolvers<void>();
        this.#wake = resolve;
        await promise;
      }
    } finally {
      clearTimeout(timer);
    }
  }

  #end(why: () => unknown): void {
    this.#ended ??= why;
    this.#wake?.();
  }
}

function refusal(
  { subject, limits }: Reading,
  limit: string,
  exit: EngineExit | undefined,
): AppError {
  // V8 ends a process whose heap is full by SIGABRT.
  const starved = limit === "memory" || exit?.signal === "SIGABRT" || exit?.code === 134;
  const what = starved
    ? `reading it takes more than ${Math.round(limits.memoryBytes / 1e6)} MB of memory`
    : limit === "time"
      ? `reading it takes more than ${(limits.cpuMs / 1000).toFixed(1)} seconds, which no whole file of its size does`
      : limit === "wait"
        ? "its disk does not answer"
        : `the process that read it ${exit === undefined ? "ended" : describeExit(exit)}`;
  return new AppError(
    "BAD_INPUT",
    `${subject} cannot be read: ${what}.`,
    "Check that the file is whole, write it again, or give it in another format.",
  );
}
