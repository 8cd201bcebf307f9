/** The commands of the Benchmarks screen. */
import { useMemo } from "react";
import type { RefObject } from "react";
import { useCommands } from "#renderer/navigation/command-registry.ts";
import type { Command } from "#renderer/navigation/command-registry.ts";
import { stepCommands } from "#renderer/ui/step-commands.ts";
import type { BenchmarkList } from "./use-benchmark-list.ts";
import type { Marks } from "./use-marks.ts";
import { screenCommands } from "#renderer/ui/screen-commands.ts";

export function useBenchmarksCommands(
  { rows, at, chosen, choose }: BenchmarkList,
  { marked, toggle, compare }: Marks,
  openDialog: (dialog: "import" | "run") => void,
  filterField: RefObject<HTMLInputElement | null>,
): void {
  useCommands(
    useMemo((): readonly Command[] => {
      const command = screenCommands("benchmarks");
      const markable = chosen?.type === "run" && chosen.run.score !== null ? chosen.key : undefined;
      return [
        command("run", "Run a benchmark", "N", () => openDialog("run")),
        command("import", "Import a benchmark", "I", () => openDialog("import")),
        ...stepCommands({ screen: "benchmarks", row: "row", count: rows.length, at, choose }),
        command(
          "mark",
          "Mark the chosen row",
          "X",
          () => {
            if (markable !== undefined) toggle(markable);
          },
          markable === undefined ? "Choose a finished benchmark first." : undefined,
        ),
        command(
          "compare",
          "Compare the marked",
          "A",
          compare,
          marked.size === 0 ? "Mark some first." : undefined,
        ),
        command("filter", "Filter", "/", () => filterField.current?.focus()),
      ];
    }, [rows.length, at, chosen, choose, marked, toggle, compare, openDialog, filterField]),
  );
}
