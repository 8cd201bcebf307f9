/** A set's problems by filter and order, of any number: the blocks in view are asked for, and what they held stays. */
import { useCallback, useMemo, useState } from "react";
import type { ListedProblem } from "#shared/schema/problem-set.ts";
import { host } from "#renderer/bridge/host.ts";
import { queryOf } from "#renderer/bridge/query-client.ts";
import { useQuery } from "#renderer/bridge/use-query.ts";
import type { Query } from "#renderer/bridge/use-query.ts";
import type { SetPlace } from "./set-place.ts";

const BLOCK = 200;

type Asked = Pick<SetPlace, "name" | "version" | "asked" | "model" | "sort" | "descending">;
type Page = Awaited<ReturnType<typeof host.problems.page>>;

export interface ProblemRows {
  /** Names the list: other rows, another key. */
  readonly key: string;
  /** Undefined before the first answer. */
  readonly total: number | undefined;
  readonly row: (index: number) => ListedProblem | undefined;
  /** −1: not among those in view. */
  readonly indexOf: (id: string) => number;
  readonly onSee: (first: number, last: number) => void;
  readonly query: Pick<Query<Page>, "failure" | "refresh" | "loading">;
}

interface Block {
  readonly at: number;
  readonly page: Page;
}

function blockQuery(key: string, asked: Asked, block: number) {
  const { name, version, asked: where, model, sort, descending } = asked;
  return queryOf(`${key}:${String(block)}`, ["benchmarks", "results"], (options) =>
    host.problems.page(
      {
        set: name,
        version,
        where,
        ...(model === "" ? {} : { model }),
        sort,
        descending,
        offset: block * BLOCK,
        limit: BLOCK,
      },
      options,
    ),
  );
}

export function useProblemRows(asked: Asked): ProblemRows {
  const { name, version, asked: where, model, sort, descending } = asked;
  const key = `problem-page:${JSON.stringify([name, version, where, model, sort, descending])}`;
  const [firstSeen, setFirstSeen] = useState(0);
  const block = Math.floor(firstSeen / BLOCK);
  const first = useQuery(blockQuery(key, asked, block));
  const more = first.data !== undefined && first.data.total > (block + 1) * BLOCK;
  const second = useQuery(more ? blockQuery(key, asked, block + 1) : undefined);
  // What another filter found stays in view until this one's answer is there.
  const [before, setBefore] = useState<readonly Block[]>([]);
  const [a, b] = [first.data, second.data];
  const now = useMemo(
    () => [
      ...(a === undefined ? [] : [{ at: block * BLOCK, page: a }]),
      ...(b === undefined ? [] : [{ at: (block + 1) * BLOCK, page: b }]),
    ],
    [a, b, block],
  );
  if (now.length > 0 && now !== before) setBefore(now);
  const shown = now.length > 0 ? now : before;
  const row = useCallback(
    (index: number) => {
      for (const { at, page } of shown) {
        const found = index < at ? undefined : page.problems[index - at];
        if (found !== undefined) return found;
      }
      return undefined;
    },
    [shown],
  );
  const indexOf = useCallback(
    (id: string) => {
      for (const { at, page } of shown) {
        const found = page.problems.findIndex((one) => one.id === id);
        if (found >= 0) return at + found;
      }
      return -1;
    },
    [shown],
  );
  return {
    key,
    total: shown[0]?.page.total,
    row,
    indexOf,
    onSee: setFirstSeen,
    query: first,
  };
}
