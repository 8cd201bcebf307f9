/** What the host measures a review's time from: the record at hand, and when it is out of sight. */
import { useEffect, useRef } from "react";
import type { RecordId } from "#shared/schema/dataset.ts";
import { host } from "#renderer/bridge/host.ts";
import { outbox } from "#renderer/bridge/records/outbox.ts";

/** Only the timing of the review rests on it, so a failure is let go. */
export function tellReview(recordId: RecordId, kind: "open" | "skip" | "leave"): void {
  host.datasets.review.event({ recordId, kind }).catch(() => undefined);
}

/** Time on another screen, or in another tab, is none of the review. */
export function useReviewTime(id: RecordId | undefined): void {
  const atHand = useRef(id);
  useEffect(() => {
    atHand.current = id;
    if (id !== undefined && !document.hidden) tellReview(id, "open");
  }, [id]);
  useEffect(() => {
    const leave = (): void => {
      const left = atHand.current;
      // After the decisions that are on their way: what comes last says whether the time goes on.
      if (left !== undefined) void outbox.drained().then(() => tellReview(left, "leave"));
    };
    const turn = (): void => {
      if (document.hidden) leave();
      else if (atHand.current !== undefined) tellReview(atHand.current, "open");
    };
    document.addEventListener("visibilitychange", turn);
    return () => {
      document.removeEventListener("visibilitychange", turn);
      leave();
    };
  }, []);
}
