/** Puts a review together: the address's part, what the desk remembers, and the acts on both. */
import { useReducer, useRef } from "react";
import type { Dispatch } from "react";
import type { DatasetSummary } from "#shared/schema/dataset.ts";
import { editsQuery } from "#renderer/bridge/queries.ts";
import { useAct } from "#renderer/bridge/use-act.ts";
import { useQuery } from "#renderer/bridge/use-query.ts";
import { reasoningSteps } from "../record/reasoning-steps.ts";
import { decisionsOn } from "./decisions.ts";
import { useReviewPlace } from "./review-place.ts";
import { foldedSteps, REVIEW_START, reviewReducer } from "./review-state.ts";
import type { ReviewAction, ReviewState } from "./review-state.ts";
import type { Folds, Review } from "./review-value.ts";
import { selectionOf } from "./selection.ts";
import { useEditing } from "./use-editing.ts";
import { useReading } from "./use-reading.ts";
import type { Reading } from "./use-reading.ts";
import { useTags } from "./use-tags.ts";

function foldsOf(
  state: ReviewState,
  { id, live }: Reading,
  dispatch: Dispatch<ReviewAction>,
): Folds {
  return {
    steps: foldedSteps(state, id),
    toggle: (step) => dispatch({ type: "fold-step", id, step }),
    foldAll: () => {
      const reasoning = live.record?.messages.at(-1)?.reasoning ?? "";
      dispatch({ type: "fold", id, count: reasoningSteps(reasoning).length });
    },
    openAll: () => dispatch({ type: "fold", id, count: 0 }),
  };
}

export interface ReviewOf {
  readonly dataset: DatasetSummary;
  readonly datasets: readonly DatasetSummary[];
  readonly workspace: string;
}

export function useReviewOf({ dataset, datasets, workspace }: ReviewOf): Review {
  const place = useReviewPlace();
  const [state, dispatch] = useReducer(reviewReducer, REVIEW_START);
  const act = useAct();
  const reading = useReading(dataset.id, place, act, () => dispatch({ type: "leave-editor" }));
  const selection = selectionOf(state.selected, reading, dispatch);
  const editing = useEditing(dataset.id, workspace, reading, state.edited, dispatch);
  return {
    dataset,
    datasets,
    workspace,
    place,
    reading,
    folds: foldsOf(state, reading, dispatch),
    selection,
    decisions: decisionsOn(dataset.id, reading, selection, act),
    editing,
    tags: useTags(dataset.id),
    dialogs: {
      opened: state.dialog,
      open: (dialog) => dispatch({ type: "open", dialog }),
      close: () => dispatch({ type: "close" }),
    },
    failure: act.failure,
    undoLabel: useQuery(editsQuery(`dataset:${dataset.id}`)).data?.undo?.label,
    filterField: useRef<HTMLInputElement>(null),
    tagField: useRef<HTMLInputElement>(null),
  };
}
