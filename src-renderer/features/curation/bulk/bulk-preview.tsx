/** What a change of many records would do: how many it would change, and the first of them before and after. */
import type { ReactNode } from "react";
import type { BulkAction, RecordTarget } from "#shared/contract/dataset-records.ts";
import type { DatasetId } from "#shared/schema/dataset.ts";
import { host } from "#renderer/bridge/host.ts";
import { useQuery } from "#renderer/bridge/use-query.ts";
import { DiffText } from "#renderer/ui/text/diff-text.tsx";
import { formatNumber, plural } from "#renderer/ui/format.ts";
import { FailureNotice, SkeletonRows } from "#renderer/ui/region-state.tsx";
import { diffTexts } from "#renderer/ui/text/word-diff.ts";

export interface BulkPreviewProps {
  readonly datasetId: DatasetId;
  readonly target: RecordTarget;
  readonly action: BulkAction;
}

export function BulkPreview({ datasetId, target, action }: BulkPreviewProps): ReactNode {
  const preview = useQuery({
    key: `bulk:${datasetId}:${JSON.stringify([target, action])}`,
    topics: [`dataset:${datasetId}`],
    fetch: (signal) =>
      host.datasets.records.previewBulk({ datasetId, target, action, samples: 6 }, { signal }),
  });
  if (preview.failure !== undefined) return <FailureNotice failure={preview.failure} />;
  if (preview.data === undefined) return <SkeletonRows rows={4} />;
  const { matching, changing, samples } = preview.data;
  return (
    <>
      <p className="s12 bulkcount" role="status">
        <span className="med">
          {plural(changing, "record")} of {formatNumber(matching)} would change.
        </span>{" "}
        <span className="t3">
          {samples.length === 0 ? "" : `The first ${formatNumber(samples.length)}:`}
        </span>
      </p>
      <ul className="bulksamples scroll" tabIndex={0} aria-label="Examples of the change">
        {samples.map((sample) => (
          <li key={sample.recordId} className="flex top s12">
            <span className="mono t3 sn">{formatNumber(sample.position)}</span>
            <span className="grow plain" dir="auto">
              <DiffText parts={diffTexts(sample.before, sample.after).parts} />
            </span>
          </li>
        ))}
      </ul>
    </>
  );
}
