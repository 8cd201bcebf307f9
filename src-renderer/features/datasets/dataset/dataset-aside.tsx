/** Right: where the dataset's records came from, and its versions. */
import type { ReactNode } from "react";
import type { DatasetId, DatasetVersion } from "#shared/schema/dataset.ts";
import type { Query } from "#renderer/bridge/use-query.ts";
import { FailureNotice } from "#renderer/ui/region-state.tsx";
import { SourcesRegion } from "./sources-region.tsx";
import { VersionsRegion } from "./versions-region.tsx";
import type { VersionsRegionProps } from "./versions-region.tsx";

export interface DatasetAsideProps extends Omit<VersionsRegionProps, "versions"> {
  readonly datasetId: DatasetId;
  readonly versions: Query<readonly DatasetVersion[]>;
}

export function DatasetAside({ datasetId, versions, ...comparing }: DatasetAsideProps): ReactNode {
  return (
    <aside className="region scroll datasetaside" aria-label="Sources and versions" tabIndex={0}>
      <SourcesRegion datasetId={datasetId} />
      {versions.failure !== undefined && <FailureNotice failure={versions.failure} />}
      {versions.data !== undefined && <VersionsRegion versions={versions.data} {...comparing} />}
    </aside>
  );
}
