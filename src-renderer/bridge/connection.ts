/**
 * The connection to the host: a MessagePort inside Electron, a WebSocket elsewhere. It is opened again by itself when it
 * breaks; calls made meanwhile fail at once and the regions that made them ask again when it is back.
 */
import type { ClientContext, ClientLink, ClientOptions } from "@orpc/client";
import { RPCLink as PortLink } from "@orpc/client/message-port";
import { RPCLink as SocketLink } from "@orpc/client/websocket";
import { createStore } from "zustand";
import { askForProof } from "./host-proof.ts";
import { hostToken } from "./session-token.ts";

type ConnectionState = "connecting" | "open" | "lost" | "refused";

interface ConnectionFacts {
  readonly state: ConnectionState;
  /** When it broke; undefined while it is open. */
  readonly lostAtMs: number | undefined;
}

const FIRST_WAIT_MS = 400;
const LONGEST_WAIT_MS = 5000;
/** Close code of a socket that the host refuses because of its token or origin. */
const REFUSED = 4401;

/** Thrown by calls while it is down. */
export class ConnectionDown extends Error {
  override readonly name = "ConnectionDown";
}

/** One for the window. */
export class Connection implements ClientLink<ClientContext> {
  readonly store = createStore<ConnectionFacts>(() => ({
    state: "connecting",
    lostAtMs: undefined,
  }));
  #link: ClientLink<ClientContext> | undefined;
  #waitMs = FIRST_WAIT_MS;
  #socket: WebSocket | undefined;
  #retry: number | undefined;
  /** Counts attempts: the answer to an older one is let go. */
  #turn = 0;

  state(): ConnectionState {
    return this.store.getState().state;
  }

  start(): void {
    if (window.gradus === undefined) void this.#reach();
    else this.#openPort(window.gradus);
  }

  /** Tries again at once, with the token as it is now. */
  reopen(): void {
    if (window.gradus !== undefined) return;
    this.#link = undefined;
    this.#socket?.close();
    window.clearTimeout(this.#retry);
    void this.#reach();
  }

  /** Resolves when it is open; rejects when the signal aborts. */
  whenOpen(signal: AbortSignal): Promise<void> {
    if (this.state() === "open") return Promise.resolve();
    return new Promise((resolve, reject) => {
      const stop = this.store.subscribe(({ state }) => {
        if (state !== "open") return;
        stop();
        resolve();
      });
      signal.addEventListener("abort", () => {
        stop();
        reject(signal.reason);
      });
    });
  }

  async call(
    path: readonly string[],
    input: unknown,
    options: ClientOptions<ClientContext>,
  ): Promise<unknown> {
    if (this.state() === "connecting")
      await this.whenOpen(options.signal ?? AbortSignal.timeout(10_000));
    const link = this.#link;
    if (link === undefined) throw new ConnectionDown("The host does not answer.");
    return link.call(path, input, options);
  }

  #openPort(bridge: NonNullable<Window["gradus"]>): void {
    const { port1, port2 } = new MessageChannel();
    bridge.connect(port2);
    port1.start();
    this.#link = new PortLink({ port: port1 });
    this.#become("open");
  }

  /** Opens a socket where the host shows that it knows the token, and only then sends it. */
  async #reach(): Promise<void> {
    this.#turn += 1;
    const turn = this.#turn;
    const token = hostToken();
    const answer = token === undefined ? "knows" : await askForProof(window.location.href, token);
    if (turn !== this.#turn) return;
    if (answer === "knows") this.#openSocket(token);
    else if (answer === "other") this.#become("refused");
    else this.#tryLater();
  }

  #tryLater(): void {
    this.#become("lost");
    this.#retry = window.setTimeout(() => void this.#reach(), this.#waitMs);
    this.#waitMs = Math.min(LONGEST_WAIT_MS, this.#waitMs * 1.6);
  }

  #openSocket(token: string | undefined): void {
    const address = new URL("./rpc", window.location.href);
    address.protocol = address.protocol === "https:" ? "wss:" : "ws:";
    address.hash = "";
    const socket = new WebSocket(
      address,
      token === undefined ? ["gradus"] : ["gradus", `gradus.token.${token}`],
    );
    this.#socket = socket;
    socket.addEventListener("open", () => {
      this.#link = new SocketLink({ websocket: socket });
      this.#waitMs = FIRST_WAIT_MS;
      this.#become("open");
    });
    socket.addEventListener("close", (event) => {
      if (socket !== this.#socket) return;
      this.#link = undefined;
      if (event.code === REFUSED) {
        this.#become("refused");
        return;
      }
      this.#tryLater();
    });
  }

  #become(state: ConnectionState): void {
    const before = this.store.getState();
    if (state === before.state) return;
    const lostAtMs = state === "open" ? undefined : (before.lostAtMs ?? Date.now());
    this.store.setState({ state, lostAtMs });
  }
}

export const connection = new Connection();

/** Half a second, so that a stream that breaks at once is not opened in a tight loop. */
export function pauseBeforeRetry(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = window.setTimeout(resolve, 500);
    signal.addEventListener("abort", () => {
      window.clearTimeout(timer);
      resolve();
    });
  });
}
