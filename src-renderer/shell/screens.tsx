/** The screens that exist, their addresses and their place in the list. A screen that is not built is not here. */
import { lazy, Suspense } from "react";
import type { ReactNode } from "react";
import { CostScreen } from "#renderer/features/cost/cost-screen.tsx";
import { HomeScreen } from "#renderer/features/home/home-screen.tsx";
import { ModelsScreen } from "#renderer/features/models/models-screen.tsx";
import { PipelineScreen } from "#renderer/features/results/pipeline-screen.tsx";
import { RunScreen } from "#renderer/features/run/run-screen.tsx";
import { RunsScreen } from "#renderer/features/runs/runs-screen.tsx";
import { SettingsScreen } from "#renderer/features/settings/settings-screen.tsx";
import { datasetIdFrom, pipelineIdFrom, recipeIdFrom, runIdFrom } from "#renderer/bridge/ids.ts";
import { Empty, SkeletonRows } from "#renderer/ui/region-state.tsx";
import { hrefTo } from "#renderer/navigation/location.ts";
import type { Address } from "#renderer/navigation/location.ts";

const BenchmarksScreen = lazy(() =>
  import("#renderer/features/benchmarks/benchmarks-screen.tsx").then((module) => ({
    default: module.BenchmarksScreen,
  })),
);
const CompareScreen = lazy(() =>
  import("#renderer/features/compare/compare-screen.tsx").then((module) => ({
    default: module.CompareScreen,
  })),
);

const OverlayScreen = lazy(() =>
  import("#renderer/features/overlay/overlay-screen.tsx").then((module) => ({
    default: module.OverlayScreen,
  })),
);
const DatasetsScreen = lazy(() =>
  import("#renderer/features/datasets/list/datasets-screen.tsx").then((module) => ({
    default: module.DatasetsScreen,
  })),
);
const DatasetScreen = lazy(() =>
  import("#renderer/features/datasets/dataset/dataset-screen.tsx").then((module) => ({
    default: module.DatasetScreen,
  })),
);
const ImportScreen = lazy(() =>
  import("#renderer/features/datasets/import/import-screen.tsx").then((module) => ({
    default: module.ImportScreen,
  })),
);
const ProblemSetsScreen = lazy(() =>
  import("#renderer/features/problems/list/problem-sets-screen.tsx").then((module) => ({
    default: module.ProblemSetsScreen,
  })),
);
const ProblemSetScreen = lazy(() =>
  import("#renderer/features/problems/set/problem-set-screen.tsx").then((module) => ({
    default: module.ProblemSetScreen,
  })),
);
const ProblemImportScreen = lazy(() =>
  import("#renderer/features/problems/import/problem-import-screen.tsx").then((module) => ({
    default: module.ProblemImportScreen,
  })),
);
const CurationScreen = lazy(() =>
  import("#renderer/features/curation/curation-screen.tsx").then((module) => ({
    default: module.CurationScreen,
  })),
);

const RecipesScreen = lazy(() =>
  import("#renderer/features/recipes/recipes-screen.tsx").then((module) => ({
    default: module.RecipesScreen,
  })),
);
const RecipeScreen = lazy(() =>
  import("#renderer/features/recipe/recipe-screen.tsx").then((module) => ({
    default: module.RecipeScreen,
  })),
);

const PlaygroundScreen = lazy(() =>
  import("#renderer/features/playground/playground-screen.tsx").then((module) => ({
    default: module.PlaygroundScreen,
  })),
);

export type ScreenId =
  | "home"
  | "datasets"
  | "problems"
  | "curation"
  | "recipes"
  | "runs"
  | "benchmarks"
  | "compare"
  | "cost"
  | "models"
  | "playground"
  | "settings";

export interface ListedScreen {
  readonly id: ScreenId;
  readonly title: string;
  readonly path: readonly string[];
  /** Typed after G. */
  readonly key: string;
  /** A line after this one in the list. */
  readonly divided: boolean;
}

export const LISTED_SCREENS: readonly ListedScreen[] = [
  { id: "home", title: "Home", path: [], key: "H", divided: false },
  { id: "datasets", title: "Datasets", path: ["datasets"], key: "D", divided: false },
  { id: "problems", title: "Problems", path: ["problems"], key: "O", divided: false },
  { id: "curation", title: "Curation", path: ["curation"], key: "U", divided: false },
  { id: "recipes", title: "Recipes", path: ["recipes"], key: "E", divided: false },
  { id: "runs", title: "Runs", path: ["runs"], key: "R", divided: true },
  { id: "benchmarks", title: "Benchmarks", path: ["benchmarks"], key: "B", divided: false },
  { id: "compare", title: "Compare", path: ["compare"], key: "A", divided: false },
  { id: "cost", title: "Cost", path: ["cost"], key: "C", divided: true },
  { id: "models", title: "Models", path: ["models"], key: "M", divided: false },
  { id: "playground", title: "Playground", path: ["playground"], key: "P", divided: true },
  { id: "settings", title: "Settings", path: ["settings"], key: "S", divided: false },
];

export interface ShownScreen {
  /** Marked in the screens list. */
  readonly listed: ScreenId | undefined;
  readonly title: string;
  readonly content: ReactNode;
}

/** A screen whose code comes when it is first opened. */
function loaded(screen: ReactNode): ReactNode {
  return <Suspense fallback={<SkeletonRows rows={12} />}>{screen}</Suspense>;
}

function NoSuchScreen(): ReactNode {
  return (
    <>
      <div className="screenhead">
        <h1>Nothing here</h1>
      </div>
      <Empty
        action={
          <a className="btn" href={hrefTo([])}>
            Go to Home
          </a>
        }
      >
        There is no screen at this address.
      </Empty>
    </>
  );
}

/** The screen at an address. */
export function screenAt(address: Address): ShownScreen {
  const [first, id] = address.path;
  switch (first) {
    case undefined:
      return { listed: "home", title: "Home", content: <HomeScreen /> };
    case "datasets":
      return {
        listed: "datasets",
        title: "Datasets",
        content: loaded(id === "import" ? <ImportScreen /> : <DatasetsScreen />),
      };
    case "dataset": {
      const datasetId = datasetIdFrom(id);
      return datasetId === undefined
        ? notFound()
        : {
            listed: "datasets",
            title: "Dataset",
            content: loaded(<DatasetScreen key={datasetId} datasetId={datasetId} />),
          };
    }
    case "problems":
      return {
        listed: "problems",
        title: "Problems",
        content: loaded(
          id === undefined ? <ProblemSetsScreen /> : <ProblemSetScreen key={id} name={id} />,
        ),
      };
    case "import-problems":
      return {
        listed: "problems",
        title: "Import problems",
        content: loaded(<ProblemImportScreen />),
      };
    case "curation":
      return { listed: "curation", title: "Curation", content: loaded(<CurationScreen />) };
    case "recipes":
      return { listed: "recipes", title: "Recipes", content: loaded(<RecipesScreen />) };
    case "recipe": {
      const recipeId = recipeIdFrom(id);
      return recipeId === undefined
        ? notFound()
        : {
            listed: "recipes",
            title: "Recipe",
            content: loaded(<RecipeScreen key={recipeId} recipeId={recipeId} />),
          };
    }
    case "runs":
      return { listed: "runs", title: "Runs", content: <RunsScreen /> };
    case "overlay":
      return { listed: "runs", title: "Overlay", content: loaded(<OverlayScreen />) };
    case "run": {
      const runId = runIdFrom(id);
      return runId === undefined
        ? notFound()
        : { listed: "runs", title: "Run", content: <RunScreen key={runId} runId={runId} /> };
    }
    case "pipeline": {
      const pipelineId = pipelineIdFrom(id);
      return pipelineId === undefined
        ? notFound()
        : {
            listed: "runs",
            title: "Results",
            content: <PipelineScreen key={pipelineId} pipelineId={pipelineId} />,
          };
    }
    case "benchmarks":
      return { listed: "benchmarks", title: "Benchmarks", content: loaded(<BenchmarksScreen />) };
    case "compare":
      return { listed: "compare", title: "Compare", content: loaded(<CompareScreen />) };
    case "cost":
      return { listed: "cost", title: "Cost", content: <CostScreen /> };
    case "models":
      return { listed: "models", title: "Models", content: <ModelsScreen /> };
    case "playground":
      return { listed: "playground", title: "Playground", content: loaded(<PlaygroundScreen />) };
    case "settings":
      return { listed: "settings", title: "Settings", content: <SettingsScreen /> };
    default:
      return notFound();
  }
}

function notFound(): ShownScreen {
  return { listed: undefined, title: "Nothing here", content: <NoSuchScreen /> };
}
