/** The draft as the wizard's parts use it: what its text says, what the host says to it, and the edits that may be made. */
import { useMemo } from "react";
import type { DraftTools } from "../document/draft-value.ts";
import { applyChanges, removeKeys, setKeys } from "../document/recipe-document.ts";
import type { RecipeText } from "../document/recipe-document.ts";
import type { RecipeDraft } from "../document/recipe-draft.ts";
import type { RecipeCheck } from "../document/use-recipe-check.ts";
import { wordsOfKeys } from "../document/words-of-keys.ts";
import type { Json } from "../document/plain-value.ts";

/** @param value the last that could be read. */
export function useDraftTools(
  draft: RecipeDraft,
  text: string,
  { source, error }: RecipeText,
  value: Json,
  { text: checkedText, problems, estimate, looking }: RecipeCheck,
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
      checked: checkedText !== undefined,
      looking,
      set: (keys, next, written) =>
        draft.edit(
          `set ${wordsOfKeys(value, keys)}`,
          setKeys(draft.state().text, keys, next, written),
        ),
      unset: (keys) =>
        draft.edit(`reset ${wordsOfKeys(value, keys)}`, removeKeys(draft.state().text, keys)),
      change: (label, edit) => draft.edit(label, edit(draft.state().text)),
      fix: ({ label, changes }) =>
        draft.edit(`fix: ${label}`, applyChanges(draft.state().text, changes)),
      goTo,
    }),
    [text, value, source, error, checkedText, problems, estimate, looking, draft, goTo],
  );
}
