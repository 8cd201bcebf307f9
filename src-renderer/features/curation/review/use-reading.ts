/** Reading: the queue that is worked through, the record at hand, and the ways from it to another. */
import { useMemo } from "react";
import type { DatasetId, RecordId } from "#shared/schema/dataset.ts";
import { host } from "#renderer/bridge/host.ts";
import { outbox } from "#renderer/bridge/records/outbox.ts";
import type { Act } from "#renderer/bridge/use-act.ts";
import { useRecord } from "#renderer/bridge/records/use-records.ts";
import type { LiveRecord } from "#renderer/bridge/records/use-records.ts";
import { useQueue } from "../queue/use-queue.ts";
import type { Queue } from "../queue/use-queue.ts";
import { queueFilter } from "./review-place.ts";
import type { ReviewPlace } from "./review-place.ts";
import { useChosenRecord } from "./use-chosen-record.ts";
import { tellReview, useReviewTime } from "./use-review-time.ts";

/** Records after the one at hand that are fetched before their key is pressed: several at once, in steps of so many. */
const AHEAD = 8;
const AT_ONCE = 8;
const BEHIND = 2;

export interface Reading {
  readonly queue: Queue;
  /** Place of the record at hand in the queue. */
  readonly at: number;
  readonly id: RecordId | undefined;
  readonly live: LiveRecord;
  readonly goTo: (index: number) => void;
  /** After a decision: to the next record; at the list's end, to the first before it that is undecided. */
  readonly goOn: () => void;
  /** To the next record, for now without a decision. */
  readonly skip: () => void;
  readonly nextUndecided: () => void;
  /** To a record by its number in the dataset, else to the last one. */
  readonly jumpTo: (position: number) => Promise<void>;
}

function useRecordAtHand(queue: Queue, wanted: RecordId | undefined) {
  const { ids } = queue;
  const at = queue.placeOf(wanted);
  // Until the list is there, the address says which record.
  const id = ids.length === 0 ? (queue.loading ? wanted : undefined) : ids[at];
  const ahead = Math.ceil((at + 1 + AHEAD) / AT_ONCE) * AT_ONCE;
  const neighbours = useMemo(
    () => [...ids.slice(at + 1, ahead), ...ids.slice(Math.max(0, at - BEHIND), at)],
    [ids, at, ahead],
  );
  const live = useRecord(id, neighbours);
  useReviewTime(id);
  return { at, id, live };
}

/** @param onMove when another record is gone to */
export function useReading(
  datasetId: DatasetId,
  place: ReviewPlace,
  act: Act,
  onMove: () => void,
): Reading {
  const [wanted, choose] = useChosenRecord();
  const queue = useQueue(datasetId, place.queueName, place.filter);
  const { at, id, live } = useRecordAtHand(queue, wanted);
  const { ids } = queue;
  const goTo = (index: number): void => {
    const next = ids[Math.min(ids.length - 1, Math.max(0, index))];
    if (next === undefined) return;
    onMove();
    choose(next);
  };
  /** The first undecided record of the list, other than the one at hand and, where `after` is asked for, behind it. */
  const goToUndecided = (after: boolean): void =>
    void act.run(async () => {
      await outbox.drained();
      const { rows } = await host.datasets.records.page({
        datasetId,
        filter: queueFilter("pending", place.filter),
        at: after && id !== undefined ? { recordId: id } : { index: 0 },
        limit: 2,
      });
      const next = rows.find((row) => row.id !== id && (!after || id === undefined || row.id > id));
      if (next !== undefined) goTo(queue.placeOf(next.id));
    });
  return {
    queue,
    at,
    id,
    live,
    goTo,
    goOn: () => {
      if (at + 1 < ids.length) goTo(at + 1);
      else if (place.queueName === "pending" || place.queueName === "all") goToUndecided(false);
    },
    skip: () => {
      if (id !== undefined) tellReview(id, "skip");
      goTo(at + 1);
    },
    nextUndecided: () => goToUndecided(true),
    jumpTo: async (position) => {
      const { rows } = await host.datasets.records.page({
        datasetId,
        filter: [{ field: "position", min: position }],
        limit: 1,
      });
      const found = rows[0];
      goTo(found === undefined ? ids.length - 1 : queue.placeOf(found.id));
    },
  };
}
