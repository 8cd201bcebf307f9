/** The chosen set of the list: the address's, else the first. */
import { useMemo } from "react";
import type { ProblemSetSummary } from "#shared/schema/problem-set.ts";
import { hrefTo, navigate, useFilter } from "#renderer/navigation/location.ts";

export interface ChosenSet {
  readonly at: number;
  readonly set: ProblemSetSummary | undefined;
  readonly choose: (index: number) => void;
  readonly open: (index: number) => void;
}

/** The same value while neither the list nor the choice changes. */
export function useChosenSet(sets: readonly ProblemSetSummary[]): ChosenSet {
  const [chosenName, setChosenName] = useFilter("set");
  return useMemo(() => {
    const at = Math.max(
      0,
      sets.findIndex(({ name }) => name === chosenName),
    );
    return {
      at,
      set: sets[at],
      choose: (index) => {
        const set = sets[index];
        if (set !== undefined) setChosenName(set.name);
      },
      open: (index) => {
        const set = sets[index];
        if (set !== undefined) navigate(hrefTo(["problems", set.name]));
      },
    };
  }, [sets, chosenName, setChosenName]);
}
