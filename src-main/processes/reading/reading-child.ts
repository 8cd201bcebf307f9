/**
 * Foreign files are read in a process of their own: a file that spins, eats memory or breaks a parser ends that
 * process and nothing else. The child counts its own computing and memory (reading-watch-thread.ts), since a busy
 * machine must not refuse an honest file; the host waits only so long.
 */
import { fileURLToPath } from "node:url";
import { AppError } from "#shared/errors.ts";
import { Child } from "../child.ts";
import { describeExit } from "../child-exit.ts";
import type { ChildExit } from "../child-exit.ts";
import { errorOf } from "../failure.ts";
import { ReadingMessage } from "./reading-limits.ts";
import type { ReadingLimits, ReadingRequest } from "./reading-limits.ts";

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
  const { request, subject, limits, signal } = reading;
  signal?.throwIfAborted();
  const inbox = new Inbox(reading);
  try {
    inbox.child.send({ request, limits });
    for (;;) {
      const message = await inbox.next();
      if (message.type === "end") return;
      if (message.type === "failed") throw errorOf(message);
      if (message.type === "bug") throw new Error(`reading ${subject}: ${message.stack}`);
      yield message.item;
      inbox.child.send("next");
    }
  } finally {
    inbox.child.kill();
  }
}

/** The child's messages in order, and in their place how it ended where it ended without a last word. */
class Inbox {
  readonly child: Child<ReadingRequest, ReadingMessage>;
  readonly #messages: ReadingMessage[] = [];
  readonly #limits: ReadingLimits;
  #ended: (() => unknown) | undefined;
  #wake: (() => void) | undefined;

  constructor(reading: Reading) {
    const { entry, limits, signal } = reading;
    this.#limits = limits;
    this.child = new Child(
      {
        entry: fileURLToPath(entry),
        messages: ReadingMessage,
        prints: "nowhere",
        lastWordPipe: true,
        heapBytes: limits.memoryBytes,
        signal,
      },
      {
        message: (message) => {
          this.#messages.push(message);
          this.#wake?.();
        },
        unreadable: (error) => {
          this.#end(() => error);
        },
        exit: (exit) => {
          this.#end(() =>
            signal?.aborted === true ? signal.reason : (exit.startError ?? refusal(reading, exit)),
          );
        },
      },
    );
  }

  async next(): Promise<ReadingMessage> {
    this.child.endWithin(this.#limits.cpuMs * WAIT_FACTOR);
    try {
      for (;;) {
        const message = this.#messages.shift();
        if (message !== undefined) return message;
        if (this.#ended !== undefined) throw this.#ended();
        const { promise, resolve } = Promise.withResolvers<void>();
        this.#wake = resolve;
        await promise;
      }
    } finally {
      this.child.endWithin(null);
    }
  }

  #end(why: () => unknown): void {
    this.#ended ??= why;
    this.#wake?.();
  }
}

function refusal({ subject, limits }: Reading, exit: ChildExit): AppError {
  // V8 ends a process whose heap is full by SIGABRT.
  const starved = exit.said === "memory" || exit.signal === "SIGABRT" || exit.code === 134;
  const what = exit.late
    ? "the process that reads it has not answered in time: its disk does not answer, or this machine is busy"
    : starved
      ? `reading it takes more than ${Math.round(limits.memoryBytes / 1e6)} MB of memory`
      : exit.said === "time"
        ? `reading it takes more than ${(limits.cpuMs / 1000).toFixed(1)} seconds, which no whole file of its size does`
        : `the process that read it ${describeExit(exit)}`;
  return new AppError(
    "BAD_INPUT",
    `${subject} cannot be read: ${what}.`,
    exit.late
      ? "Try again; where it stays so, copy the file to another disk."
      : "Check that the file is whole, write it again, or give it in another format.",
  );
}
