/**
 * A WebSocket that waits for its reader: a message counts as sent when it has left this process, so that a stream goes
 * no faster than it is read. A reader that leaves too much unread, or takes nothing for too long, is let go; its
 * window connects again and begins with a snapshot.
 */
import type { WebSocket } from "ws";

/** Told to a client that does not read what it asked for. */
export const CLOSE_UNREAD = 4408;

export interface UnreadLimits {
  /** What may wait for one client; an answer alone may be longer. */
  readonly bytes: number;
  /** How long a client may take nothing of what waits. */
  readonly stallMs: number;
  /** After the farewell, until the line is cut: it waits behind what was not read. */
  readonly farewellMs: number;
}

export const UNREAD_LIMITS: UnreadLimits = {
  bytes: 32 * 2 ** 20,
  stallMs: 60_000,
  farewellMs: 5000,
};

export class BoundedSocket {
  readonly addEventListener: WebSocket["addEventListener"];
  readonly #socket: WebSocket;
  readonly #limits: UnreadLimits;
  /** Messages that have left, and that came. */
  #left = 0;
  #waiting = 0;
  #stall: NodeJS.Timeout | undefined;

  constructor(socket: WebSocket, limits: UnreadLimits = UNREAD_LIMITS) {
    this.#socket = socket;
    this.#limits = limits;
    this.addEventListener = socket.addEventListener.bind(socket);
    socket.on("close", () => {
      clearTimeout(this.#stall);
    });
  }

  /** Resolves when the message has left, or never will. */
  readonly send = (message: Parameters<WebSocket["send"]>[0]): Promise<void> => {
    const socket = this.#socket;
    if (socket.readyState !== socket.OPEN) return Promise.resolve();
    if (socket.bufferedAmount > this.#limits.bytes) {
      this.#letGo();
      return Promise.resolve();
    }
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting += 1;
    socket.send(message, () => {
      this.#waiting -= 1;
      this.#left += 1;
      resolve();
    });
    this.#watch();
    return promise;
  };

  /** Looks again after a while whether anything has left. */
  #watch(): void {
    if (this.#stall !== undefined || this.#waiting === 0) return;
    const left = this.#left;
    this.#stall = setTimeout(() => {
      this.#stall = undefined;
      if (this.#waiting > 0 && this.#left === left) this.#letGo();
      else this.#watch();
    }, this.#limits.stallMs).unref();
  }

  #letGo(): void {
    const socket = this.#socket;
    if (socket.readyState !== socket.OPEN) return;
    socket.close(CLOSE_UNREAD, "too much was left unread");
    const cut = setTimeout(() => {
      socket.terminate();
    }, this.#limits.farewellMs).unref();
    socket.once("close", () => {
      clearTimeout(cut);
    });
  }
}
