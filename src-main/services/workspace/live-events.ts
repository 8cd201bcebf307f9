/**
 * Announces what changed to everyone who watches. The last events are held, so that a stream that
 * was cut goes on where it was; who asks for older ones begins anew with a snapshot.
 */
import type { LiveEvent } from "#shared/schema/live.ts";

const HELD = 5000;
/** A reader that is so far behind starts over instead of filling the memory. */
const QUEUE_LIMIT = 5000;

/** An event and the id by which a stream can be taken up after it. */
export interface Numbered<T> {
  readonly id: string;
  readonly event: T;
}

export class LiveEvents {
  /** Ids of another host's events are unknown to this one. */
  readonly #epoch: string;
  readonly #held: Numbered<LiveEvent>[] = [];
  readonly #listeners = new Set<(item: Numbered<LiveEvent>) => void>();
  #next = 1;

  constructor(epoch: string) {
    this.#epoch = epoch;
  }

  publish(events: readonly LiveEvent[]): void {
    for (const event of events) {
      const item = { id: `${this.#epoch}-${this.#next}`, event };
      this.#next += 1;
      this.#held.push(item);
      if (this.#held.length > HELD) this.#held.shift();
      for (const listener of this.#listeners) listener(item);
    }
  }

  /** Calls back on each event from now on; gives the way to end it. */
  listen(listener: (event: LiveEvent) => void): () => void {
    const wrapped = (item: Numbered<LiveEvent>): void => {
      listener(item.event);
    };
    this.#listeners.add(wrapped);
    return () => {
      this.#listeners.delete(wrapped);
    };
  }

  /**
   * A stream of what `select` lets through. It begins with `snapshot()`, unless it takes up an
   * earlier stream of this host at `lastEventId`. Ends with the signal.
   */
  async *watch<T>(options: {
    readonly snapshot: () => T;
    readonly select: (event: LiveEvent) => T | undefined;
    readonly lastEventId: string | undefined;
    readonly signal: AbortSignal | undefined;
  }): AsyncGenerator<Numbered<T>> {
    let queue: Numbered<T>[] = [];
    let overrun = false;
    let wake: (() => void) | undefined;
    const take = (item: Numbered<LiveEvent>): void => {
      const event = options.select(item.event);
      if (event === undefined) return;
      if (queue.length >= QUEUE_LIMIT) overrun = true;
      else queue.push({ id: item.id, event });
      wake?.();
    };
    const ended = (): boolean => options.signal?.aborted === true;
    const missed = this.#after(options.lastEventId);
    // Listening starts before the snapshot is taken: what happens in between is told twice, never lost.
    this.#listeners.add(take);
    const awaken = (): void => wake?.();
    options.signal?.addEventListener("abort", awaken);
    try {
      if (missed === undefined) {
        yield { id: `${this.#epoch}-${this.#next - 1}`, event: options.snapshot() };
      } else missed.forEach(take);
      while (!ended()) {
        if (overrun) {
          overrun = false;
          queue = [];
          yield { id: `${this.#epoch}-${this.#next - 1}`, event: options.snapshot() };
        }
        const batch = queue;
        queue = [];
        yield* batch;
        if (queue.length === 0 && !ended()) {
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
          wake = undefined;
        }
      }
    } finally {
      this.#listeners.delete(take);
      options.signal?.removeEventListener("abort", awaken);
    }
  }

  /** What followed an event; undefined where it is another host's, or no longer held. */
  #after(lastEventId: string | undefined): Numbered<LiveEvent>[] | undefined {
    const prefix = `${this.#epoch}-`;
    if (lastEventId?.startsWith(prefix) !== true) return undefined;
    const seen = Number(lastEventId.slice(prefix.length));
    const oldest = this.#next - this.#held.length;
    if (!Number.isInteger(seen) || seen < oldest - 1 || seen >= this.#next) return undefined;
    return this.#held.slice(seen - oldest + 1);
  }
}
