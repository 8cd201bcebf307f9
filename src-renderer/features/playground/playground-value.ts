/** The playground as its parts see it: who is asked, the trial, what is being written, and how answers are read. */
import { createContext, useContext } from "react";
import type { RefObject } from "react";
import type { CompletionPiece } from "#shared/schema/inference.ts";
import type { PlaygroundModel, PlaygroundProblem } from "#shared/schema/playground.ts";
import type { AnswerToKeep } from "./keeping/dataset-dialog.tsx";
import type { Mode } from "./trial/trial.ts";
import type { TrialControl } from "./trial/use-trial.ts";

/** Who is asked, and how: part of the address. */
export interface Asked {
  readonly mode: Mode;
  /** Ids of one model, or of two side by side. */
  readonly ids: readonly string[];
  readonly setMode: (mode: Mode) => void;
  /** @param side 0 or 1 */
  readonly setModel: (side: number, id: string) => void;
  /** A second model joins, or leaves. */
  readonly toggleCompare: () => void;
}

/** What stands in the field, and its ways to the models. */
export interface Writing {
  readonly text: string;
  readonly setText: (text: string) => void;
  readonly field: RefObject<HTMLTextAreaElement | null>;
  readonly submit: () => void;
  /** An empty trial, ready for its first question. */
  readonly startAnew: () => void;
  /** The same, with a task's problem as the question. */
  readonly takeProblem: (problem: PlaygroundProblem) => void;
}

/** How answers are shown. */
export interface Reading {
  /** Tokens are shaded by log-probability. */
  readonly shaded: boolean;
  /** The reasoning is folded. */
  readonly folded: boolean;
  /** The token looked at. */
  readonly picked: CompletionPiece | undefined;
  readonly toggleShaded: () => void;
  readonly toggleFolded: () => void;
  readonly pick: (piece: CompletionPiece | undefined) => void;
}

export interface Playground {
  readonly models: readonly PlaygroundModel[];
  readonly asked: Asked;
  readonly control: TrialControl;
  readonly writing: Writing;
  readonly reading: Reading;
  /** Opens the dialog that adds an answer to a dataset. */
  readonly keep: (answer: AnswerToKeep) => void;
}

export const PlaygroundContext = createContext<Playground | undefined>(undefined);

export function usePlayground(): Playground {
  const playground = useContext(PlaygroundContext);
  if (playground === undefined) throw new Error("the playground's parts stand inside it");
  return playground;
}
