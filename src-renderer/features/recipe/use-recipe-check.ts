/** What the host says to the text: asked a moment after the last key, kept while the next answer is on its way. */
import { useEffect, useState } from "react";
import type { RecipeEstimate, RecipeProblem } from "#shared/schema/recipe-draft.ts";
import { connection } from "../../bridge/connection.ts";
import { host } from "../../bridge/host.ts";
import { useDebounced } from "./use-debounced.ts";

const ASK_AFTER_MS = 200;

export interface RecipeCheck {
  /** The text that was checked. */
  readonly text: string | undefined;
  readonly problems: readonly RecipeProblem[];
  readonly estimate: RecipeEstimate | null;
}

const NOTHING: RecipeCheck = { text: undefined, problems: [], estimate: null };

export function useRecipeCheck(text: string): RecipeCheck {
  const [check, setCheck] = useState(NOTHING);
  const settled = useDebounced(text, ASK_AFTER_MS);
  useEffect(() => {
    const abort = new AbortController();
    const ask = async (): Promise<void> => {
      await connection.whenOpen(abort.signal);
      const { problems, estimate } = await host.recipes.check(
        { yaml: settled },
        { signal: abort.signal },
      );
      if (!abort.signal.aborted)
        setCheck((last) => ({ text: settled, problems, estimate: estimate ?? last.estimate }));
    };
    // The line broke while it was asked: the next key, or the next connection, asks again.
    ask().catch(() => undefined);
    return () => abort.abort();
  }, [settled]);
  return check;
}
