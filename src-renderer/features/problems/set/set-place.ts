/** Where one is in a set: version, filter, model, order, problem and side, all in the address. */
import { useDebouncedValue } from "@mantine/hooks";
import { useMemo } from "react";
import { parseProblemFilter } from "#shared/schema/problem-filter-text.ts";
import { ProblemSort } from "#shared/schema/problem-set.ts";
import { useFilter } from "#renderer/navigation/location.ts";

const ASK_AFTER_MS = 200;

export type SetSide = "problem" | "set";

export interface SetPlace {
  readonly name: string;
  /** Null: the newest. */
  readonly version: number | null;
  readonly setVersion: (version: number | null) => void;
  /** As typed. */
  readonly where: string;
  readonly setWhere: (where: string) => void;
  /** The last one that parses, a moment after the last key. */
  readonly asked: string;
  /** What of the filter is not understood. */
  readonly faults: readonly string[];
  /** Whose pass rates count; empty: the one measured last. */
  readonly model: string;
  readonly setModel: (model: string) => void;
  readonly sort: ProblemSort;
  readonly descending: boolean;
  readonly sortBy: (column: ProblemSort) => void;
  readonly problem: string;
  readonly setProblem: (id: string) => void;
  readonly side: SetSide;
  readonly setSide: (side: SetSide) => void;
}

function sortOf(text: string): { readonly sort: ProblemSort; readonly descending: boolean } {
  const descending = text.startsWith("-");
  const parsed = ProblemSort.safeParse(descending ? text.slice(1) : text);
  return { sort: parsed.success ? parsed.data : "position", descending };
}

export function useSetPlace(name: string): SetPlace {
  const [versionText, setVersionText] = useFilter("v");
  const [where, setWhere] = useFilter("where");
  const [model, setModel] = useFilter("model");
  const [sortText, setSortText] = useFilter("sort", "position");
  const [problem, setProblem] = useFilter("problem");
  const [side, setSide] = useFilter("side", "problem");
  const faults = useMemo(() => parseProblemFilter(where).problems, [where]);
  const [settled] = useDebouncedValue(where, ASK_AFTER_MS);
  const asked = useMemo(
    () => (parseProblemFilter(settled).problems.length === 0 ? settled.trim() : undefined),
    [settled],
  );
  const number = Number(versionText);
  const { sort, descending } = sortOf(sortText);
  return {
    name,
    version: Number.isInteger(number) && number > 0 ? number : null,
    setVersion: (version) => setVersionText(version === null ? "" : String(version), false),
    where,
    setWhere,
    asked: asked ?? "",
    faults,
    model,
    setModel,
    sort,
    descending,
    sortBy: (column) =>
      setSortText(column === sort && !descending && column !== "position" ? `-${column}` : column),
    problem,
    setProblem,
    side: side === "set" ? "set" : "problem",
    setSide,
  };
}
