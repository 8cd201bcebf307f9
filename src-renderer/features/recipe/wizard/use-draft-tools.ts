/** The draft as the wizard's parts use it: what its text says, what the host says to it, and the edits that may be made. */
import { useMemo } from "react";
import type { DraftTools } from "../document/draft-value.ts";
import { applyChanges, removeKeys, setKeys } from "../document/recipe-document.ts";
import type { RecipeText } from "../document/recipe-document.ts";
import type { RecipeDraft } from "../document/recipe-draft.ts";
import type { RecipeCheck } from "../document/use-recipe-check.ts";
import type { Json } from "../document/plain-value.ts";

/** @param value the last that could be read. */
export function useDraftTools(
  draft: RecipeDraft,
  text: string,
  { source, error }: RecipeText,
  value: Json,
  { problems, estimate, looking }: RecipeCheck,
  goTo: (stepId: string) => void,
): DraftTools {
  return useMemo(
    (): DraftTools => ({
      text,
      value,
      source,
      broken: error !== undefined,
      problems,
      estimate,
      looking,
      set: (keys, next, written) =>
        draft.edit(`set ${keys.join(".")}`, setKeys(draft.state().text, keys, next, written)),
      unset: (keys) => draft.edit(`reset ${keys.join(".")}`, removeKeys(draft.state().text, keys)),
      change: (label, edit) => draft.edit(label, edit(draft.state().text)),
      fix: ({ label, changes }) =>
        draft.edit(`fix: ${label}`, applyChanges(draft.state().text, changes)),
      goTo,
    }),
    [text, value, source, error, problems, estimate, looking, draft, goTo],
  );
}
