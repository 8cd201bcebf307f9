/** What the desk remembers beside the address: selection, folded steps, the record under the editor, the open dialog. Pure. */
import { assertNever } from "#shared/errors.ts";
import type { RecordFacts, RecordId } from "#shared/schema/dataset.ts";

export type ReviewDialog = "bulk" | "jump" | "export" | "add" | "details";

export interface ReviewState {
  /** Records chosen for one change of all of them. */
  readonly selected: ReadonlySet<RecordId>;
  /** Steps of one record's reasoning; another record begins with all of them open. */
  readonly folds: { readonly id: RecordId | undefined; readonly steps: ReadonlySet<number> };
  /** The record under the editor, with the verdicts on its text as typed. */
  readonly edited: { readonly id: RecordId; readonly facts?: RecordFacts } | undefined;
  readonly dialog: ReviewDialog | undefined;
}

export type ReviewAction =
  | { readonly type: "select"; readonly ids: readonly RecordId[] }
  | { readonly type: "toggle"; readonly id: RecordId }
  | { readonly type: "clear-selection" }
  | { readonly type: "fold"; readonly id: RecordId | undefined; readonly count: number }
  | { readonly type: "fold-step"; readonly id: RecordId | undefined; readonly step: number }
  | { readonly type: "edit"; readonly id: RecordId }
  | { readonly type: "judge"; readonly facts: RecordFacts }
  | { readonly type: "leave-editor" }
  | { readonly type: "open"; readonly dialog: ReviewDialog }
  | { readonly type: "close" };

const NO_STEPS: ReadonlySet<number> = new Set();

export const REVIEW_START: ReviewState = {
  selected: new Set(),
  folds: { id: undefined, steps: NO_STEPS },
  edited: undefined,
  dialog: undefined,
};

export function foldedSteps({ folds }: ReviewState, id: RecordId | undefined): ReadonlySet<number> {
  return folds.id === id ? folds.steps : NO_STEPS;
}

function toggled<T>(before: ReadonlySet<T>, one: T): ReadonlySet<T> {
  const next = new Set(before);
  if (!next.delete(one)) next.add(one);
  return next;
}

export function reviewReducer(state: ReviewState, action: ReviewAction): ReviewState {
  switch (action.type) {
    case "select":
      return { ...state, selected: new Set([...state.selected, ...action.ids]) };
    case "toggle":
      return { ...state, selected: toggled(state.selected, action.id) };
    case "clear-selection":
      return { ...state, selected: REVIEW_START.selected };
    case "fold": {
      const steps = new Set(Array.from({ length: action.count }, (_, step) => step));
      return { ...state, folds: { id: action.id, steps } };
    }
    case "fold-step": {
      const steps = toggled(foldedSteps(state, action.id), action.step);
      return { ...state, folds: { id: action.id, steps } };
    }
    case "edit":
      return { ...state, edited: { id: action.id } };
    case "judge":
      return state.edited === undefined
        ? state
        : { ...state, edited: { ...state.edited, facts: action.facts } };
    case "leave-editor":
      return state.edited === undefined ? state : { ...state, edited: undefined };
    case "open":
      return { ...state, dialog: action.dialog };
    case "close":
      return { ...state, dialog: undefined };
    default:
      return assertNever(action);
  }
}
