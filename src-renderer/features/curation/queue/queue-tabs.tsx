/** The queues by status, with how many records each has. */
import type { ReactNode } from "react";
import { formatNumber } from "#renderer/ui/format.ts";
import { KeyCaps } from "#renderer/ui/key-caps.tsx";
import { QUEUES } from "../review/review-place.ts";
import { useReview } from "../review/review-value.ts";
import { countOf } from "./use-queue.ts";

export function QueueTabs(): ReactNode {
  const { place, reading } = useReview();
  return (
    <div className="queuechips" role="group" aria-label="Queues">
      {QUEUES.map((name) => {
        const count = countOf(reading.queue, name);
        return (
          <button
            key={name}
            type="button"
            className={name === place.queueName ? "chip on" : "chip"}
            aria-pressed={name === place.queueName}
            onClick={() => place.setQueue(name)}
          >
            {name} <span className="tn">{count === undefined ? "" : formatNumber(count)}</span>
          </button>
        );
      })}
      <KeyCaps keys="Q" />
    </div>
  );
}
