/**
 * The list that is worked through: ids of the records that matched when it was taken. A decided record keeps its place, so
 * that going back finds it; a new list is taken when the queue, the filter or very many records change.
 */
import { useMemo, useState } from "react";
import type { DatasetId, RecordId, StatusCounts } from "#shared/schema/dataset.ts";
import type { RecordFilter } from "#shared/schema/record-filter.ts";
import { filterText } from "#shared/schema/record-filter-text.ts";
import { host } from "#renderer/bridge/host.ts";
import { recordStore } from "#renderer/bridge/records/record-store.ts";
import { useQuery } from "#renderer/bridge/use-query.ts";
import { queueFilter } from "../review/review-place.ts";
import type { QueueName } from "../review/review-place.ts";
import type { Failure } from "#renderer/bridge/failure.ts";

const MOST_IDS = 1_000_000;
/** As many as a tall window shows: they come with the ids. */
const FIRST_ROWS = 60;
const NONE: readonly RecordId[] = [];

export interface Queue {
  readonly ids: readonly RecordId[];
  /** First load, or a change of queue or filter whose answer is not there: the older list is still shown. */
  readonly loading: boolean;
  readonly failure: Failure | undefined;
  readonly refresh: () => void;
  /** By status, of all that match the filter line; undefined before the first answer. */
  readonly counts: StatusCounts | undefined;
  /** Place of a record in the list, or where it would stand. */
  readonly placeOf: (id: RecordId | undefined) => number;
}

/** How many records of a queue match the filter line; undefined before the first answer. */
export function countOf({ counts }: Queue, name: QueueName): number | undefined {
  if (counts === undefined) return undefined;
  if (name !== "all") return counts[name];
  return counts.pending + counts.accepted + counts.rejected + counts.flagged;
}

/** Where an id stands among ids in the dataset's order, which is the order in which they were given. */
export function placeAmong(ids: readonly RecordId[], id: RecordId): number {
  let low = 0;
  let high = ids.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((ids[middle] ?? id) < id) low = middle + 1;
    else high = middle;
  }
  return Math.min(low, Math.max(0, ids.length - 1));
}

export function useQueue(
  datasetId: DatasetId | undefined,
  queue: QueueName,
  line: RecordFilter,
): Queue {
  const filter = queueFilter(queue, line);
  const list = useQuery(
    datasetId === undefined
      ? undefined
      : {
          key: `record-ids:${datasetId}:${filterText(filter)}`,
          topics: [`records:${datasetId}`],
          fetch: async (signal) => {
            const asked = { datasetId, filter, limit: MOST_IDS, rows: FIRST_ROWS };
            const { ids, rows } = await host.datasets.records.list(asked, { signal });
            recordStore.putRows(rows);
            return ids;
          },
        },
  );
  const count = useQuery(
    datasetId === undefined
      ? undefined
      : {
          key: `record-count:${datasetId}:${filterText(line)}`,
          topics: [`dataset:${datasetId}`],
          fetch: (signal) => host.datasets.records.count({ datasetId, filter: line }, { signal }),
        },
  );
  // The older list stays until the new one is there.
  const [shown, setShown] = useState({ datasetId, ids: NONE });
  if (list.data !== undefined && list.data !== shown.ids) setShown({ datasetId, ids: list.data });
  const ids = shown.datasetId === datasetId ? shown.ids : NONE;
  const places = useMemo(() => new Map(ids.map((id, index) => [id, index])), [ids]);
  return {
    ids,
    loading: list.data === undefined && list.failure === undefined,
    failure: list.failure ?? count.failure,
    refresh: () => {
      list.refresh();
      count.refresh();
    },
    counts: count.data?.status,
    placeOf: (id) => (id === undefined ? 0 : (places.get(id) ?? placeAmong(ids, id))),
  };
}
