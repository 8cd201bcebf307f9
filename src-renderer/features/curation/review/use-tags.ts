/** Tags that the dataset's records have, the most frequent first; the first nine are on the number keys. */
import { useMemo } from "react";
import type { DatasetId } from "#shared/schema/dataset.ts";
import { host } from "#renderer/bridge/host.ts";
import { useQuery } from "#renderer/bridge/use-query.ts";

const ON_KEYS = 9;

export interface DatasetTags {
  readonly all: readonly string[];
  readonly onKeys: readonly string[];
}

export function useTags(datasetId: DatasetId): DatasetTags {
  const counts = useQuery({
    key: `tags:${datasetId}`,
    // The order stays while records are tagged: only another set of records asks again.
    topics: [`records:${datasetId}`],
    fetch: (signal) => host.datasets.statistics({ datasetId, filter: [] }, { signal }),
  }).data?.tags;
  return useMemo(() => {
    const all = Object.entries(counts ?? {})
      .sort(([a, m], [b, n]) => n - m || a.localeCompare(b))
      .map(([tag]) => tag);
    return { all, onKeys: all.slice(0, ON_KEYS) };
  }, [counts]);
}
