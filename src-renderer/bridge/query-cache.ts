/**
 * Answers of the host by key. The last answer stays while a newer one is fetched and after an error, so a region never
 * goes blank; going back shows what was there. Event streams name topics, and the answers that depend on them are
 * fetched again, at most once per `QUIET_MS`.
 */
import { failureOf } from "./failure.ts";
import type { Failure } from "./failure.ts";

const QUIET_MS = 300;
const KEPT_UNUSED = 60;

export interface QueryState<T> {
  readonly data: T | undefined;
  readonly failure: Failure | undefined;
  readonly loading: boolean;
  /** When the data came. */
  readonly atMs: number | undefined;
}

export interface QuerySource<T> {
  readonly key: string;
  readonly topics: readonly string[];
  readonly fetch: (signal: AbortSignal) => Promise<T>;
}

const EMPTY: QueryState<never> = {
  data: undefined,
  failure: undefined,
  loading: true,
  atMs: undefined,
};

class Entry {
  state: QueryState<unknown> = EMPTY;
  source: QuerySource<unknown>;
  readonly listeners = new Set<() => void>();
  readonly #cache: QueryCache;
  #running: AbortController | undefined;
  #again = false;
  #timer: number | undefined;
  #lastMs = Number.NEGATIVE_INFINITY;

  constructor(cache: QueryCache, source: QuerySource<unknown>) {
    this.#cache = cache;
    this.source = source;
  }

  /** Asks the host now, or after the one under way, or when the quiet time is over. */
  refresh(): void {
    if (this.#running !== undefined) {
      this.#again = true;
      return;
    }
    if (this.#timer !== undefined) return;
    const wait = this.#lastMs + QUIET_MS - performance.now();
    if (wait <= 0) void this.#fetch();
    else
      this.#timer = window.setTimeout(() => {
        this.#timer = undefined;
        void this.#fetch();
      }, wait);
  }

  stop(): void {
    window.clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#again = false;
    this.#running?.abort();
    this.#running = undefined;
  }

  async #fetch(): Promise<void> {
    const running = new AbortController();
    this.#running = running;
    this.#lastMs = performance.now();
    this.#set({ ...this.state, loading: true });
    try {
      const data = await this.source.fetch(running.signal);
      if (running.signal.aborted) return;
      this.#set({ data, failure: undefined, loading: false, atMs: Date.now() });
    } catch (error) {
      if (running.signal.aborted) return;
      this.#set({ ...this.state, failure: failureOf(error), loading: false });
    }
    this.#running = undefined;
    if (this.#again) {
      this.#again = false;
      if (this.listeners.size > 0) this.refresh();
    }
  }

  #set(state: QueryState<unknown>): void {
    this.state = state;
    for (const listener of this.listeners) listener();
    this.#cache.trim();
  }
}

/** One per window. */
export class QueryCache {
  readonly #entries = new Map<string, Entry>();

  state(key: string): QueryState<unknown> {
    return this.#entries.get(key)?.state ?? EMPTY;
  }

  /** Watches a key; the first watcher fetches, and so does every later one of an answer that is not fresh. */
  watch(source: QuerySource<unknown>, listener: () => void): () => void {
    let entry = this.#entries.get(source.key);
    if (entry === undefined) {
      entry = new Entry(this, source);
      this.#entries.set(source.key, entry);
    }
    entry.source = source;
    entry.listeners.add(listener);
    if (entry.listeners.size === 1) entry.refresh();
    const watched = entry;
    return () => {
      watched.listeners.delete(listener);
      if (watched.listeners.size === 0) watched.stop();
    };
  }

  refresh(key: string): void {
    this.#entries.get(key)?.refresh();
  }

  /** Something about these topics changed: fetch again what is watched; forget the rest. "*" is every topic. */
  invalidate(topics: ReadonlySet<string>): void {
    for (const [key, entry] of this.#entries) {
      if (!topics.has("*") && !entry.source.topics.some((topic) => topics.has(topic))) continue;
      if (entry.listeners.size > 0) entry.refresh();
      else if (topics.has("*")) this.#entries.delete(key);
    }
  }

  /** Keeps the newest unwatched answers only. */
  trim(): void {
    const unused = [...this.#entries].filter(([, entry]) => entry.listeners.size === 0);
    for (const [key] of unused.slice(0, Math.max(0, unused.length - KEPT_UNUSED)))
      this.#entries.delete(key);
  }
}

export const queryCache = new QueryCache();
