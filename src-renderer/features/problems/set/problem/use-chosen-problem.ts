/** The problem that is read: the address's, else the list's first; and its place in the list. */
import { useCallback, useEffect, useState } from "react";
import type { ProblemRows } from "../use-problem-rows.ts";
import type { SetPlace } from "../set-place.ts";

export interface ChosenProblem {
  /** −1: not among the rows in view. */
  readonly at: number;
  readonly id: string | undefined;
  /** The same while the rows in view are. */
  readonly choose: (index: number) => void;
}

export function useChosenProblem(rows: ProblemRows, place: SetPlace): ChosenProblem {
  const { problem, setProblem } = place;
  const [stand, setStand] = useState<{ readonly key: string; readonly index: number }>();
  const standing = stand?.key === rows.key ? stand.index : undefined;
  const at = standing ?? (problem === "" ? 0 : rows.indexOf(problem));
  const there = at < 0 ? undefined : rows.row(at)?.id;
  // A row that was gone to before it was there, by End for one, is named when it comes.
  const late = standing !== undefined && there !== undefined && there !== problem;
  useEffect(() => {
    if (late) setProblem(there);
  }, [late, there, setProblem]);
  const { key, row } = rows;
  // The same with every render: commands are made of it, and making them anew renders again.
  const choose = useCallback(
    (index: number) => {
      setStand({ key, index });
      const found = row(index);
      if (found !== undefined) setProblem(found.id);
    },
    [key, row, setProblem],
  );
  return { at, id: problem === "" ? there : problem, choose };
}
