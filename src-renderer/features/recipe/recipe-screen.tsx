/** The recipe wizard: steps on the left, the step's form in the middle, the estimate and the text on the right. */
import { useEffect, useMemo, useState } from "react";
import type { ReactNode } from "react";
import { useStore } from "zustand";
import type { RecipeId, SavedRecipe } from "#shared/schema/recipe-draft.ts";
import { host } from "#renderer/bridge/host.ts";
import { useQuery } from "#renderer/bridge/use-query.ts";
import { FailureNotice, SkeletonRows } from "#renderer/ui/region-state.tsx";
import { RecipeDraft } from "./document/recipe-draft.ts";
import { RecipeWizard } from "./wizard/recipe-wizard.tsx";
import "./recipe.css";

export function RecipeScreen({ recipeId }: { readonly recipeId: RecipeId }): ReactNode {
  const query = useQuery({
    key: `recipe:${recipeId}`,
    topics: ["recipes"],
    fetch: (signal) => host.recipes.get({ id: recipeId }, { signal }),
  });
  const saved = query.data;
  if (saved === undefined)
    return (
      <>
        <div className="screenhead">
          <h1>Recipe</h1>
        </div>
        {query.failure === undefined ? (
          <SkeletonRows />
        ) : (
          <FailureNotice failure={query.failure} onRetry={query.refresh} />
        )}
      </>
    );
  return <Editing saved={saved} />;
}

function Editing({ saved }: { readonly saved: SavedRecipe }): ReactNode {
  // One draft for as long as the screen is shown: what the host has later is told to it.
  const [draft] = useState(() => new RecipeDraft(saved, host));
  const state = useStore(draft.store);
  useEffect(() => {
    draft.heard(saved);
  }, [draft, saved]);
  useEffect(() => () => void draft.flush(), [draft]);
  return useMemo(() => <RecipeWizard draft={draft} state={state} />, [draft, state]);
}
