/** The recipe as it was started: fixed, with its hash. */
import { useState } from "react";
import type { ReactNode } from "react";
import type { Pipeline } from "#shared/schema/run.ts";
import { Glyph } from "#renderer/ui/glyph.tsx";

export function RecipeRegion({ pipeline }: { readonly pipeline: Pipeline }): ReactNode {
  const [copied, setCopied] = useState(false);
  const text = pipeline.recipeYaml ?? JSON.stringify(pipeline.recipe, null, 2);
  return (
    <section aria-label="Recipe">
      <div className="head bt">
        <h2>Recipe</h2>
        <span className="tag" title={`Fixed at the start. SHA-256 ${pipeline.recipeSha256}`}>
          <Glyph name="lock" />
          fixed, <span className="mono">{pipeline.recipeSha256.slice(0, 7)}</span>
        </span>
        <button
          type="button"
          className="btn small end"
          onClick={() => void navigator.clipboard.writeText(text).then(() => setCopied(true))}
        >
          {copied ? "Copied" : "Copy"}
        </button>
      </div>
      {pipeline.recipe.description !== undefined && (
        <p className="s12 t2" style={{ padding: "0 16px 8px" }}>
          {pipeline.recipe.description}
        </p>
      )}
      <pre className="out recipetext">{text}</pre>
    </section>
  );
}
