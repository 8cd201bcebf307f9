/** Which pipelines and stages are shown and in which order, kept in the address. */
import { useMemo } from "react";
import { useFilter } from "#renderer/navigation/location.ts";
import { asGrouping, asSort, asStatusFilter, nextSort } from "./run-rows.ts";
import type { Grouping, RowFilter, StatusFilter } from "./run-rows.ts";

export interface RunView {
  readonly filter: RowFilter;
  readonly setStatus: (status: StatusFilter) => void;
  readonly setText: (text: string) => void;
  readonly setGrouping: (grouping: Grouping) => void;
  /** Shows the stages below their pipelines, or hides them. */
  readonly toggleStages: () => void;
  /** A press on a column's head. */
  readonly sortBy: (column: string) => void;
}

export function useRunView(): RunView {
  const [status, setStatus] = useFilter("status", "all");
  const [text, setText] = useFilter("text");
  const [stages, setStages] = useFilter("stages", "shown");
  const [group, setGrouping] = useFilter("group", "launch");
  const [sortText, setSort] = useFilter("sort");
  return useMemo(() => {
    const sort = asSort(sortText);
    const folded = stages === "hidden";
    return {
      filter: {
        status: asStatusFilter(status),
        text,
        folded,
        grouping: asGrouping(group),
        sort,
      },
      setStatus,
      setText,
      setGrouping,
      toggleStages: () => setStages(folded ? "shown" : "hidden"),
      sortBy: (column) => setSort(nextSort(column, sort)),
    };
  }, [status, text, stages, group, sortText, setStatus, setText, setStages, setGrouping, setSort]);
}
