/** The keys of the list of problem sets. */
import { useMemo } from "react";
import type { RefObject } from "react";
import type { ProblemSetSummary } from "#shared/schema/problem-set.ts";
import { useCommands } from "#renderer/navigation/command-registry.ts";
import type { Command } from "#renderer/navigation/command-registry.ts";
import { hrefTo, navigate } from "#renderer/navigation/location.ts";
import { stepCommands } from "#renderer/ui/step-commands.ts";
import type { ChosenSet } from "./use-chosen-set.ts";

export const IMPORT_PROBLEMS = hrefTo(["import-problems"]);

export interface SetsScreen {
  readonly field: RefObject<HTMLInputElement | null>;
  readonly onDelete: (set: ProblemSetSummary) => void;
}

export function useSetsCommands(count: number, chosen: ChosenSet, screen: SetsScreen): void {
  const { field, onDelete } = screen;
  useCommands(
    useMemo((): readonly Command[] => {
      const { at, set, choose, open } = chosen;
      const group = "This screen";
      const notNow = set === undefined ? "There is no set yet." : undefined;
      return [
        ...stepCommands({ screen: "problems", row: "problem set", count, at, choose }),
        {
          id: "problems.open",
          title: "Open the chosen problem set",
          group,
          keys: "Enter",
          notNow,
          run: () => open(at),
        },
        {
          id: "problems.import",
          title: "Import problems from a file…",
          group,
          keys: "I",
          run: () => navigate(IMPORT_PROBLEMS),
        },
        {
          id: "problems.delete",
          title: "Delete the chosen problem set…",
          group,
          keys: "Delete",
          notNow,
          run: () => {
            if (set !== undefined) onDelete(set);
          },
        },
        {
          id: "problems.filter",
          title: "Filter problem sets",
          group,
          keys: "/",
          run: () => field.current?.focus(),
        },
      ];
    }, [count, chosen, field, onDelete]),
  );
}
