/** The workspace of the cockpit's benchmark: one run of a million points, twenty to lay over each other, thousands to list. */
import { sha256Of } from "#main/platform/canonical-json.ts";
import { Random } from "#main/platform/random.ts";
import { openStore } from "#main/store/store.ts";
import type { Store } from "#main/store/store.ts";
import { prepareWorkspace } from "#main/store/workspace.ts";
import { Recipe } from "#shared/schema/recipe.ts";
import { Environment, RunId } from "#shared/schema/run.ts";

export const MILLION = { metrics: 25, steps: 40_000 } as const;
const OVERLAID = { runs: 20, steps: 5000 } as const;
const LISTED = 10_000;

const data = { task: "arithmetic" as const, difficulties: [3] };
const RECIPE = Recipe.parse({
  name: "bench",
  models: { base: "gradus-base" },
  stages: [
    {
      name: "grpo",
      kind: "grpo",
      model: "base",
      data,
      generation_batch_size: 64,
      max_steps: 40_000,
    },
  ],
});

const ENVIRONMENT = Environment.parse({
  appVersion: "0",
  runtime: null,
  runtimeVersion: null,
  device: null,
  threads: null,
  parameters: null,
  cpuModel: "bench",
  cpuCores: 1,
  memoryBytes: 1,
  os: "linux",
  arch: "x64",
  node: "24",
});

export function insertRun(store: Store): RunId {
  const pipelineId = store.pipelines.insert({
    name: RECIPE.name,
    origin: "recipe",
    recipe: RECIPE,
    recipeYaml: null,
    recipeSha256: sha256Of(RECIPE),
    seed: 0,
    runtime: "auto",
    createdAtMs: 1,
  });
  const runId = RunId.parse(`${pipelineId}-grpo`);
  const [config] = RECIPE.stages;
  if (config === undefined) throw new Error("the recipe has no stage");
  store.runs.insert({
    id: runId,
    pipelineId,
    position: 0,
    config,
    configSha256: sha256Of(config),
    seed: 0,
    environment: ENVIRONMENT,
    parents: [],
    outDir: `runs/${pipelineId}/grpo`,
    createdAtMs: 1,
  });
  store.runs.startAttempt(runId, 0, 1);
  store.runs.endAttempt(runId, "finished", null, 2);
  store.pipelines.setStatus(pipelineId, "finished", null);
  return runId;
}

function insertPoints(store: Store, runId: RunId, names: readonly string[], steps: number): void {
  const random = new Random(names.length);
  for (let from = 1; from <= steps; from += 1000) {
    const count = Math.min(1000, steps - from + 1);
    const points = Array.from({ length: count }, (_, at) =>
      names.map((name) => ({
        name,
        step: from + at,
        value: Math.exp((-3 * (from + at)) / steps) + 0.1 * random.uniform(),
        timeMs: from + at,
      })),
    );
    store.metrics.insert(runId, points.flat());
  }
}

/** Ids of the run of a million points, of those to lay over each other, and of one that has no points yet. */
export function seedCockpit(folder: string): {
  readonly million: RunId;
  readonly overlaid: readonly RunId[];
  readonly live: RunId;
} {
  const store = openStore(prepareWorkspace(folder).database);
  const million = store.transaction(() => {
    for (let at = 0; at < LISTED - OVERLAID.runs - 2; at += 1) insertRun(store);
    return insertRun(store);
  });
  const names = Array.from({ length: MILLION.metrics }, (_, at) => `metric_${String(at)}`);
  store.transaction(() => insertPoints(store, million, names, MILLION.steps));
  const overlaid = store.transaction(() =>
    Array.from({ length: OVERLAID.runs }, () => {
      const runId = insertRun(store);
      insertPoints(store, runId, ["loss"], OVERLAID.steps);
      return runId;
    }),
  );
  const live = store.transaction(() => insertRun(store));
  store.close();
  return { million, overlaid, live };
}
