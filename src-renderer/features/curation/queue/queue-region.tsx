/** Left: which records are reviewed, by status and filter, and the list of them. */
import type { ReactNode } from "react";
import { formatNumber } from "#renderer/ui/format.ts";
import { KeyCaps } from "#renderer/ui/key-caps.tsx";
import { Empty, FailureNotice, SkeletonRows } from "#renderer/ui/region-state.tsx";
import { useReview } from "../review/review-value.ts";
import type { Review } from "../review/review-value.ts";
import { DatasetChoice } from "./dataset-choice.tsx";
import { FilterLine } from "./filter-line.tsx";
import { QueueList } from "./queue-list.tsx";
import { QueueTabs } from "./queue-tabs.tsx";
import { SelectionLine } from "./selection-line.tsx";
import { countOf } from "./use-queue.ts";

function QueueHead(): ReactNode {
  const { reading, dialogs } = useReview();
  const { queue } = reading;
  const total = countOf(queue, "all");
  const left = countOf(queue, "pending");
  return (
    <div className="head">
      <h2>Queue</h2>
      {total !== undefined && left !== undefined && (
        <span className="note tn">
          {formatNumber(left)} left of {formatNumber(total)}
        </span>
      )}
      <span className="end flex">
        {queue.loading && queue.ids.length > 0 && <span className="note">looking…</span>}
        <button type="button" className="btn quiet small" onClick={() => dialogs.open("add")}>
          Add <KeyCaps keys="C" />
        </button>
      </span>
    </div>
  );
}

function emptyText({ queueName, line }: Review["place"]): string {
  if (line.trim() !== "") return "No record of this queue matches the filter.";
  if (queueName === "pending") return "Nothing is left to decide here.";
  return `No record is ${queueName === "all" ? "here" : queueName} yet.`;
}

function EmptyQueue(): ReactNode {
  const { place, reading, dialogs } = useReview();
  return (
    <Empty
      action={
        countOf(reading.queue, "all") === 0 && (
          <button type="button" className="btn" onClick={() => dialogs.open("add")}>
            Add a record
          </button>
        )
      }
    >
      {emptyText(place)}
    </Empty>
  );
}

function QueueFoot(): ReactNode {
  return (
    <div className="flex s11 t3 bt queuefoot">
      <span>
        Next <KeyCaps keys="J" />
      </span>
      <span>
        Previous <KeyCaps keys="K" />
      </span>
      <span className="opt">
        Undecided <KeyCaps keys="N" />
      </span>
    </div>
  );
}

export function QueueRegion(): ReactNode {
  const { reading, selection } = useReview();
  const { queue, at } = reading;
  const none = queue.ids.length === 0;
  return (
    <section className="region" aria-label="Queue">
      <QueueHead />
      <div className="queuehead">
        <DatasetChoice />
        <QueueTabs />
        <FilterLine />
      </div>
      {queue.failure !== undefined && (
        <FailureNotice failure={queue.failure} onRetry={queue.refresh} />
      )}
      {selection.ids.size > 0 && <SelectionLine />}
      <div className="qhead s11 t3 bt bb">
        <span>Record</span>
        <span className="grow">Prompt</span>
        <span className="tn">
          {none ? "" : `${formatNumber(at + 1)} of ${formatNumber(queue.ids.length)}`}
        </span>
      </div>
      {!none ? <QueueList /> : queue.loading ? <SkeletonRows rows={12} /> : <EmptyQueue />}
      <QueueFoot />
    </section>
  );
}
