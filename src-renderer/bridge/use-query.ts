/** A region's data from the host: kept while it is renewed, renewed when an event names one of its topics. */
import { skipToken, useQuery as useCachedAnswer } from "@tanstack/react-query";
import { useCallback, useMemo, useState } from "react";
import { failureOf } from "./failure.ts";
import type { Failure } from "./failure.ts";
import { askAgain, queryClient } from "./query-client.ts";
import type { QuerySource } from "./query-client.ts";

export interface Query<T> {
  readonly data: T | undefined;
  readonly failure: Failure | undefined;
  readonly loading: boolean;
  readonly refresh: () => void;
}

export interface QueryOptions {
  /** Ask again after so long, on top of the events: for facts that no event announces. */
  readonly everyMs?: number | undefined;
}

/** `undefined` asks nothing. */
export function useQuery<T>(
  source: QuerySource<T> | undefined,
  { everyMs }: QueryOptions = {},
): Query<T> {
  const key = source?.key;
  const { data, error, isFetching } = useCachedAnswer(
    {
      queryKey: [key],
      queryFn: source === undefined ? skipToken : ({ signal }) => source.fetch(signal),
      meta: { topics: source?.topics ?? [] },
      refetchInterval: everyMs ?? false,
      refetchIntervalInBackground: true,
    },
    queryClient,
  );
  // Asking again after a first failure makes react-query forget it; here it stays in view until there is an answer.
  const [failed, setFailed] = useState<{
    readonly key: string | undefined;
    readonly error: Error;
  }>();
  if (error !== null && error !== failed?.error) setFailed({ key, error });
  const unanswered = data === undefined && isFetching && failed?.key === key;
  const shown = error ?? (unanswered ? failed?.error : undefined);
  const failure = useMemo(() => (shown === undefined ? undefined : failureOf(shown)), [shown]);
  const refresh = useCallback(() => {
    if (key !== undefined) void askAgain(key);
  }, [key]);
  return { data, failure, loading: isFetching, refresh };
}
