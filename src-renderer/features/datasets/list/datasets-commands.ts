/** The keys of the list of datasets. */
import { useMemo } from "react";
import type { DatasetId, DatasetSummary } from "#shared/schema/dataset.ts";
import { useCommands } from "#renderer/navigation/command-registry.ts";
import { hrefTo, navigate } from "#renderer/navigation/location.ts";
import type { ChosenDataset } from "./use-chosen-dataset.ts";
import { screenCommands } from "#renderer/ui/screen-commands.ts";

export type DatasetsDialog = "new" | "generate";

export const IMPORT = hrefTo(["datasets", "import"]);

/** @param onDialog, @param onDelete the same with every render */
export function useDatasetsCommands(
  chosen: ChosenDataset,
  onDialog: (dialog: DatasetsDialog) => void,
  onDelete: (datasetId: DatasetId) => void,
): void {
  useCommands(
    useMemo(() => {
      const command = screenCommands("datasets");
      const onChosen = (run: (dataset: DatasetSummary) => void) => (): void => {
        if (chosen.dataset !== undefined) run(chosen.dataset);
      };
      return [
        command("next", "Next dataset", "J", () => chosen.choose(chosen.at + 1)),
        command("previous", "Previous dataset", "K", () => chosen.choose(chosen.at - 1)),
        command("open", "Open the chosen dataset", "Enter", () => chosen.open(chosen.at)),
        command(
          "review",
          "Review the chosen dataset",
          "V",
          onChosen(({ id }) => navigate(hrefTo(["curation"], { dataset: id }))),
        ),
        command("import", "Import a file…", "I", () => navigate(IMPORT)),
        command("new", "New empty dataset…", "N", () => onDialog("new")),
        command("generate", "Generate with a teacher…", "W", () => onDialog("generate")),
        {
          ...command(
            "delete",
            "Delete the chosen dataset",
            "Delete",
            onChosen(({ id }) => onDelete(id)),
          ),
          note: "undo brings it back",
        },
      ];
    }, [chosen, onDialog, onDelete]),
  );
}
