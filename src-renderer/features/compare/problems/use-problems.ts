/** The problems of a pair of benchmarks, and the one that is chosen, kept in the address. */
import { useMemo } from "react";
import type { ProblemComparison, ProblemFilter, ProblemRow } from "#shared/schema/compare.ts";
import { host } from "#renderer/bridge/host.ts";
import { useQuery } from "#renderer/bridge/use-query.ts";
import type { Query } from "#renderer/bridge/use-query.ts";
import { useFilter } from "#renderer/navigation/location.ts";
import { asFilter } from "./problem-filters.tsx";
import type { PairOption } from "./pair-options.ts";

/** More problems are left to the filter. */
const MOST = 2000;
/** So many benchmarks have room beside each other. */
const COLUMNS = 6;

export interface Problems {
  readonly query: Query<ProblemComparison>;
  /** The benchmarks whose samples are counted: those of the same task. */
  readonly columns: readonly PairOption[];
  readonly show: ProblemFilter;
  readonly setShow: (show: ProblemFilter) => void;
  readonly rows: readonly ProblemRow[];
  /** The chosen row; while the rows are on their way, the one that is asked for. */
  readonly at: number;
  readonly problem: ProblemRow | undefined;
  readonly choose: (at: number) => void;
}

const NO_ROWS: readonly ProblemRow[] = [];

export function useProblems(
  options: readonly PairOption[],
  left: PairOption,
  right: PairOption,
): Problems {
  const [showText, setShow] = useFilter("show", "differ");
  const [rowText, setRow] = useFilter("problem", "0");
  const show = asFilter(showText);
  const columns = useMemo(
    () => options.filter(({ task }) => task === left.task).slice(0, COLUMNS),
    [options, left.task],
  );
  const runIds = columns.map(({ runId }) => runId);
  const query = useQuery({
    key: `compare.problems:${runIds.join(",")}:${left.runId}:${right.runId}:${show}`,
    topics: ["results"],
    fetch: (signal) =>
      host.compare.problems(
        { runIds, left: left.runId, right: right.runId, show, limit: MOST },
        { signal },
      ),
  });
  const rows = query.data?.rows ?? NO_ROWS;
  const last = query.data === undefined ? Infinity : rows.length - 1;
  const at = Math.max(0, Math.min(last, Number(rowText) || 0));
  return {
    query,
    columns,
    show,
    setShow: (next) => {
      setShow(next);
      setRow("0");
    },
    rows,
    at,
    problem: rows[at],
    choose: (next) => setRow(String(next)),
  };
}
