/** Where the reviewer is, as the address says it: dataset, queue, filter line and view. */
import { useMemo } from "react";
import type { DatasetId, RecordStatus } from "#shared/schema/dataset.ts";
import { RecordStatus as StatusSchema } from "#shared/schema/dataset.ts";
import type { RecordFilter } from "#shared/schema/record-filter.ts";
import { parseFilter } from "#shared/schema/record-filter-text.ts";
import { currentAddress, hrefTo, navigate, useFilter } from "#renderer/navigation/location.ts";

export type QueueName = RecordStatus | "all";
export const QUEUES: readonly QueueName[] = [...StatusSchema.options, "all"];

export type RecordView = "text" | "changes" | "raw";

export interface ReviewPlace {
  readonly queueName: QueueName;
  readonly view: RecordView;
  /** The filter line as typed. */
  readonly line: string;
  /** The conditions of the line that could be read. */
  readonly filter: RecordFilter;
  /** What could not be read in the line, in words. */
  readonly problems: readonly string[];
  readonly setQueue: (queue: QueueName) => void;
  readonly setView: (view: RecordView) => void;
  readonly setLine: (line: string) => void;
  readonly goToDataset: (id: DatasetId) => void;
}

function asQueue(text: string): QueueName {
  return QUEUES.find((name) => name === text) ?? "pending";
}

function asView(text: string): RecordView {
  return text === "changes" || text === "raw" ? text : "text";
}

/** The records of a queue that match the filter line. */
export function queueFilter(queue: QueueName, filter: RecordFilter): RecordFilter {
  return queue === "all" ? filter : [{ field: "status", values: [queue] }, ...filter];
}

export function useReviewPlace(): ReviewPlace {
  const [queueText, setQueue] = useFilter("queue", "pending");
  const [line, setLine] = useFilter("filter");
  const [viewText, setView] = useFilter("view", "text");
  const { filter, problems } = useMemo(() => parseFilter(line), [line]);
  const queueName = asQueue(queueText);
  return {
    queueName,
    view: asView(viewText),
    line,
    filter,
    problems,
    setQueue,
    setView,
    setLine,
    goToDataset: (id) => navigate(hrefTo(currentAddress().path, { dataset: id, queue: queueName })),
  };
}
