/** Keys of the problems: the next one, and both answers to it. */
import { useMemo } from "react";
import { useCommands } from "#renderer/navigation/command-registry.ts";
import type { Command } from "#renderer/navigation/command-registry.ts";
import { useFilter } from "#renderer/navigation/location.ts";

/** @param count of the rows; undefined while they are on their way: what is pressed then holds for them. */
export function useProblemCommands(
  count: number | undefined,
  at: number,
  onOpen: () => void,
): void {
  const [, setRow] = useFilter("problem", "0");
  useCommands(
    useMemo(
      (): readonly Command[] => [
        {
          id: "compare.next",
          title: "Next problem",
          group: "This screen",
          keys: "J",
          run: () => setRow(String(Math.max(0, Math.min((count ?? Infinity) - 1, at + 1)))),
        },
        {
          id: "compare.previous",
          title: "Previous problem",
          group: "This screen",
          keys: "K",
          run: () => setRow(String(Math.max(0, at - 1))),
        },
        {
          id: "compare.answers",
          title: "Open both answers",
          group: "This screen",
          keys: "Enter",
          notNow: count === 0 ? "No problem is in this list." : undefined,
          run: onOpen,
        },
      ],
      [count, at, onOpen, setRow],
    ),
  );
}
