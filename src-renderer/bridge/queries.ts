/** Questions that several screens ask; each has one key, so they share one answer. */
import type { DatasetId } from "#shared/schema/dataset.ts";
import type { PipelineId } from "#shared/schema/run.ts";
import { host } from "./host.ts";
import type { QuerySource } from "./query-client.ts";

type Answer<F extends (...args: never[]) => Promise<unknown>> = Awaited<ReturnType<F>>;

export const infoQuery: QuerySource<Answer<typeof host.system.info>> = {
  key: "system.info",
  topics: ["settings", "demo"],
  fetch: (signal) => host.system.info(undefined, { signal }),
};

export const settingsQuery: QuerySource<Answer<typeof host.settings.get>> = {
  key: "settings",
  topics: ["settings"],
  fetch: (signal) => host.settings.get(undefined, { signal }),
};

/** Servers that can be teachers; without their keys. */
export const endpointsQuery: QuerySource<Answer<typeof host.endpoints.list>> = {
  key: "endpoints",
  topics: ["settings"],
  fetch: (signal) => host.endpoints.list(undefined, { signal }),
};

export const attentionQuery: QuerySource<Answer<typeof host.attention.list>> = {
  key: "attention",
  topics: ["attention"],
  fetch: (signal) => host.attention.list(undefined, { signal }),
};

export const modelsQuery: QuerySource<Answer<typeof host.models.list>> = {
  key: "models",
  topics: ["models", "pipelines"],
  fetch: (signal) => host.models.list(undefined, { signal }),
};

/** Models that can be got by name. */
export const catalogueQuery: QuerySource<Answer<typeof host.models.catalogue>> = {
  key: "models.catalogue",
  topics: ["models"],
  fetch: (signal) => host.models.catalogue(undefined, { signal }),
};

/** Models on their way. */
export const modelJobsQuery: QuerySource<Answer<typeof host.models.jobs>> = {
  key: "models.jobs",
  topics: ["model-jobs"],
  fetch: (signal) => host.models.jobs(undefined, { signal }),
};

/** Recipes that ship. */
export const recipesQuery: QuerySource<Answer<typeof host.recipes.list>> = {
  key: "recipes",
  topics: [],
  fetch: (signal) => host.recipes.list(undefined, { signal }),
};

/** Recipes that are kept. */
export const savedRecipesQuery: QuerySource<Answer<typeof host.recipes.saved>> = {
  key: "recipes.saved",
  topics: ["recipes"],
  fetch: (signal) => host.recipes.saved(undefined, { signal }),
};

export const costQuery: QuerySource<Answer<typeof host.cost.report>> = {
  key: "cost",
  topics: ["cost"],
  fetch: (signal) => host.cost.report({}, { signal }),
};

/** The one sum that is always in view. */
export const spentQuery: QuerySource<Answer<typeof host.cost.spent>> = {
  key: "cost.spent",
  topics: ["cost"],
  fetch: (signal) => host.cost.spent(undefined, { signal }),
};

/** Costs published elsewhere: they ship, so they never change. */
export const publishedCostsQuery: QuerySource<Answer<typeof host.cost.published>> = {
  key: "cost.published",
  topics: [],
  fetch: (signal) => host.cost.published(undefined, { signal }),
};

/** Protocols with their runs, imported sets, tasks. */
export const benchmarksQuery: QuerySource<Answer<typeof host.benchmarks.list>> = {
  key: "benchmarks",
  topics: ["benchmarks", "pipelines", "results"],
  fetch: (signal) => host.benchmarks.list(undefined, { signal }),
};

/** Finished benchmarks that can be compared. */
export const candidatesQuery: QuerySource<Answer<typeof host.compare.candidates>> = {
  key: "compare.candidates",
  topics: ["results", "pipelines"],
  fetch: (signal) => host.compare.candidates(undefined, { signal }),
};

/** Scores published elsewhere: they ship, so they never change. */
export const publishedScoresQuery: QuerySource<Answer<typeof host.compare.published>> = {
  key: "compare.published",
  topics: [],
  fetch: (signal) => host.compare.published(undefined, { signal }),
};

/** The newest pipelines: Home, the palette and the status bar. */
export const recentPipelinesQuery: QuerySource<Answer<typeof host.pipelines.list>> = {
  key: "pipelines.recent",
  topics: ["pipelines"],
  fetch: (signal) => host.pipelines.list({ limit: 50 }, { signal }),
};

export function pipelineQuery(
  pipelineId: PipelineId,
): QuerySource<Answer<typeof host.pipelines.get>> {
  return {
    key: `pipeline:${pipelineId}`,
    topics: [`pipeline:${pipelineId}`],
    fetch: (signal) => host.pipelines.get({ pipelineId }, { signal }),
  };
}

export function resultsQuery(
  pipelineId: PipelineId,
): QuerySource<Answer<typeof host.pipelines.results>> {
  return {
    key: `results:${pipelineId}`,
    topics: ["results", `pipeline:${pipelineId}`, "cost"],
    fetch: (signal) => host.pipelines.results({ pipelineId }, { signal }),
  };
}

export const datasetsQuery: QuerySource<Answer<typeof host.datasets.list>> = {
  key: "datasets",
  topics: ["datasets"],
  fetch: (signal) => host.datasets.list(undefined, { signal }),
};

/** The same for who needs no counts: not asked for again with each decision of a review. */
export const datasetNamesQuery: QuerySource<Answer<typeof host.datasets.list>> = {
  ...datasetsQuery,
  key: "datasets.names",
  topics: ["dataset-names"],
};

/** Names of metadata that a dataset's records have. */
export function metadataNamesQuery(
  datasetId: DatasetId,
): QuerySource<Answer<typeof host.datasets.records.metadataNames>> {
  return {
    key: `metadata-names:${datasetId}`,
    topics: [`records:${datasetId}`],
    fetch: (signal) => host.datasets.records.metadataNames({ datasetId }, { signal }),
  };
}

/** What undo would take back and redo do again, in one scope or in the workspace. */
export function editsQuery(
  scope: string | undefined,
): QuerySource<Answer<typeof host.edits.state>> {
  return {
    key: `edits:${scope ?? ""}`,
    topics: ["edits"],
    fetch: (signal) => host.edits.state(scope === undefined ? {} : { scope }, { signal }),
  };
}
