/** The recipe that the demo runs, as it ships: a button that opens it to be read. */
import { useState } from "react";
import type { ReactNode } from "react";
import { recipesQuery } from "#renderer/bridge/queries.ts";
import { useQuery } from "#renderer/bridge/use-query.ts";
import { Dialog } from "#renderer/ui/dialog.tsx";
import { FailureNotice } from "#renderer/ui/region-state.tsx";

export function DemoRecipe(): ReactNode {
  const [reading, setReading] = useState(false);
  return (
    <>
      <button type="button" className="btn quiet" onClick={() => setReading(true)}>
        See the recipe
      </button>
      <Dialog
        opened={reading}
        label="The demo's recipe"
        headed
        closable
        size={720}
        onClose={() => setReading(false)}
      >
        <RecipeText />
      </Dialog>
    </>
  );
}

function RecipeText(): ReactNode {
  const query = useQuery(recipesQuery);
  if (query.failure !== undefined)
    return <FailureNotice failure={query.failure} onRetry={query.refresh} />;
  const recipe = query.data?.find((one) => one.id === "demo");
  return (
    <div className="scroll recipedialog" tabIndex={0} role="group" aria-label="Recipe">
      <pre className="out">{recipe?.yaml}</pre>
    </div>
  );
}
