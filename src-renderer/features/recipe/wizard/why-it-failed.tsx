/** Why the pipeline failed that a draft began as: what is to be changed here. */
import type { ReactNode } from "react";
import type { SavedRecipe } from "#shared/schema/recipe-draft.ts";
import { hrefTo } from "#renderer/navigation/location.ts";
import { pipelineQuery } from "#renderer/bridge/queries.ts";
import { useQuery } from "#renderer/bridge/use-query.ts";
import { Glyph } from "#renderer/ui/glyph.tsx";

export function WhyItFailed({ origin }: Pick<SavedRecipe, "origin">): ReactNode {
  const launch = useQuery(origin.kind === "pipeline" ? pipelineQuery(origin.id) : undefined).data;
  if (launch?.status !== "failed" || launch.statusReason === null) return null;
  return (
    <div className="notice warn" role="status">
      <Glyph name="warn" className="warn" />
      <span className="break">
        <a className="link" href={hrefTo(["pipeline", launch.id])}>
          Pipeline {launch.id}
        </a>{" "}
        failed: {launch.statusReason.message}
      </span>
    </div>
  );
}
