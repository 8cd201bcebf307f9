/** How the trial on screen changes: by what the researcher sets, and by what the models write. Pure. */
import { assertNever } from "#shared/errors.ts";
import type { CompletionPiece, InferenceOptions } from "#shared/schema/inference.ts";
import type { PlaygroundProblem } from "#shared/schema/playground.ts";
import type { Failure } from "#renderer/bridge/failure.ts";
import type { AnswerEnd } from "./stream-answer.ts";
import type { Trial, Turn } from "./trial.ts";

export interface TrialState {
  readonly trial: Trial;
  readonly system: string;
  /** Why the trial could not be saved or read. A model's failure stands at its answer. */
  readonly failure: Failure | undefined;
}

export type TrialAction =
  | { readonly type: "system"; readonly system: string }
  | { readonly type: "options"; readonly options: InferenceOptions }
  | { readonly type: "problem"; readonly problem: PlaygroundProblem | undefined }
  /** The trial with its new questions, and an answer to each that is waited for. */
  | { readonly type: "asked"; readonly trial: Trial }
  | { readonly type: "answering"; readonly key: number; readonly state: "loading" | "writing" }
  | {
      readonly type: "written";
      readonly key: number;
      readonly pieces: readonly CompletionPiece[];
    }
  | { readonly type: "answered"; readonly key: number; readonly end: AnswerEnd }
  /** The host has saved the trial under this id; before, it had `threadId`. */
  | { readonly type: "saved"; readonly threadId: string | undefined; readonly id: string }
  | { readonly type: "begin" }
  | { readonly type: "opened"; readonly trial: Trial; readonly system: string }
  | { readonly type: "failed"; readonly failure: Failure };

function withTurn(state: TrialState, key: number, change: (turn: Turn) => Turn): TrialState {
  const { trial } = state;
  const sides = trial.sides.map((side) =>
    side.turns.some((turn) => turn.key === key)
      ? { ...side, turns: side.turns.map((turn) => (turn.key === key ? change(turn) : turn)) }
      : side,
  );
  return { ...state, trial: { ...trial, sides } };
}

export function trialReducer(state: TrialState, action: TrialAction): TrialState {
  const { trial } = state;
  switch (action.type) {
    case "system":
      return { ...state, system: action.system };
    case "options":
      return { ...state, trial: { ...trial, options: action.options } };
    case "problem":
      return { ...state, trial: { ...trial, problem: action.problem } };
    case "asked":
      return { ...state, trial: action.trial, failure: undefined };
    case "answering":
      return withTurn(state, action.key, (turn) => ({ ...turn, state: action.state }));
    case "written":
      return withTurn(state, action.key, (turn) => ({
        ...turn,
        content: turn.content + action.pieces.map(({ text }) => text).join(""),
        pieces: [...(turn.pieces ?? []), ...action.pieces],
        state: "writing",
      }));
    case "answered":
      return withTurn(state, action.key, (turn) => ({ ...turn, ...action.end, state: "done" }));
    case "saved":
      return trial.threadId === action.threadId
        ? { ...state, trial: { ...trial, threadId: action.id } }
        : state;
    case "begin": {
      const sides = trial.sides.map((side) => ({ ...side, turns: [] }));
      const empty = { ...trial, threadId: undefined, problem: undefined, sides };
      return { ...state, trial: empty, failure: undefined };
    }
    case "opened":
      return { trial: action.trial, system: action.system, failure: undefined };
    case "failed":
      return { ...state, failure: action.failure };
    default:
      return assertNever(action);
  }
}
