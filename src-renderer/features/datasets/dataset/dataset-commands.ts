/** The keys of a dataset's screen. */
import { useMemo } from "react";
import type { DatasetId } from "#shared/schema/dataset.ts";
import { useCommands } from "#renderer/navigation/command-registry.ts";
import { hrefTo, navigate } from "#renderer/navigation/location.ts";
import type { DatasetDialog } from "./dataset-dialogs.tsx";

/** @param onDialog, @param onDelete the same with every render */
export function useDatasetCommands(
  datasetId: DatasetId,
  onDialog: (dialog: DatasetDialog) => void,
  onDelete: () => void,
): void {
  useCommands(
    useMemo(() => {
      const review = (): void => navigate(hrefTo(["curation"], { dataset: datasetId }));
      const importMore = (): void => navigate(hrefTo(["datasets", "import"], { into: datasetId }));
      const keys = [
        ["review", "Review", "V", review],
        ["add", "Add a record…", "C", () => onDialog("add")],
        ["publish", "Publish a version…", "P", () => onDialog("publish")],
        ["export", "Export…", "X", () => onDialog("export")],
        ["rename", "Rename…", "N", () => onDialog("rename")],
        ["generate", "Generate with a teacher…", "W", () => onDialog("generate")],
        ["import", "Import more…", "I", importMore],
        ["delete", "Delete the dataset, undo brings it back", "Delete", onDelete],
      ] as const;
      return keys.map(([id, title, key, run]) => ({
        id: `dataset.${id}`,
        title,
        group: "This screen" as const,
        keys: key,
        run,
      }));
    }, [datasetId, onDialog, onDelete]),
  );
}
