/** A dataset's name and size, and what can be done with it. */
import type { ReactNode } from "react";
import type { DatasetId, DatasetSummary } from "#shared/schema/dataset.ts";
import { hrefTo } from "#renderer/navigation/location.ts";
import { plural } from "#renderer/ui/format.ts";
import { KeyCaps } from "#renderer/ui/key-caps.tsx";
import { visibleText } from "#renderer/ui/text/visible-text.ts";
import type { DatasetDialog } from "./dataset-dialogs.tsx";

export interface DatasetHeadProps {
  readonly datasetId: DatasetId;
  /** Undefined before the first answer. */
  readonly dataset: DatasetSummary | undefined;
  readonly onDialog: (dialog: DatasetDialog) => void;
  readonly onDelete: () => void;
}

export function DatasetHead(props: DatasetHeadProps): ReactNode {
  const { datasetId, dataset, onDialog, onDelete } = props;
  return (
    <div className="screenhead datasethead">
      <h1 className="ell">{dataset === undefined ? "Dataset" : visibleText(dataset.name)}</h1>
      {dataset !== undefined && (
        <span className="s12 t3 nowrap opt">{plural(dataset.records, "record")}</span>
      )}
      <span className="end flex">
        <button type="button" className="btn quiet" onClick={() => onDialog("rename")}>
          Rename <KeyCaps keys="N" />
        </button>
        <button type="button" className="btn quiet" onClick={() => onDialog("add")}>
          Add <KeyCaps keys="C" />
        </button>
        <a className="btn quiet" href={hrefTo(["datasets", "import"], { into: datasetId })}>
          Import <KeyCaps keys="I" />
        </a>
        <button type="button" className="btn quiet" onClick={() => onDialog("generate")}>
          Generate <KeyCaps keys="W" />
        </button>
        <button type="button" className="btn quiet" onClick={onDelete}>
          Delete
        </button>
        <button type="button" className="btn" onClick={() => onDialog("export")}>
          Export <KeyCaps keys="X" />
        </button>
        <button type="button" className="btn" onClick={() => onDialog("publish")}>
          Publish <KeyCaps keys="P" />
        </button>
        <a className="btn primary" href={hrefTo(["curation"], { dataset: datasetId })}>
          Review <KeyCaps keys="V" />
        </a>
      </span>
    </div>
  );
}
