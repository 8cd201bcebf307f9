/** Where a dataset's records came from. */
import type { ReactNode } from "react";
import type { DatasetId } from "#shared/schema/dataset.ts";
import { RecordSource as SourceSchema } from "#shared/schema/dataset.ts";
import { hrefTo } from "#renderer/navigation/location.ts";
import { host } from "#renderer/bridge/host.ts";
import { useQuery } from "#renderer/bridge/use-query.ts";
import { formatNumber } from "#renderer/ui/format.ts";
import { SOURCE_NAMES } from "#renderer/ui/records/source-names.ts";

const KINDS = SourceSchema.shape.kind.options;

export function SourcesRegion({ datasetId }: { readonly datasetId: DatasetId }): ReactNode {
  const counts = useQuery({
    key: `sources:${datasetId}`,
    topics: [`records:${datasetId}`],
    fetch: (signal) =>
      Promise.all(
        KINDS.map(async (kind) => ({
          kind,
          count: (
            await host.datasets.records.count(
              { datasetId, filter: [{ field: "source", values: [kind] }] },
              { signal },
            )
          ).total,
        })),
      ),
  }).data;
  const shown = counts?.filter(({ count }) => count > 0) ?? [];
  if (shown.length === 0) return null;
  return (
    <section aria-label="Sources">
      <div className="head bb">
        <h2>Where the records came from</h2>
      </div>
      <ul className="sources s12">
        {shown.map(({ kind, count }) => (
          <li key={kind} className="flex">
            <span className="grow t2">{SOURCE_NAMES[kind]}</span>
            <a
              className="link tn"
              href={hrefTo(["curation"], {
                dataset: datasetId,
                queue: "all",
                filter: `source:${kind}`,
              })}
            >
              {formatNumber(count)}
            </a>
          </li>
        ))}
      </ul>
    </section>
  );
}
