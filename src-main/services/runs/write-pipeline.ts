/** Starts a recipe: writes a pipeline and one queued run for each stage to the store, as snapshots. */
import { join, resolve } from "node:path";
import { existsSync } from "node:fs";
import type { RuntimeChoice } from "#shared/schema/engine-protocol.ts";
import type { Recipe, Stage } from "#shared/schema/recipe.ts";
import { allExampleSources, withExampleSources } from "#shared/schema/stages/example-data.ts";
import type { RecipeId } from "#shared/schema/recipe-draft.ts";
import { isTwinOf } from "#shared/schema/twin.ts";
import { RunId } from "#shared/schema/run.ts";
import type { Environment, Pipeline, PipelineId } from "#shared/schema/run.ts";
import { sha256Of } from "#main/platform/canonical-json.ts";
import { appVersion, machineFacts } from "#main/platform/machine.ts";
import { deriveSeed } from "#main/platform/random.ts";
import type { Store } from "#main/store/store.ts";
import { noDataset, requireDataFile } from "../recipes/data-file.ts";
import { builtInDatasetFile } from "../datasets/built-in-datasets.ts";
import { isVersionRef } from "../datasets/version-service.ts";
import { withVersions } from "../problems/set-reader.ts";
import type { SetReader } from "#main/core/problems/problem-supply.ts";
import type { VersionService } from "../datasets/version-service.ts";
import { requireMemoryOfAll } from "../recipes/checks/memory-check.ts";
import type { ModelRegistry } from "../models/model-registry.ts";
import type { WorkspaceTasks } from "../plugins/workspace-tasks.ts";
import type { RewardFiles } from "../recipes/reward-files.ts";
import type { Endpoints } from "../endpoints/endpoints.ts";
import { withPinnedModels } from "../endpoints/pinned-models.ts";
import { earlierStage, inputsOf } from "../recipes/checks/recipe-checks.ts";

export interface PipelineStart {
  readonly recipe: Recipe;
  readonly recipeYaml: string | null;
  readonly origin: Pipeline["origin"];
  readonly runtime: RuntimeChoice;
  /** Folder that relative paths in the recipe start from; undefined for a recipe that is no file. */
  readonly relativeTo: string | undefined;
  /** The saved recipe that it is started from. */
  readonly recipeId?: RecipeId | undefined;
}

/**
 * Throws NOT_FOUND or BAD_CHECKPOINT for a model or a dataset that is not there, OUT_OF_MEMORY for a stage that would not
 * fit; then nothing is written.
 */
export function writePipeline(
  start: PipelineStart,
  deps: {
    readonly store: Store;
    readonly models: ModelRegistry;
    readonly versions: VersionService;
    readonly sets: SetReader;
    readonly rewardFiles: RewardFiles;
    readonly tasks: WorkspaceTasks;
    readonly endpoints: Endpoints;
    readonly runsFolder: string;
    readonly now: () => number;
  },
): PipelineId {
  const recipe = resolveRecipe(start, deps);
  requireMemoryOfAll(recipe, start.runtime, { sets: deps.sets, tried: deps.tasks.tried });
  const createdAtMs = deps.now();
  const environment = currentEnvironment();
  return deps.store.transaction(() => {
    const id = deps.store.pipelines.insert({
      name: recipe.name,
      origin: start.origin,
      recipe,
      recipeYaml: start.recipeYaml,
      recipeSha256: sha256Of(recipe),
      seed: recipe.seed,
      runtime: start.runtime,
      createdAtMs,
      recipeId: start.recipeId,
    });
    recipe.stages.forEach((config, position) => {
      const runId = runIdOf(id, config.name);
      deps.store.runs.insert({
        id: runId,
        pipelineId: id,
        position,
        config,
        configSha256: sha256Of(config),
        seed: seedOf(recipe, config),
        environment,
        parents: [
          ...new Set(
            inputsOf(config)
              .filter(({ name }) => earlierStage(recipe, config, name) !== undefined)
              .map(({ name }) => runIdOf(id, name)),
          ),
        ],
        outDir: join(
          deps.runsFolder,
          id,
          `${String(position + 1).padStart(2, "0")}-${config.name}`,
        ),
        createdAtMs,
      });
      for (const ref of versionsOf(config)) {
        const version = deps.versions.get(ref);
        deps.store.versions.addRun(runId, version, version.sha256);
      }
    });
    return id;
  });
}

export function runIdOf(pipelineId: PipelineId, stageName: string): RunId {
  return RunId.parse(`${pipelineId}-${stageName}`);
}

/** Models and datasets by their full paths, problem sets by their versions, judges by their models, rewards and plug-ins by the hashes of their texts: what the pipeline used stays findable. */
function resolveRecipe(
  start: PipelineStart,
  {
    store,
    models,
    versions,
    rewardFiles,
    tasks,
    endpoints,
  }: {
    readonly store: Store;
    readonly models: ModelRegistry;
    readonly versions: VersionService;
    readonly rewardFiles: RewardFiles;
    readonly tasks: WorkspaceTasks;
    readonly endpoints: Endpoints;
  },
): Recipe {
  const { recipe } = start;
  const folder = start.relativeTo ?? process.cwd();
  return {
    ...recipe,
    models: Object.fromEntries(
      Object.entries(recipe.models).map(([key, name]) => [key, models.resolve(name, folder)]),
    ),
    stages: recipe.stages.map((stage) =>
      tasks.kept(
        withVersions(
          withPinnedModels(
            rewardFiles.kept(withDatasets(stage, folder, versions), start.relativeTo),
            endpoints,
          ),
          store,
        ),
      ),
    ),
  };
}

/** The stage with each of its datasets as `datasetOf` finds it. */
function withDatasets(stage: Stage, relativeTo: string, versions: VersionService): Stage {
  if (stage.kind !== "sft") return stage;
  return withExampleSources(stage, (source) =>
    "dataset" in source
      ? { ...source, dataset: datasetOf(source.dataset, relativeTo, versions) }
      : source,
  );
}

/** The published versions that a stage learns from or is measured on, each once. */
function versionsOf(stage: Stage): Set<string> {
  if (stage.kind !== "sft") return new Set();
  const refs = allExampleSources(stage).flatMap(({ source }) =>
    "dataset" in source && isVersionRef(source.dataset) ? [source.dataset] : [],
  );
  return new Set(refs);
}

/**
 * A version of the store (`d1@2`; the latest where none is named), or a JSONL file by its full path: one's own, or one
 * that ships.
 * @throws AppError where it is neither, or has nothing in it
 */
function datasetOf(dataset: string, relativeTo: string, versions: VersionService): string {
  if (dataset.trim() === "") throw noDataset();
  const file = resolve(relativeTo, dataset);
  if (isVersionRef(dataset) || !existsSync(file)) {
    const version = versions.find(dataset);
    if (version !== undefined) return version.ref;
    const builtIn = builtInDatasetFile(dataset);
    if (builtIn !== undefined) return builtIn;
  }
  requireDataFile(dataset, file);
  return file;
}

/** Benchmarks of the same problems share a seed, so that they can be compared problem by problem, and twins share theirs. */
export function seedOf(recipe: Recipe, stage: Stage): number {
  if (stage.seed !== undefined) return stage.seed;
  const twin = recipe.stages.find((other) => isTwinOf(stage, other));
  if (twin !== undefined) return seedOf(recipe, twin);
  if (stage.kind === "benchmark") {
    return deriveSeed(recipe.seed, `benchmark ${sha256Of(stage.data)}`);
  }
  return deriveSeed(recipe.seed, stage.name);
}

function currentEnvironment(): Environment {
  const { cpuModel, cpuCores, memoryBytes, os, arch, node } = machineFacts();
  return {
    appVersion: appVersion(),
    runtime: null,
    runtimeVersion: null,
    device: null,
    threads: null,
    parameters: null,
    cpuModel,
    cpuCores,
    memoryBytes,
    os,
    arch,
    node,
  };
}
