/** Recipes, the queue of pipelines, and sweeps. */
import type { ReactNode } from "react";
import { useFilter } from "#renderer/navigation/location.ts";
import { Segments } from "#renderer/ui/segments.tsx";
import { QueueView } from "./queue/queue-view.tsx";
import { RecipesView } from "./list/recipes-view.tsx";
import { SweepsView } from "./sweeps-view.tsx";
import "./recipes.css";

type View = "recipes" | "queue" | "sweeps";

function asView(text: string): View {
  return text === "queue" || text === "sweeps" ? text : "recipes";
}

export function RecipesScreen(): ReactNode {
  const [text, setView] = useFilter("view", "recipes");
  const view = asView(text);
  const choice = (
    <Segments
      label="Show"
      value={view}
      onChange={(next) => setView(next, false)}
      segments={[
        { value: "recipes", label: "Recipes" },
        { value: "queue", label: "Queue" },
        { value: "sweeps", label: "Sweeps" },
      ]}
    />
  );
  if (view === "queue") return <QueueView choice={choice} />;
  return view === "sweeps" ? <SweepsView choice={choice} /> : <RecipesView choice={choice} />;
}
