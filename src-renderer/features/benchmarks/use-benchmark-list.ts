/** The Benchmarks screen's list, filtered, with the row that stands for the keyboard; both kept in the address. */
import { useCallback, useMemo } from "react";
import { navigate, hrefTo, useFilter } from "#renderer/navigation/location.ts";
import type { host } from "#renderer/bridge/host.ts";
import { benchmarksQuery } from "#renderer/bridge/queries.ts";
import { useQuery } from "#renderer/bridge/use-query.ts";
import type { Query } from "#renderer/bridge/use-query.ts";
import { benchmarkRows } from "./benchmark-rows.ts";
import type { BenchmarkRow } from "./benchmark-rows.ts";

export interface BenchmarkList {
  readonly query: Query<Awaited<ReturnType<typeof host.benchmarks.list>>>;
  readonly text: string;
  readonly setText: (text: string) => void;
  readonly rows: readonly BenchmarkRow[];
  readonly at: number;
  readonly chosen: BenchmarkRow | undefined;
  readonly choose: (index: number) => void;
  readonly open: (index: number) => void;
}

export function useBenchmarkList(): BenchmarkList {
  const query = useQuery(benchmarksQuery);
  const [text, setText] = useFilter("text");
  const [rowText, setRow] = useFilter("row", "0");
  const rows = useMemo(() => benchmarkRows(query.data?.protocols ?? [], text), [query.data, text]);
  const at = Math.max(0, Math.min(rows.length - 1, Number(rowText) || 0));
  return {
    query,
    text,
    setText,
    rows,
    at,
    chosen: rows[at],
    choose: useCallback((index) => setRow(String(index)), [setRow]),
    open: useCallback(
      (index) => {
        const row = rows[index];
        if (row?.type === "run") navigate(hrefTo(["run", row.run.id]));
      },
      [rows],
    ),
  };
}
