/** Where the reviewer stands: dataset, queue, filter line and view are the address's; the record is too, a moment later. */
import { useCallback, useEffect, useRef, useState } from "react";
import type { RecordId, RecordStatus } from "#shared/schema/dataset.ts";
import { RecordStatus as StatusSchema } from "#shared/schema/dataset.ts";
import type { RecordFilter } from "#shared/schema/record-filter.ts";
import { currentAddress, hrefTo, navigate, useFilter } from "#renderer/navigation/location.ts";
import { recordIdFrom } from "#renderer/bridge/ids.ts";

export type QueueName = RecordStatus | "all";
export const QUEUES: readonly QueueName[] = [...StatusSchema.options, "all"];

export type RecordView = "text" | "changes" | "raw";

export function asQueue(text: string): QueueName {
  return QUEUES.find((name) => name === text) ?? "pending";
}

export function asView(text: string): RecordView {
  return text === "changes" || text === "raw" ? text : "text";
}

/** The records of a queue that match the filter line. */
export function queueFilter(queue: QueueName, filter: RecordFilter): RecordFilter {
  return queue === "all" ? filter : [{ field: "status", values: [queue] }, ...filter];
}

const WRITE_AFTER_MS = 200;

/**
 * The chosen record. Browsers refuse addresses that change many times a second, so it is written to the
 * address when the reviewer rests.
 */
export function useChosenRecord(): readonly [
  RecordId | undefined,
  (id: RecordId | undefined) => void,
] {
  const [text] = useFilter("record");
  const [chosen, setChosen] = useState<{
    readonly text: string;
    readonly id: RecordId | undefined;
  }>({ text, id: recordIdFrom(text) });
  const timer = useRef<number>(undefined);
  // Back, forward and links choose too.
  if (chosen.text !== text) setChosen({ text, id: recordIdFrom(text) });
  const write = useCallback((id: RecordId | undefined) => {
    const { path, query } = currentAddress();
    if (path[0] !== "curation") return;
    const record = id === undefined ? undefined : String(id);
    setChosen({ text: record ?? "", id });
    navigate(hrefTo(path, { ...query, record }), true);
  }, []);
  const choose = useCallback(
    (id: RecordId | undefined) => {
      setChosen((before) => ({ ...before, id }));
      window.clearTimeout(timer.current);
      timer.current = window.setTimeout(() => write(id), WRITE_AFTER_MS);
    },
    [write],
  );
  useEffect(() => () => window.clearTimeout(timer.current), []);
  return [chosen.id, choose];
}
