/**
 * A child's own end of its channel to the host (child.ts): reads requests, sends messages, and ends the process: at once
 * where the host is gone, and otherwise once everything that was sent is on its way.
 */
import { writeSync } from "node:fs";
import { flushCompileCache } from "node:module";
import type { z } from "zod";

/** Of a child that is started with `lastWordPipe`. */
export const LAST_WORD_PIPE = 4;

export interface HostChannelOptions<Request, Message> {
  readonly requests: z.ZodType<Request>;
  /** What it throws, or what its promise rejects with, is a bug. */
  request(request: Request): void | Promise<void>;
  /** What the process says before it ends by a bug; undefined where it has already said how it ended. */
  lastWord(error: unknown): Message | undefined;
  /** A request that the protocol does not know; where it isn't given, it is a bug. */
  misunderstood?(error: z.ZodError, raw: unknown): void;
}

export class HostChannel<Request, Message extends object> {
  #unsent = 0;
  #ending = false;
  #asked = false;

  constructor(options: HostChannelOptions<Request, Message>) {
    if (process.send === undefined) {
      process.stderr.write("This file is started by the Gradus host.\n");
      process.exit(2);
    }
    const fail = (error: unknown): void => {
      this.end(options.lastWord(error));
    };
    // A host that is gone cannot take what would follow.
    process.on("disconnect", endNow);
    process.on("uncaughtException", fail);
    process.on("unhandledRejection", fail);
    // The terminal's Ctrl+C reaches the whole group: the host decides what it means.
    process.on("SIGINT", () => undefined);
    process.on("message", (raw) => {
      // Node would keep what it compiled at a normal exit, and there is none: its modules are loaded by now.
      if (!this.#asked) flushCompileCache();
      this.#asked = true;
      const request = options.requests.safeParse(raw);
      if (request.success) void options.request(request.data)?.catch(fail);
      else if (options.misunderstood !== undefined) options.misunderstood(request.error, raw);
      else fail(new Error(`the host's request was not understood: ${request.error.message}`));
    });
  }

  /** After the last word there is no news: a timer of the work may still fire. */
  send(message: Message): void {
    if (!this.#ending) this.#post(message);
  }

  /** Ends the process once everything that was sent is on its way. */
  end(last?: Message): void {
    if (this.#ending) return;
    this.#ending = true;
    if (last !== undefined) this.#post(last);
    else if (this.#unsent === 0) endNow();
  }

  #post(message: Message): void {
    if (!process.connected) endNow();
    this.#unsent += 1;
    process.send?.(message, undefined, undefined, (error) => {
      if (error !== null) endNow();
      this.#unsent -= 1;
      if (this.#ending && this.#unsent === 0) endNow();
    });
  }
}

/**
 * Not through Node's normal exit: TensorFlow's exit handlers crash once its threads have run. There is nothing left to
 * clean up.
 */
export function endNow(): void {
  process.kill(process.pid, "SIGKILL");
}

/** For a thread, while the process's event loop is too busy for a message. */
export function endSaying(why: string): void {
  writeSync(LAST_WORD_PIPE, why);
  endNow();
}
