/** The dialogs of a dataset's screen; at most one is open. */
import type { ReactNode } from "react";
import type { DatasetId, DatasetSummary, DatasetVersion } from "#shared/schema/dataset.ts";
import { host } from "#renderer/bridge/host.ts";
import { infoQuery } from "#renderer/bridge/queries.ts";
import { useQuery } from "#renderer/bridge/use-query.ts";
import type { Query } from "#renderer/bridge/use-query.ts";
import { AddRecord } from "#renderer/ui/records/add-record.tsx";
import { ExportRecords } from "#renderer/ui/records/export-records.tsx";
import { GenerateDialog } from "../generate/generate-dialog.tsx";
import { NameDialog } from "../name-dialog.tsx";
import { PublishDialog } from "./publish-dialog.tsx";

export type DatasetDialog = "add" | "rename" | "export" | "publish" | "generate";

export interface DatasetDialogsProps {
  readonly dialog: DatasetDialog | undefined;
  readonly datasetId: DatasetId;
  /** Undefined before the first answer. */
  readonly dataset: DatasetSummary | undefined;
  readonly versions: Query<readonly DatasetVersion[]>;
  readonly onClose: () => void;
}

export function DatasetDialogs(props: DatasetDialogsProps): ReactNode {
  const { dialog, datasetId, dataset, versions, onClose } = props;
  const folder = useQuery(infoQuery).data?.workspace.path;
  switch (dialog) {
    case "add":
      return (
        folder !== undefined && (
          <AddRecord datasetId={datasetId} workspace={folder} onClose={onClose} />
        )
      );
    case "rename":
      return (
        dataset !== undefined && (
          <NameDialog
            opened
            label="Rename the dataset"
            verb="Rename"
            before={dataset.name}
            onClose={onClose}
            onName={async (name) => {
              await host.datasets.rename({ datasetId, name });
            }}
          />
        )
      );
    case "export":
      return (
        dataset !== undefined &&
        folder !== undefined && (
          <ExportRecords
            dataset={dataset}
            versions={versions.data ?? []}
            selection={[]}
            filterLine="status:accepted"
            folder={folder}
            onClose={onClose}
          />
        )
      );
    case "publish":
      return (
        <PublishDialog
          datasetId={datasetId}
          onClose={onClose}
          onPublished={() => {
            onClose();
            versions.refresh();
          }}
        />
      );
    case "generate":
      return <GenerateDialog datasetId={datasetId} onClose={onClose} />;
    default:
      return null;
  }
}
