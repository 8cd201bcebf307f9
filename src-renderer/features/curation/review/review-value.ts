/** A review as the desk's parts see it: where the reviewer is, what is at hand, and what can be done with it. */
import { createContext, useContext } from "react";
import type { RefObject } from "react";
import type { DatasetSummary } from "#shared/schema/dataset.ts";
import type { Failure } from "#renderer/bridge/failure.ts";
import type { Decisions } from "./decisions.ts";
import type { ReviewPlace } from "./review-place.ts";
import type { ReviewDialog } from "./review-state.ts";
import type { Selection } from "./selection.ts";
import type { Editing } from "./use-editing.ts";
import type { Reading } from "./use-reading.ts";
import type { DatasetTags } from "./use-tags.ts";

export interface Folds {
  /** Folded steps of the record at hand. */
  readonly steps: ReadonlySet<number>;
  readonly toggle: (step: number) => void;
  readonly foldAll: () => void;
  readonly openAll: () => void;
}

export interface Dialogs {
  readonly opened: ReviewDialog | undefined;
  readonly open: (dialog: ReviewDialog) => void;
  readonly close: () => void;
}

export interface Review {
  readonly dataset: DatasetSummary;
  readonly datasets: readonly DatasetSummary[];
  /** Folder of the workspace. */
  readonly workspace: string;
  readonly place: ReviewPlace;
  readonly reading: Reading;
  readonly folds: Folds;
  readonly selection: Selection;
  readonly decisions: Decisions;
  readonly editing: Editing;
  readonly tags: DatasetTags;
  readonly dialogs: Dialogs;
  /** Why the last decision, deletion or search for a record failed. */
  readonly failure: Failure | undefined;
  /** What undo would take back in this dataset. */
  readonly undoLabel: string | undefined;
  /** Fields that keys lead to. */
  readonly filterField: RefObject<HTMLInputElement | null>;
  readonly tagField: RefObject<HTMLInputElement | null>;
}

export const ReviewContext = createContext<Review | undefined>(undefined);

export function useReview(): Review {
  const review = useContext(ReviewContext);
  if (review === undefined) throw new Error("the desk's parts stand inside the review desk");
  return review;
}
