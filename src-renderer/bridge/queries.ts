/** Questions that several screens ask; each has one key, so they share one answer. */
import type { DatasetId } from "#shared/schema/dataset.ts";
import type { PipelineId } from "#shared/schema/run.ts";
import { host } from "./host.ts";
import { queryOf } from "./query-client.ts";

export const infoQuery = queryOf("system.info", ["settings", "demo"], (options) =>
  host.system.info(undefined, options),
);

export const settingsQuery = queryOf("settings", ["settings"], (options) =>
  host.settings.get(undefined, options),
);

/** Servers that can be teachers; without their keys. */
export const endpointsQuery = queryOf("endpoints", ["settings"], (options) =>
  host.endpoints.list(undefined, options),
);

export const attentionQuery = queryOf("attention", ["attention"], (options) =>
  host.attention.list(undefined, options),
);

export const modelsQuery = queryOf("models", ["models", "pipelines"], (options) =>
  host.models.list(undefined, options),
);

/** Models that can be got by name. */
export const catalogueQuery = queryOf("models.catalogue", ["models"], (options) =>
  host.models.catalogue(undefined, options),
);

/** Models on their way. */
export const modelJobsQuery = queryOf("models.jobs", ["model-jobs"], (options) =>
  host.models.jobs(undefined, options),
);

/** Recipes that ship. */
export const recipesQuery = queryOf("recipes", [], (options) =>
  host.recipes.list(undefined, options),
);

/** Rewards of one's own in the workspace. */
export const rewardFilesQuery = queryOf("rewards.files", ["recipes"], (options) =>
  host.rewards.files(undefined, options),
);

/** Judges that were compared with people, newest first. */
/** Recipes that are kept. */
export const savedRecipesQuery = queryOf("recipes.saved", ["recipes"], (options) =>
  host.recipes.saved(undefined, options),
);

export const costQuery = queryOf("cost", ["cost"], (options) => host.cost.report({}, options));

/** The one sum that is always in view. */
export const spentQuery = queryOf("cost.spent", ["cost"], (options) =>
  host.cost.spent(undefined, options),
);

/** Costs published elsewhere: they ship, so they never change. */
export const publishedCostsQuery = queryOf("cost.published", [], (options) =>
  host.cost.published(undefined, options),
);

/** Protocols with their runs, imported sets, tasks. */
export const benchmarksQuery = queryOf(
  "benchmarks",
  ["benchmarks", "pipelines", "results"],
  (options) => host.benchmarks.list(undefined, options),
);

/** Problem sets with their newest versions. */
export const problemSetsQuery = queryOf("problems", ["benchmarks"], (options) =>
  host.problems.list(undefined, options),
);

/** Finished benchmarks that can be compared. */
export const candidatesQuery = queryOf("compare.candidates", ["results", "pipelines"], (options) =>
  host.compare.candidates(undefined, options),
);

/** Scores published elsewhere: they ship, so they never change. */
export const publishedScoresQuery = queryOf("compare.published", [], (options) =>
  host.compare.published(undefined, options),
);

/** The newest pipelines: Home, the palette and the status bar. */
export const recentPipelinesQuery = queryOf("pipelines.recent", ["pipelines"], (options) =>
  host.pipelines.list({ limit: 50 }, options),
);

export function pipelineQuery(pipelineId: PipelineId) {
  return queryOf(`pipeline:${pipelineId}`, [`pipeline:${pipelineId}`], (options) =>
    host.pipelines.get({ pipelineId }, options),
  );
}

export function resultsQuery(pipelineId: PipelineId) {
  return queryOf(
    `results:${pipelineId}`,
    ["results", `pipeline:${pipelineId}`, "cost"],
    (options) => host.pipelines.results({ pipelineId }, options),
  );
}

/** Stages of these pipelines that ran with a critic beside them. */
export function twinsQuery(pipelineIds: readonly PipelineId[]) {
  return queryOf(`compare.twins:${pipelineIds.join(",")}`, ["results", "cost"], (options) =>
    host.compare.twins({ pipelineIds: [...pipelineIds] }, options),
  );
}

export const datasetsQuery = queryOf("datasets", ["datasets"], (options) =>
  host.datasets.list(undefined, options),
);

/** The same for who needs no counts: not asked for again with each decision of a review. */
export const datasetNamesQuery = {
  ...datasetsQuery,
  key: "datasets.names",
  topics: ["dataset-names"],
};

/** Names of metadata that a dataset's records have. */
export function metadataNamesQuery(datasetId: DatasetId) {
  return queryOf(`metadata-names:${datasetId}`, [`records:${datasetId}`], (options) =>
    host.datasets.records.metadataNames({ datasetId }, options),
  );
}

/** What undo would take back and redo do again, in one scope or in the workspace. */
export function editsQuery(scope: string | undefined) {
  return queryOf(`edits:${scope ?? ""}`, ["edits"], (options) =>
    host.edits.state(scope === undefined ? {} : { scope }, options),
  );
}

/** Whether reasoning-gym is installed. */
export const gymQuery = queryOf("gym.state", [], (options) => host.gym.state(undefined, options));

/** The tasks that make problems, with the difficulties they have. */
export const tasksQuery = queryOf("recipes.tasks", [], (options) =>
  host.recipes.tasks(undefined, options),
);
