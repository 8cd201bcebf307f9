/** A region's data from the host: kept while it is renewed, renewed when an event names one of its topics. */
import { useCallback, useEffect, useRef, useSyncExternalStore } from "react";
import { queryCache } from "./query-cache.ts";
import type { QuerySource, QueryState } from "./query-cache.ts";

export interface Query<T> extends QueryState<T> {
  readonly refresh: () => void;
}

const IDLE: QueryState<never> = {
  data: undefined,
  failure: undefined,
  loading: false,
  atMs: undefined,
};

export interface QueryOptions {
  /** Ask again after so long, on top of the events: for facts that no event announces. */
  readonly everyMs?: number | undefined;
}

/** `source.key` must name everything the answer depends on; undefined asks nothing. */
export function useQuery<T>(
  source: QuerySource<T> | undefined,
  options: QueryOptions = {},
): Query<T> {
  const latest = useRef(source);
  // Before the subscription below, so that it watches with this render's source.
  useEffect(() => {
    latest.current = source;
  });
  const key = source?.key;
  const subscribe = useCallback(
    (listener: () => void) => {
      const now = latest.current;
      return now === undefined || key === undefined
        ? () => undefined
        : queryCache.watch(now, listener);
    },
    [key],
  );
  const state = useSyncExternalStore(subscribe, () =>
    key === undefined ? IDLE : queryCache.state(key),
  );
  const refresh = useCallback(() => {
    if (key !== undefined) queryCache.refresh(key);
  }, [key]);
  const { everyMs } = options;
  useEffect(() => {
    if (everyMs === undefined || key === undefined) return undefined;
    const timer = window.setInterval(refresh, everyMs);
    return () => window.clearInterval(timer);
  }, [everyMs, key, refresh]);
  // The cache holds what this key's fetch returned: its type is the fetch's.
  return { ...(state as QueryState<T>), refresh };
}
