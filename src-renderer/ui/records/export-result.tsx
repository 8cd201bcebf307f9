/** What an export wrote, and the records that the chosen shape could not hold. */
import type { ReactNode } from "react";
import type { DatasetShape } from "#shared/schema/dataset.ts";
import { formatBytes, plural } from "../format.ts";

export interface ExportResultProps {
  readonly done: {
    readonly path: string;
    readonly records: number;
    readonly bytes: number;
    readonly sha256: string;
    readonly leftOut: readonly { readonly reason: string; readonly records: number }[];
    readonly datasetInfo: string | null;
  };
  readonly shape: DatasetShape;
}

export function ExportResult({ done, shape }: ExportResultProps): ReactNode {
  return (
    <>
      <p className="exportdone break" role="status">
        {plural(done.records, "record")}, {formatBytes(done.bytes)}, in{" "}
        <span className="mono">{done.path}</span>
        {done.datasetInfo === null ? "" : " with dataset_info.json"}. SHA-256{" "}
        <span className="mono">{done.sha256.slice(0, 16)}…</span>
      </p>
      {done.leftOut.map(({ reason, records }) => (
        <p key={reason} className="warn">
          {plural(records, "record")} left out, which {shape} cannot hold: {reason}.
        </p>
      ))}
    </>
  );
}
