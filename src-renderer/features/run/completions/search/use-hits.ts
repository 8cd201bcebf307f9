/** The completions that match, a page at a time as they come into view; what was read stays until the filter changes. */
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import type { RolloutHit } from "#shared/schema/metrics.ts";
import type { RunId } from "#shared/schema/run.ts";
import { failureOf } from "#renderer/bridge/failure.ts";
import { host } from "#renderer/bridge/host.ts";
import { useQuery } from "#renderer/bridge/use-query.ts";
import { searchOf } from "./hit-filter.ts";
import type { HitFilter } from "./hit-filter.ts";
import type { Failure } from "#renderer/bridge/failure.ts";

const PAGE = 100;

export interface Hits {
  /** One entry for each match; undefined where its page is not read yet. */
  readonly rows: readonly (RolloutHit | undefined)[];
  readonly total: number;
  readonly loaded: boolean;
  readonly failure: Failure | undefined;
  /** Rows that are looked at: their pages are read. */
  readonly see: (first: number, last: number) => void;
}

interface Later {
  readonly key: string;
  /** Pages after the first, by their number. */
  readonly pages: ReadonlyMap<number, readonly RolloutHit[]>;
  readonly failure: Failure | undefined;
}

/** Pages of one filter that were asked for. */
interface Asking {
  readonly key: string;
  readonly pages: Set<number>;
  readonly abort: AbortController;
}

const NO_PAGES: Later["pages"] = new Map();

export function useHits(runId: RunId, filter: HitFilter): Hits {
  const key = JSON.stringify([runId, filter]);
  const read = useCallback(
    async (page: number, signal: AbortSignal) =>
      host.cockpit.search(
        { runId, filter: searchOf(filter), offset: page * PAGE, limit: PAGE },
        { signal },
      ),
    [runId, filter],
  );
  const first = useQuery({
    key: `hits:${key}`,
    topics: [`rollouts:${runId}`],
    fetch: async (signal) => read(0, signal),
  });
  const [later, setLater] = useState<Later>({ key, pages: NO_PAGES, failure: undefined });
  const asking = useRef<Asking | undefined>(undefined);
  useEffect(() => () => asking.current?.abort.abort(), []);
  const see = useCallback(
    (from: number, to: number): void => {
      const before = asking.current;
      const own =
        before?.key === key
          ? before
          : { key, pages: new Set<number>(), abort: new AbortController() };
      if (own !== before) before?.abort.abort();
      asking.current = own;
      const { signal } = own.abort;
      const keep = (change: (pages: Later["pages"]) => Omit<Later, "key">): void => {
        if (signal.aborted) return;
        setLater((held) => ({ key, ...change(held.key === key ? held.pages : NO_PAGES) }));
      };
      for (let page = Math.max(1, Math.floor(from / PAGE)); page * PAGE <= to; page += 1) {
        if (own.pages.has(page)) continue;
        own.pages.add(page);
        read(page, signal).then(
          ({ hits }) =>
            keep((pages) => ({ pages: new Map(pages).set(page, hits), failure: undefined })),
          (error: unknown) => {
            own.pages.delete(page);
            keep((pages) => ({ pages, failure: failureOf(error) }));
          },
        );
      }
    },
    [key, read],
  );
  const { data } = first;
  return useMemo(() => {
    const total = data?.total ?? 0;
    const pages = later.key === key ? later.pages : NO_PAGES;
    const rows = Array.from(
      { length: total },
      (_, at) => data?.hits[at] ?? pages.get(Math.floor(at / PAGE))?.[at % PAGE],
    );
    return {
      rows,
      total,
      loaded: data !== undefined,
      failure: first.failure ?? later.failure,
      see,
    };
  }, [data, first.failure, later, key, see]);
}
