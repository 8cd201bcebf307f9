/**
 * What the host says to the text: asked a moment after the last key, kept while the next answer is on its way. Its data
 * are looked at record by record, which may take minutes: how far that is comes meanwhile.
 */
import { useDebouncedValue } from "@mantine/hooks";
import { useEffect, useState } from "react";
import type { RecipeEstimate, RecipeFinding } from "#shared/schema/recipe-draft.ts";
import { connection } from "#renderer/bridge/connection.ts";
import { host } from "#renderer/bridge/host.ts";

const ASK_AFTER_MS = 200;

/** A look at a stage's data that goes on. */
export interface DataLook {
  readonly stage: string;
  readonly done: number;
  readonly total: number;
}

export interface RecipeCheck {
  /** The text that was checked. */
  readonly text: string | undefined;
  readonly problems: readonly RecipeFinding[];
  readonly estimate: RecipeEstimate | null;
  readonly looking: DataLook | undefined;
}

interface Answers extends RecipeCheck {
  /** Of the data, as they were last looked at to the end. */
  readonly ofData: readonly RecipeFinding[];
}

const NOTHING: Answers = {
  text: undefined,
  problems: [],
  estimate: null,
  looking: undefined,
  ofData: [],
};

export function useRecipeCheck(text: string): RecipeCheck {
  const [check, setCheck] = useState(NOTHING);
  const [settled] = useDebouncedValue(text, ASK_AFTER_MS);
  useEffect(() => {
    const abort = new AbortController();
    const { signal } = abort;
    const tell = (change: Partial<Answers>): void => {
      if (!signal.aborted) setCheck((last) => ({ ...last, ...change }));
    };
    const ask = async (): Promise<void> => {
      await connection.whenOpen(signal);
      const { problems, estimate } = await host.recipes.check({ yaml: settled }, { signal });
      tell({ text: settled, problems, ...(estimate === null ? {} : { estimate }) });
      for await (const event of await host.recipes.checkData({ yaml: settled }, { signal })) {
        if (event.type === "problems") tell({ looking: undefined, ofData: event.problems });
        else tell({ looking: event });
      }
    };
    // The line broke while it was asked: the next key, or the next connection, asks again.
    ask().catch(() => undefined);
    return () => abort.abort();
  }, [settled]);
  return { ...check, problems: [...check.problems, ...check.ofData] };
}
