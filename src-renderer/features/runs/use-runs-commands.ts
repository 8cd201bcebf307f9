/** The commands of the Runs screen's table. */
import { useMemo } from "react";
import type { RefObject } from "react";
import { useCommands } from "#renderer/navigation/command-registry.ts";
import type { Command } from "#renderer/navigation/command-registry.ts";
import { stepCommands } from "#renderer/ui/step-commands.ts";
import type { Picks } from "./picks/use-picks.ts";
import type { RunList } from "./rows/use-run-list.ts";
import type { RunView } from "./rows/use-run-view.ts";
import { screenCommands } from "#renderer/ui/screen-commands.ts";

export function useRunsCommands(
  { rows, at, choose, open, pick }: RunList,
  { toggleStages }: RunView,
  picks: Picks,
  filterField: RefObject<HTMLInputElement | null>,
): void {
  useCommands(
    useMemo((): readonly Command[] => {
      const command = screenCommands("runs");
      return [
        ...stepCommands({ screen: "runs", row: "row", count: rows.length, at, choose }),
        command("open", "Open the chosen row", "Enter", () => open(at)),
        command("pick", "Pick the chosen row, or not", "P", () => pick(at)),
        command("pick-all", "Pick every row that is shown", "A", () =>
          picks.set(rows.flatMap((row) => (row.type === "group" ? [] : [row.key]))),
        ),
        command("fold", "Show or hide stages", "X", toggleStages),
        command("filter", "Filter by name or tag", "/", () => filterField.current?.focus()),
      ];
    }, [rows, at, choose, open, pick, picks, toggleStages, filterField]),
  );
}
