/** A draft as the wizard's parts see it: the value that its text says, and the edits they may make. */
import { createContext, useContext } from "react";
import type { RecipeEstimate, RecipeFix, RecipeFinding } from "#shared/schema/recipe-draft.ts";
import type { Json, Keys } from "./plain-value.ts";
import type { DataLook } from "./use-recipe-check.ts";

export interface DraftTools {
  readonly text: string;
  /** The last value that could be read: the form stays while the text is broken. */
  readonly value: Json;
  /** How a scalar is written; see recipe-document.ts. */
  readonly source: (keys: Keys) => string | undefined;
  /** The text is no YAML now, so the form cannot write into it. */
  readonly broken: boolean;
  readonly problems: readonly RecipeFinding[];
  readonly estimate: RecipeEstimate | null;
  /** A look at the data that goes on. */
  /** Whether the host has looked at a text of it yet. */
  readonly checked: boolean;
  readonly looking: DataLook | undefined;
  /** `written` is how a number was typed. */
  readonly set: (keys: Keys, value: Json, written?: string) => void;
  readonly unset: (keys: Keys) => void;
  /** Any other edit of the text, as one to undo. */
  readonly change: (label: string, edit: (text: string) => string) => void;
  readonly fix: (fix: RecipeFix) => void;
  readonly goTo: (stepId: string) => void;
}

export const DraftContext = createContext<DraftTools | undefined>(undefined);

export function useDraft(): DraftTools {
  const tools = useContext(DraftContext);
  if (tools === undefined) throw new Error("the wizard's parts stand inside the wizard");
  return tools;
}
