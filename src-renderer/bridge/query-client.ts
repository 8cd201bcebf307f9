/**
 * Answers of the host, kept by react-query. The last answer stays while a newer one is asked for and after an error, so
 * a region never goes blank; going back shows what was there. The host's events name topics, and the answers that depend
 * on them are asked for again, each at most once per `QUIET_MS`.
 */
import { QueryClient } from "@tanstack/react-query";
import type { Query } from "@tanstack/react-query";

declare module "@tanstack/react-query" {
  interface Register {
    queryMeta: { readonly topics: readonly string[] };
  }
}

const QUIET_MS = 300;
const KEPT_UNWATCHED = 60;
const TRIM_AFTER_MS = 1000;
const KEPT_UNWATCHED_MS = 30 * 60_000;

/** One question to the host. */
export interface QuerySource<T> {
  /** Names everything that the answer depends on. */
  readonly key: string;
  /** Events that name one of these put the answer out of date. */
  readonly topics: readonly string[];
  readonly fetch: (signal: AbortSignal) => Promise<T>;
}

/** A question that one call answers. */
export function queryOf<T>(
  key: string,
  topics: readonly string[],
  ask: (options: { readonly signal: AbortSignal }) => Promise<T>,
): QuerySource<T> {
  return { key, topics, fetch: (signal) => ask({ signal }) };
}

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      // The host needs no network, and the live stream says when it is back.
      networkMode: "always",
      refetchOnReconnect: false,
      refetchOnWindowFocus: false,
      // A failure is shown at once, with a way to ask again.
      retry: false,
      // Events keep a watched answer fresh, so only its first watcher asks.
      staleTime: (query) => (query.getObserversCount() > 1 ? Number.POSITIVE_INFINITY : 0),
      gcTime: KEPT_UNWATCHED_MS,
      // Comparing lists of a million ids with the answer before costs more than drawing the rows in view.
      structuralSharing: false,
    },
  },
});

const cache = queryClient.getQueryCache();

/** Keys whose next asking is settled. */
const due = new Set<string>();

/** Asks the host now, or after the answer under way, or when the quiet time is over. Nothing where nobody watches. */
export async function askAgain(key: string): Promise<void> {
  if (due.has(key)) return;
  due.add(key);
  // What has just changed may be missing from an answer that is on its way.
  await cache.find({ queryKey: [key] })?.promise?.catch(() => undefined);
  const { dataUpdatedAt = 0, errorUpdatedAt = 0 } = queryClient.getQueryState([key]) ?? {};
  const waitMs = Math.max(dataUpdatedAt, errorUpdatedAt) + QUIET_MS - Date.now();
  // A clock that was set back must not make the wait longer.
  if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, Math.min(waitMs, QUIET_MS)));
  due.delete(key);
  await queryClient.refetchQueries({ queryKey: [key], exact: true, type: "active" });
}

function askAgainWhere(outOfDate: (topics: readonly string[]) => boolean): void {
  for (const { queryKey, meta } of cache.findAll({ type: "active" })) {
    const [key] = queryKey;
    if (typeof key === "string" && outOfDate(meta?.topics ?? [])) void askAgain(key);
  }
}

/** Something about these topics changed: asks again what is watched. The rest is asked again when it is watched. */
export function invalidate(changed: readonly string[]): void {
  askAgainWhere((topics) => topics.some((topic) => changed.includes(topic)));
}

/** Anything may have changed: asks again what is watched, and forgets the rest. */
export function invalidateAll(): void {
  queryClient.removeQueries({ type: "inactive" });
  askAgainWhere(() => true);
}

/** A question without an answer may be one that a region is just turning to: it has no watcher for a moment. */
function isAnswered({ state }: Query): boolean {
  return state.data !== undefined;
}

/** Keeps the newest of the answers that nobody watches, since some are large. */
function trim(): void {
  const unwatched = cache.findAll({ type: "inactive", predicate: isAnswered });
  const oldestFirst = unwatched.sort((a, b) => a.state.dataUpdatedAt - b.state.dataUpdatedAt);
  for (const query of oldestFirst.slice(0, -KEPT_UNWATCHED)) cache.remove(query);
}

/** A region that turns to another question leaves the one before it first: trimming waits until it has turned. */
let trimming: ReturnType<typeof setTimeout> | undefined;

cache.subscribe(({ type }) => {
  if (type !== "observerRemoved") return;
  clearTimeout(trimming);
  trimming = setTimeout(trim, TRIM_AFTER_MS);
});
