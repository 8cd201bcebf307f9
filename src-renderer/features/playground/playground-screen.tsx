/** The playground: a model, or two side by side, asked by hand. */
import type { ReactNode } from "react";
import { hrefTo, useFilter } from "#renderer/navigation/location.ts";
import { useQuery } from "#renderer/bridge/use-query.ts";
import { Empty, FailureNotice, SkeletonRows } from "#renderer/ui/region-state.tsx";
import { PlaygroundDesk } from "./playground-desk.tsx";
import { choicesQuery } from "./playground-queries.ts";
import "./playground.css";

function NoModels(): ReactNode {
  return (
    <Empty
      action={
        <a className="btn" href={hrefTo(["models"])}>
          Go to Models
        </a>
      }
    >
      There is no model to ask. Import one, or run the demo.
    </Empty>
  );
}

export function PlaygroundScreen(): ReactNode {
  const { data: models, failure, refresh } = useQuery(choicesQuery);
  const [chosen] = useFilter("model");
  const model = chosen === "" ? models?.[0]?.id : chosen;
  if (models !== undefined && model !== undefined)
    return <PlaygroundDesk model={model} models={models} />;
  return (
    <>
      <div className="screenhead">
        <h1>Playground</h1>
      </div>
      {models !== undefined ? (
        <NoModels />
      ) : failure === undefined ? (
        <SkeletonRows rows={10} />
      ) : (
        <FailureNotice failure={failure} onRetry={refresh} />
      )}
    </>
  );
}
