/** Choosing several records for one change of all of them. */
import type { Dispatch } from "react";
import type { RecordTarget } from "#shared/contract/dataset-records.ts";
import type { RecordId } from "#shared/schema/dataset.ts";
import { formatNumber } from "#renderer/ui/format.ts";
import { queueFilter } from "./review-place.ts";
import type { ReviewPlace } from "./review-place.ts";
import type { ReviewAction } from "./review-state.ts";
import type { Reading } from "./use-reading.ts";

export interface Selection {
  readonly ids: ReadonlySet<RecordId>;
  /** A record more, or all from the one at hand to it. */
  readonly select: (index: number, reach: "one" | "range") => void;
  /** The record at hand; then the next one is at hand. */
  readonly toggleAndGoOn: () => void;
  readonly selectAll: () => void;
  readonly clear: () => void;
}

export function selectionOf(
  ids: ReadonlySet<RecordId>,
  { queue, at, id, goTo }: Reading,
  dispatch: Dispatch<ReviewAction>,
): Selection {
  const toggle = (one: RecordId | undefined): void => {
    if (one !== undefined) dispatch({ type: "toggle", id: one });
  };
  return {
    ids,
    select: (index, reach) => {
      if (reach === "one") toggle(queue.ids[index]);
      else {
        const range = queue.ids.slice(Math.min(at, index), Math.max(at, index) + 1);
        dispatch({ type: "select", ids: range });
      }
    },
    toggleAndGoOn: () => {
      toggle(id);
      goTo(at + 1);
    },
    selectAll: () => dispatch({ type: "select", ids: queue.ids }),
    clear: () => dispatch({ type: "clear-selection" }),
  };
}

/** The records that a change of many is of: the chosen ones, else all of the queue that match the filter line. */
export function targetOf(
  { ids }: Selection,
  { queueName, line, filter }: ReviewPlace,
): { readonly target: RecordTarget; readonly text: string } {
  if (ids.size > 0)
    return { target: { ids: [...ids] }, text: `The ${formatNumber(ids.size)} chosen records.` };
  const matching = line.trim() === "" ? "" : ` that match ${line}`;
  return {
    target: { filter: queueFilter(queueName, filter) },
    text: `All records of the queue “${queueName}”${matching}, not only those in view.`,
  };
}
