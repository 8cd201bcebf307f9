/**
 * Writes a workspace for the window's tests: `node seed-window-workspace.ts FOLDER`. One finished pipeline of nine
 * stages, one that stopped in the middle of GRPO with an alarm, and sixty small ones for a long list; with `twins` behind
 * the folder one pipeline with PPO beside GRPO, with `seeds` one recipe with three seeds. The numbers are made by formulas,
 * not measured; they go through the host's own recorder, statistics and store.
 */
import { sha256Of } from "#main/platform/canonical-json.ts";
import { LiveEvents } from "#main/services/workspace/live-events.ts";
import { RunRecorder } from "#main/services/runs/run-recorder.ts";
import { openStore } from "#main/store/store.ts";
import type { Store } from "#main/store/store.ts";
import { prepareWorkspace } from "#main/store/workspace.ts";
import type { EngineMessageBody, Usage } from "#shared/schema/engine-protocol.ts";
import { Recipe } from "#shared/schema/recipe.ts";
import type { Stage } from "#shared/schema/recipe.ts";
import { Environment, RunId } from "#shared/schema/run.ts";
import type { PipelineId } from "#shared/schema/run.ts";
import { GRPO_STEPS, messagesOf, PROBLEMS, SEED_MODEL, SFT_STEPS } from "./seed-window-data.ts";

const MINUTE = 60_000;
const data = { task: "arithmetic" as const, difficulties: [3, 4, 5] };

const LADDER = Recipe.parse({
  name: "ladder",
  description: "Base, cold start, GRPO, rejection sampling and student, with benchmarks between.",
  seed: 7,
  models: { base: "gradus-base", "student-base": "gradus-student" },
  stages: [
    { name: "benchmark-base", kind: "benchmark", model: "base", data, num_problems: PROBLEMS },
    { name: "cold-start", kind: "sft", model: "base", data: { source: data, examples: 256 } },
    {
      name: "benchmark-cold-start",
      kind: "benchmark",
      model: "cold-start",
      data,
      num_problems: PROBLEMS,
    },
    {
      name: "grpo",
      kind: "grpo",
      model: "cold-start",
      data,
      generation_batch_size: 64,
      max_steps: GRPO_STEPS,
    },
    { name: "benchmark-grpo", kind: "benchmark", model: "grpo", data, num_problems: PROBLEMS },
    { name: "traces", kind: "rejection-sampling", model: "grpo", data, num_prompts: 64 },
    { name: "rejection-sampling", kind: "sft", model: "grpo", data: { stage: "traces" } },
    {
      name: "student",
      kind: "distill",
      model: "student-base",
      teacher: "rejection-sampling",
      data,
      num_prompts: 64,
    },
    {
      name: "benchmark-student",
      kind: "benchmark",
      model: "student",
      data,
      num_problems: PROBLEMS,
    },
  ],
});

const TWINS = Recipe.parse({
  name: "twins",
  seed: 7,
  models: { base: "gradus-base" },
  stages: [undefined, "gae"].flatMap((critic) => {
    const name = critic === undefined ? "grpo" : "grpo-ppo";
    const own = critic === undefined ? { twin: "ppo" } : { adv_estimator: critic };
    return [
      { name, kind: "grpo", model: "base", data, max_steps: GRPO_STEPS, ...own },
      { name: `benchmark-${name}`, kind: "benchmark", model: name, data, num_problems: PROBLEMS },
    ];
  }),
});

const SMALL = Recipe.parse({
  name: "small",
  models: { base: "gradus-base" },
  stages: [{ name: "cold-start", kind: "sft", model: "base", data: { source: data, examples: 8 } }],
});

const ENVIRONMENT = Environment.parse({
  appVersion: "0.0.0",
  runtime: null,
  runtimeVersion: null,
  device: null,
  threads: null,
  parameters: null,
  cpuModel: "Test processor",
  cpuCores: 2,
  memoryBytes: 8 * 2 ** 30,
  os: "linux",
  arch: "x64",
  node: "24",
});

/** The time to which the pipelines are played, which is their clock. */
let playedMs = 0;

function usageAfter(ms: number): Usage {
  return {
    wallMs: ms,
    cpuSeconds: (ms / 1000) * 1.5,
    gpuSeconds: 0,
    tokensSampled: ms,
    tokensTrained: 2 * ms,
    flops: ms * 1e7,
    energyJ: null,
    peakMemoryBytes: 2 ** 30 * (ms / MINUTE),
  };
}

function insertLaunch(
  store: Store,
  recipe: Recipe,
  createdAtMs: number,
  origin: "demo" | "recipe",
): PipelineId {
  const pipelineId = store.pipelines.insert({
    name: recipe.name,
    origin,
    recipe,
    recipeYaml: null,
    recipeSha256: sha256Of(recipe),
    seed: recipe.seed,
    runtime: "auto",
    createdAtMs,
  });
  for (const [position, config] of recipe.stages.entries()) {
    const before = recipe.stages[position - 1];
    store.runs.insert({
      id: RunId.parse(`${pipelineId}-${config.name}`),
      pipelineId,
      position,
      config,
      configSha256: sha256Of(config),
      seed: recipe.seed + position,
      environment: ENVIRONMENT,
      parents: before === undefined ? [] : [RunId.parse(`${pipelineId}-${before.name}`)],
      outDir: `runs/${pipelineId}/${config.name}`,
      createdAtMs,
    });
  }
  return pipelineId;
}

function playStage(
  store: Store,
  pipelineId: PipelineId,
  stage: Stage,
  startMs: number,
  end: "finished" | "stopped",
  ms = MINUTE,
  seed = 0,
): void {
  const runId = RunId.parse(`${pipelineId}-${stage.name}`);
  const total =
    stage.kind === "grpo"
      ? GRPO_STEPS
      : stage.kind === "benchmark"
        ? PROBLEMS
        : stage.name === "cold-start"
          ? SFT_STEPS
          : 30;
  const done = end === "finished" ? total : Math.floor(total / 2);
  const usage = usageAfter(ms);
  playedMs = startMs;
  store.runs.startAttempt(runId, 0, startMs);
  const bodies: readonly EngineMessageBody[] = [
    {
      type: "started",
      runtime: "TensorFlow",
      runtimeVersion: "2.21.0",
      device: "CPU",
      threads: 2,
      parameters: 4_850_000,
      totalSteps: total,
      fromStep: 0,
      warnings: [],
    },
    ...messagesOf(stage, done, 5 + seed, startMs),
    ...(stage.kind === "grpo"
      ? [{ type: "output" as const, kind: "model" as const, path: SEED_MODEL }]
      : []),
    {
      type: "progress",
      done,
      total,
      unit: stage.kind === "benchmark" ? "problems" : "steps",
      phase: "training",
      tokensPerSecond: 2400,
      etaMs: 0,
    },
    {
      type: "checkpoint",
      step: done,
      dir: `checkpoints/step-${done}`,
      bytes: 30 * 2 ** 20,
      usage,
      removed: [],
    },
    ...(end === "stopped"
      ? [
          {
            type: "alarm" as const,
            code: "no-spread",
            level: "warning" as const,
            step: done,
            message: "Half of the groups had equal rewards.",
            advice: "Use harder prompts, or more completions a group.",
            evidence: [
              { step: done, group: 1, index: 2 },
              { step: done, group: 0, index: 0 },
            ],
            change: { option: "learning_rate", value: 1e-6 },
          },
        ]
      : [{ type: "finished" as const, usage }]),
  ];
  const label = stage.model;
  const recorder = new RunRecorder(store, new LiveEvents("seed"), runId, label, () => startMs + ms);
  recorder.record(bodies.map((body, index) => ({ seq: index + 1, timeMs: startMs + 1000, body })));
  const reason =
    end === "stopped"
      ? {
          code: "ENGINE_CRASHED",
          message: `The engine process ended by SIGKILL at step ${done}.`,
          advice: `Resume goes on from the checkpoint of step ${done}.`,
        }
      : null;
  playedMs = startMs + ms;
  store.runs.endAttempt(runId, end, reason, startMs + ms);
}

const MINUTES: Readonly<Record<string, number>> = { grpo: 2, "grpo-ppo": 3 };

/** GRPO took two minutes and 2 GiB, its twin three and 3 GiB. */
function seedTwins(store: Store): void {
  const created = Date.now() - 30 * MINUTE;
  const id = insertLaunch(store, TWINS, created, "recipe");
  for (const [index, stage] of TWINS.stages.entries()) {
    const minutes = MINUTES[stage.name] ?? 1;
    playStage(store, id, stage, created + 4 * index * MINUTE, "finished", minutes * MINUTE);
  }
  store.pipelines.setStatus(id, "finished", null);
}

function seed(store: Store): void {
  const now = Date.now();
  store.transaction(() => {
    for (let at = 0; at < 60; at += 1) {
      const created = now - (200 - at) * 10 * MINUTE;
      const id = insertLaunch(store, SMALL, created, "recipe");
      const [stage] = SMALL.stages;
      if (stage === undefined) continue;
      const runId = RunId.parse(`${id}-${stage.name}`);
      playedMs = created;
      store.runs.startAttempt(runId, 0, created);
      playedMs = created + MINUTE;
      store.runs.endAttempt(runId, "finished", null, created + MINUTE);
      store.pipelines.setStatus(id, "finished", null);
    }
    const finished = insertLaunch(store, LADDER, now - 40 * MINUTE, "demo");
    for (const [index, stage] of LADDER.stages.entries())
      playStage(store, finished, stage, now - (40 - 2 * index) * MINUTE, "finished");
    store.pipelines.setStatus(finished, "finished", null);
    const stopped = insertLaunch(
      store,
      { ...LADDER, name: "ladder-stopped", seed: 8 },
      now - 15 * MINUTE,
      "recipe",
    );
    for (const [index, stage] of LADDER.stages.slice(0, 4).entries())
      playStage(
        store,
        stopped,
        stage,
        now - (15 - 2 * index) * MINUTE,
        index < 3 ? "finished" : "stopped",
      );
    store.pipelines.setStatus(
      stopped,
      "stopped",
      store.runs.summary(RunId.parse(`${stopped}-grpo`)).statusReason,
    );
  });
}

/** Three launches of the ladder's first three stages, and one of another recipe. */
function seedSeeds(store: Store): void {
  const recipe = { ...LADDER, name: "seeds", stages: LADDER.stages.slice(0, 3) };
  const other = { ...recipe, name: "other", description: "Another recipe." };
  for (const [place, launch] of [1, 2, 3, 4].entries()) {
    const created = Date.now() - (60 - 10 * place) * MINUTE;
    const base = launch === 4 ? other : recipe;
    const id = insertLaunch(store, { ...base, seed: launch }, created, "recipe");
    for (const [index, stage] of base.stages.entries())
      playStage(store, id, stage, created + 2 * index * MINUTE, "finished", MINUTE, launch);
    store.pipelines.setStatus(id, "finished", null);
  }
}

const [folder, what] = process.argv.slice(2);
if (folder === undefined) throw new Error("name the workspace's folder");
const store = openStore(prepareWorkspace(folder).database, { monotonic: () => playedMs });
if (what === "twins") seedTwins(store);
else if (what === "seeds") seedSeeds(store);
else seed(store);
store.close();
console.log(JSON.stringify({ finished: "p61", stopped: "p62" }));
