/** A real store in a folder of its own, with one pipeline of two stages. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { openStore } from "#main/store/store.ts";
import type { Store } from "#main/store/store.ts";
import { Recipe } from "#shared/schema/recipe.ts";
import { Environment, RunId } from "#shared/schema/run.ts";
import type { PipelineId } from "#shared/schema/run.ts";
import type { Usage } from "#shared/schema/engine-protocol.ts";

export const ENVIRONMENT = Environment.parse({
  appVersion: "0.0.0",
  runtime: null,
  runtimeVersion: null,
  device: null,
  threads: null,
  parameters: null,
  cpuModel: "test",
  cpuCores: 2,
  memoryBytes: 1,
  os: "linux",
  arch: "x64",
  node: "v24",
});

export const USAGE: Usage = {
  wallMs: 1000,
  cpuSeconds: 2,
  gpuSeconds: 0,
  tokensSampled: 10,
  tokensTrained: 20,
  flops: 1e9,
  energyJ: null,
  peakMemoryBytes: 1e6,
};

export const TWO_STAGES = Recipe.parse({
  name: "Two stages",
  models: { base: "gradus-base" },
  stages: [
    {
      name: "cold-start",
      kind: "sft",
      model: "base",
      data: { source: { task: "arithmetic", difficulties: [3] }, examples: 8 },
    },
    {
      name: "check",
      kind: "benchmark",
      model: "cold-start",
      data: { task: "arithmetic", difficulties: [3] },
      num_problems: 4,
    },
  ],
});

/** A folder that goes with the test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "gradus-test-"));
  onTestFinished(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  return folder;
}

export function temporaryStore(now: () => number = Date.now): { store: Store; folder: string } {
  const folder = temporaryFolder();
  const store = openStore(join(folder, "gradus.sqlite"), { now });
  onTestFinished(() => {
    store.close();
  });
  return { store, folder };
}

export function insertTwoStages(store: Store): {
  pipelineId: PipelineId;
  train: RunId;
  check: RunId;
} {
  return store.transaction(() => {
    const pipelineId = store.pipelines.insert({
      name: TWO_STAGES.name,
      origin: "recipe",
      recipe: TWO_STAGES,
      recipeYaml: null,
      recipeSha256: "0",
      seed: 0,
      runtime: "auto",
      createdAtMs: 1,
    });
    const ids = TWO_STAGES.stages.map((stage) => RunId.parse(`${pipelineId}-${stage.name}`));
    TWO_STAGES.stages.forEach((config, position) => {
      store.runs.insert({
        id: RunId.parse(`${pipelineId}-${config.name}`),
        pipelineId,
        position,
        config,
        configSha256: "0",
        seed: 7,
        environment: ENVIRONMENT,
        parents: position === 0 ? [] : ids.slice(0, 1),
        outDir: "out",
        createdAtMs: 1,
      });
    });
    const [train, check] = ids;
    if (train === undefined || check === undefined) throw new Error("two stages were expected");
    return { pipelineId, train, check };
  });
}
