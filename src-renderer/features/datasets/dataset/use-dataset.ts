/** What the host knows of one dataset: the dataset itself, what it holds, and its versions. */
import type { DatasetId } from "#shared/schema/dataset.ts";
import { host } from "#renderer/bridge/host.ts";
import { useQuery } from "#renderer/bridge/use-query.ts";

/** All three are asked for again when something of the dataset changes. */
function useAnswer<T>(
  name: string,
  datasetId: DatasetId,
  fetch: (signal: AbortSignal) => Promise<T>,
) {
  return useQuery({ key: `${name}:${datasetId}`, topics: [`dataset:${datasetId}`], fetch });
}

export function useDataset(datasetId: DatasetId) {
  const dataset = useAnswer("dataset", datasetId, (signal) =>
    host.datasets.get({ datasetId }, { signal }),
  );
  const statistics = useAnswer("statistics", datasetId, (signal) =>
    host.datasets.statistics({ datasetId }, { signal }),
  );
  const versions = useAnswer("versions", datasetId, (signal) =>
    host.datasets.versions.list({ datasetId }, { signal }),
  );
  return { dataset, statistics, versions };
}
