/**
 * Changes of records on their way to the host. Each is written down in the browser before anything is shown, sent in
 * order as soon as the connection is open, and forgotten when the host has it; so none is lost to a reload, a broken
 * connection or a host that ends. What the host refuses stays here, with its reason, until a person decides. Windows of
 * one browser share the list: whoever holds the lock sends.
 */
import { ORPCError } from "@orpc/client";
import { createStore } from "zustand";
import type { RecordId } from "#shared/schema/dataset.ts";
import { connection, ConnectionDown, pauseBeforeRetry } from "../connection.ts";
import { failureOf } from "../failure.ts";
import { host } from "../host.ts";
import { OutboxEntry } from "./outbox-entry.ts";
import type { RecordChange } from "./outbox-entry.ts";
import { recordStore } from "./record-store.ts";
import type { Failure } from "../failure.ts";

const PREFIX = "gradus.outbox.";
/** Shorter than any host takes to end and another to start in its place. */
const KNOWN_FOR_MS = 1000;

export interface Waiting {
  readonly entry: OutboxEntry;
  /** Why the host refused it; undefined: not sent yet, or on its way. */
  readonly failure: Failure | undefined;
  /** The browser has no room for it: it lives as long as this page does. */
  readonly onlyHere: boolean;
}

function readEntry(name: string): OutboxEntry | undefined {
  try {
    return OutboxEntry.parse(JSON.parse(window.localStorage.getItem(name) ?? ""));
  } catch {
    // Written by another version or another page of this origin: nothing that can be sent.
    return undefined;
  }
}

/** Names sort by time. */
function nameOf(entry: OutboxEntry): string {
  return `${PREFIX}${String(entry.atMs).padStart(16, "0")}.${entry.key}`;
}

class Outbox {
  /** In the order in which they were made. */
  readonly store = createStore<readonly Waiting[]>(() => []);
  #workspace: string | undefined;
  #lastAtMs = 0;
  #sending = false;
  /** When the host last said that it is this workspace's. */
  #knownAtMs = Number.NEGATIVE_INFINITY;
  readonly #stop = new AbortController();

  readonly waiting = this.store.getState;

  /** Takes up what an earlier page of this workspace left, and sends. */
  open(workspace: string): void {
    if (workspace !== this.#workspace) {
      this.#workspace = workspace;
      const own = this.waiting().filter(({ entry }) => entry.workspace === "");
      this.#publish([]);
      this.#takeUp();
      for (const { entry } of own) this.#keep({ ...entry, workspace });
    }
    this.#send();
  }

  /** Written down when this returns. */
  add(change: RecordChange): void {
    // Names must rise even where the clock does not.
    this.#lastAtMs = Math.max(Date.now(), this.#lastAtMs + 1);
    this.#keep({
      ...change,
      key: crypto.randomUUID(),
      workspace: this.#workspace ?? "",
      atMs: this.#lastAtMs,
    });
    this.#send();
  }

  /** The newest change that was not sent yet is taken back; undefined where all are with the host. */
  takeBack(): OutboxEntry | undefined {
    if (this.#sending) return undefined;
    const last = this.waiting().findLast(({ failure }) => failure === undefined);
    if (last !== undefined) this.#forget(last.entry);
    return last?.entry;
  }

  /** Resolves when nothing is left that could be sent. */
  async drained(): Promise<void> {
    if (!this.#unsent()) return;
    await new Promise<void>((resolve) => {
      const stop = this.store.subscribe(() => {
        if (this.#unsent()) return;
        stop();
        resolve();
      });
    });
  }

  retry(key: string): void {
    this.#publish(
      this.waiting().map((one) => (one.entry.key === key ? { ...one, failure: undefined } : one)),
    );
    this.#send();
  }

  /** Gives a refused change up. */
  discard(key: string): void {
    const found = this.waiting().find(({ entry }) => entry.key === key);
    if (found !== undefined) this.#forget(found.entry);
  }

  /** Another window of this browser wrote down or sent something. */
  readonly heard = (event: StorageEvent): void => {
    if (event.key === null || !event.key.startsWith(PREFIX)) return;
    if (event.newValue === null) {
      this.#publish(this.waiting().filter(({ entry }) => nameOf(entry) !== event.key));
    } else this.#takeUp();
  };

  #unsent(): boolean {
    return this.waiting().some(({ failure }) => failure === undefined);
  }

  #takeUp(): void {
    const known = new Set(this.waiting().map(({ entry }) => entry.key));
    const found = Object.keys(window.localStorage)
      .filter((name) => name.startsWith(PREFIX))
      .sort()
      .map(readEntry)
      .filter((entry) => entry !== undefined)
      .filter((entry) => entry.workspace === this.#workspace && !known.has(entry.key));
    if (found.length === 0) return;
    this.#publish(
      [
        ...this.waiting(),
        ...found.map((entry) => ({ entry, failure: undefined, onlyHere: false })),
      ].sort((a, b) => a.entry.atMs - b.entry.atMs),
    );
  }

  #keep(entry: OutboxEntry): void {
    let onlyHere = false;
    try {
      window.localStorage.setItem(nameOf(entry), JSON.stringify(entry));
    } catch {
      onlyHere = true;
    }
    this.#publish([...this.waiting(), { entry, failure: undefined, onlyHere }]);
  }

  #forget(entry: OutboxEntry): void {
    window.localStorage.removeItem(nameOf(entry));
    this.#publish(this.waiting().filter((one) => one.entry.key !== entry.key));
  }

  #publish(next: readonly Waiting[]): void {
    this.store.setState(next, true);
  }

  #send(): void {
    if (this.#sending || this.#workspace === undefined || !this.#unsent()) return;
    this.#sending = true;
    const ended = (): void => {
      this.#sending = false;
      // Something may have come in between the last look and here.
      this.#send();
    };
    void navigator.locks.request("gradus.outbox", () => this.#sendAll()).then(ended, ended);
  }

  async #sendAll(): Promise<void> {
    const { signal } = this.#stop;
    while (true) {
      const next = this.waiting().find(({ failure }) => failure === undefined);
      if (next === undefined) return;
      try {
        await connection.whenOpen(signal);
        if (!(await this.#isOwnHost(next.entry.workspace, signal))) return;
        await this.#sendOpen(signal);
      } catch {
        if (signal.aborted) return;
        this.#knownAtMs = Number.NEGATIVE_INFINITY;
        await pauseBeforeRetry(signal);
      }
    }
  }

  /** After a broken connection, the host at this address may be another workspace's. */
  async #isOwnHost(workspace: string, signal: AbortSignal): Promise<boolean> {
    if (performance.now() - this.#knownAtMs < KNOWN_FOR_MS) return true;
    const info = await host.system.info(undefined, { signal });
    if (info.workspace.path !== workspace) return false;
    this.#knownAtMs = performance.now();
    return true;
  }

  /** Sends one after the other while the connection holds. Throws where it breaks. */
  async #sendOpen(signal: AbortSignal): Promise<void> {
    for (;;) {
      const next = this.waiting().find(({ failure }) => failure === undefined);
      if (next === undefined) return;
      try {
        await sendEntry(next.entry, signal);
        recordStore.apply(next.entry);
        this.#forget(next.entry);
      } catch (error) {
        if (signal.aborted || error instanceof ConnectionDown || !(error instanceof ORPCError))
          throw error;
        const failure = failureOf(error);
        this.#publish(
          this.waiting().map((one) =>
            one.entry.key === next.entry.key ? { ...one, failure } : one,
          ),
        );
      }
    }
  }
}

/** What the host tells of this change is known here already, unless nothing changed. */
async function withEcho(
  ids: readonly RecordId[],
  send: () => Promise<{ readonly edit: unknown }>,
): Promise<void> {
  const takeBack = recordStore.expectEcho(ids);
  try {
    const { edit } = await send();
    if (edit === null) takeBack();
  } catch (error) {
    takeBack();
    throw error;
  }
}

async function sendEntry(entry: OutboxEntry, signal: AbortSignal): Promise<void> {
  const { key, datasetId, recordIds } = entry;
  switch (entry.kind) {
    case "status": {
      const { status } = entry;
      await withEcho(recordIds, () =>
        host.datasets.records.setStatus(
          { datasetId, target: { ids: recordIds }, status, key },
          { signal },
        ),
      );
      return;
    }
    case "tags": {
      const { add, remove } = entry;
      await withEcho(recordIds, () =>
        host.datasets.records.setTags(
          { datasetId, target: { ids: recordIds }, add, remove, key },
          { signal },
        ),
      );
      return;
    }
    case "text": {
      const { messages, fromRevision, status } = entry;
      for (const recordId of recordIds) {
        const { record } = await host.datasets.records.setText(
          { recordId, messages, fromRevision, key, ...(status === undefined ? {} : { status }) },
          { signal },
        );
        recordStore.put(record);
      }
    }
  }
}

export const outbox = new Outbox();
