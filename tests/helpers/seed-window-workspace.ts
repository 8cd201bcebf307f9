/**
 * Writes a workspace for the window's tests: `node seed-window-workspace.ts FOLDER`. One finished launch of nine
 * stages, one that stopped in the middle of GRPO with an alarm, and sixty small ones for a long list. The numbers are
 * made by formulas, not measured; they go through the host's own recorder, statistics and store.
 */
import { Random } from "#main/platform/random.ts";
import { sha256Of } from "#main/platform/canonical-json.ts";
import { compareEvaluations } from "#main/engine/evaluation/compare.ts";
import { summarize } from "#main/engine/evaluation/summarize.ts";
import { LiveEvents } from "#main/services/live-events.ts";
import { RunRecorder } from "#main/services/run-recorder.ts";
import { openStore } from "#main/store/store.ts";
import type { Store } from "#main/store/store.ts";
import { prepareWorkspace } from "#main/store/workspace.ts";
import type {
  EngineMessageBody,
  EvaluationSample,
  Rollout,
  Usage,
} from "#shared/schema/engine-protocol.ts";
import { Recipe } from "#shared/schema/recipe.ts";
import type { Stage } from "#shared/schema/recipe.ts";
import { Environment, RunId } from "#shared/schema/run.ts";
import type { PipelineId } from "#shared/schema/run.ts";

const MINUTE = 60_000;
const PROBLEMS = 120;
const SAMPLES = 4;
const GRPO_STEPS = 40;
const SFT_STEPS = 900;

const data = { task: "arithmetic" as const, difficulties: [3, 4, 5] };

/** Share of right answers that each benchmark is given. */
const SKILL: Readonly<Record<string, number>> = {
  "benchmark-base": 0.12,
  "benchmark-cold-start": 0.35,
  "benchmark-grpo": 0.62,
  "benchmark-student": 0.58,
};

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

function usageAfter(ms: number): Usage {
  return {
    wallMs: ms,
    cpuSeconds: (ms / 1000) * 1.5,
    gpuSeconds: 0,
    tokensSampled: ms,
    tokensTrained: 2 * ms,
    flops: ms * 1e7,
    energyJ: null,
    peakMemoryBytes: 2 ** 30,
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

function grpoMetrics(step: number, random: Random): Readonly<Record<string, number | null>> {
  const done = step / GRPO_STEPS;
  const noise = (): number => (random.uniform() - 0.5) * 0.05;
  return {
    reward: 0.3 + 0.5 * done + noise(),
    reward_std: 0.4 - 0.1 * done + noise(),
    "rewards/answer/mean": 0.25 + 0.4 * done + noise(),
    "rewards/format/mean": 0.9 + noise(),
    frac_reward_zero_std: 0.2 + 0.4 * done + noise(),
    accuracy: 0.25 + 0.4 * done + noise(),
    "accuracy/difficulty_3": 0.4 + 0.4 * done + noise(),
    "accuracy/difficulty_4": 0.25 + 0.35 * done + noise(),
    "accuracy/difficulty_5": 0.1 + 0.3 * done + noise(),
    "completions/mean_length": 38 + 8 * done + noise(),
    "completions/min_length": 21,
    "completions/max_length": 72,
    "completions/clipped_ratio": 0.03,
    "clip_ratio/low_mean": 0.004 + noise() / 20,
    "clip_ratio/high_mean": 0.006 + noise() / 20,
    loss: 0.02 + noise(),
    grad_norm: 0.4 + noise(),
    learning_rate: 1.5e-4 * (1 - done),
    kl: step === 3 ? null : 0.02 * done,
    entropy: 0.6 - 0.3 * done + noise(),
    training_tokens_per_second: 2400 + 100 * noise(),
    sampling_tokens_per_second: 5200 + 100 * noise(),
  };
}

function rolloutsOf(step: number, random: Random): readonly Rollout[] {
  return Array.from({ length: 64 }, (_, at): Rollout => {
    const group = Math.floor(at / 8);
    const index = at % 8;
    const [a, b, c] = [1, 2, 3].map((salt) => ((step + group) * 7 * salt + 3) % 20);
    const right = (a ?? 0) + (b ?? 0) + (c ?? 0);
    // The first group solves everything, so that a group without spread is always there.
    const correct = group === 0 || random.uniform() < 0.3 + (0.5 * step) / GRPO_STEPS;
    return {
      step,
      group,
      index,
      problemId: `arithmetic-${step}-${group}`,
      difficulty: 3 + (group % 3),
      prompt: `Work out ${a} + ${b} + ${c}.`,
      completion: `<think>\n${a} + ${b} = ${(a ?? 0) + (b ?? 0)}, and ${c} more is ${right}.\n</think>\n<answer>${correct ? right : right + 1}</answer>`,
      completionIds: Array.from({ length: 30 + index }, (_, token) => token),
      logprobs: Array.from({ length: 30 + index }, () => -0.25),
      rewards: { answer: correct ? 1 : 0, format: 1 },
      reward: correct ? 1.1 : 0.1,
      advantage: group === 0 ? 0 : correct ? 0.7 : -1.2,
      correct,
      finishReason: "stop",
    };
  });
}

function samplesOf(skill: number, seed: number): readonly EvaluationSample[] {
  const random = new Random(seed);
  return Array.from({ length: PROBLEMS * SAMPLES }, (_, at): EvaluationSample => {
    const problemIndex = Math.floor(at / SAMPLES);
    const difficulty = 3 + (problemIndex % 3);
    const correct = random.uniform() < skill * (1.4 - 0.2 * (difficulty - 2));
    const gold = String(problemIndex + 12);
    return {
      problemIndex,
      sampleIndex: at % SAMPLES,
      problemId: `held-out-${problemIndex}`,
      difficulty,
      prompt: `Work out ${problemIndex} + 5 + 7.`,
      gold,
      completion: `<think>\n${problemIndex} + 5 + 7\n</think>\n<answer>${correct ? gold : "0"}</answer>`,
      answer: correct ? gold : "0",
      correct,
      finishReason: "stop",
      tokens: 24,
    };
  });
}

/** What an engine would say about a whole stage, or about its steps up to `steps`. */
function messagesOf(stage: Stage, steps: number, seed: number): readonly EngineMessageBody[] {
  const random = new Random(seed);
  const messages: EngineMessageBody[] = [];
  const say = (body: EngineMessageBody): void => {
    messages.push(body);
  };
  const point = (step: number, values: Readonly<Record<string, number | null>>): void => {
    const points = Object.entries(values).map(([name, value]) => ({
      name,
      step,
      value,
      timeMs: step,
    }));
    say({ type: "metrics", points });
  };
  if (stage.kind === "benchmark") {
    const samples = samplesOf(SKILL[stage.name] ?? 0.5, 11);
    say({ type: "evaluation-samples", samples: [...samples] });
    const settings = { temperature: 0.6, topP: 0.95, maxTokens: 72, scoring: stage.scoring };
    say({
      type: "evaluation",
      summary: summarize(samples, { task: "arithmetic", seed, ...settings }),
    });
  } else if (stage.kind === "grpo") {
    for (let step = 1; step <= steps; step += 1) {
      point(step, grpoMetrics(step, random));
      say({ type: "rollouts", rollouts: [...rolloutsOf(step, random)] });
    }
  } else {
    const total = stage.name === "cold-start" ? SFT_STEPS : 30;
    for (let step = 1; step <= Math.min(steps, total); step += 1) {
      const loss = 0.4 + 2 * Math.exp((-4 * step) / total) + (random.uniform() - 0.5) * 0.1;
      point(step, {
        loss,
        grad_norm: 0.5 + random.uniform() * 0.1,
        learning_rate: 5e-4 * (1 - step / total),
      });
    }
  }
  return messages;
}

function playStage(
  store: Store,
  pipelineId: PipelineId,
  stage: Stage,
  startMs: number,
  end: "finished" | "stopped",
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
  const usage = usageAfter(MINUTE);
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
    ...messagesOf(stage, done, 5),
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
          },
        ]
      : [{ type: "finished" as const, usage }]),
  ];
  const label = stage.model;
  const recorder = new RunRecorder(
    store,
    new LiveEvents("seed"),
    runId,
    label,
    () => startMs + MINUTE,
  );
  recorder.record(bodies.map((body, index) => ({ seq: index + 1, timeMs: startMs + 1000, body })));
  const reason =
    end === "stopped"
      ? {
          code: "ENGINE_CRASHED",
          message: `The engine process ended by SIGKILL at step ${done}.`,
          advice: `Resume goes on from the checkpoint of step ${done}.`,
        }
      : null;
  store.runs.endAttempt(runId, end, reason, startMs + MINUTE);
}

/** Paired differences, as the host writes them when a benchmark ends. */
function compareBenchmarks(store: Store, pipelineId: PipelineId): void {
  const records = store.evaluations.ofPipeline(pipelineId);
  for (const [index, record] of records.entries()) {
    const before = records[index - 1];
    if (before === undefined) continue;
    const compared = compareEvaluations(
      store.evaluations.samples(before.runId),
      store.evaluations.samples(record.runId),
      3,
    );
    store.evaluations.setComparison(record.runId, {
      withRunId: before.runId,
      withLabel: before.label,
      problems: compared.n,
      difference: compared.difference,
      p: compared.p,
      verdict: compared.verdict,
    });
  }
}

function seed(folder: string): void {
  const store = openStore(prepareWorkspace(folder).database);
  const now = Date.now();
  store.transaction(() => {
    for (let at = 0; at < 60; at += 1) {
      const created = now - (200 - at) * 10 * MINUTE;
      const id = insertLaunch(store, SMALL, created, "recipe");
      const [stage] = SMALL.stages;
      if (stage === undefined) continue;
      const runId = RunId.parse(`${id}-${stage.name}`);
      store.runs.startAttempt(runId, 0, created);
      store.runs.endAttempt(runId, "finished", null, created + MINUTE);
      store.pipelines.setStatus(id, "finished", null);
    }
    const finished = insertLaunch(store, LADDER, now - 40 * MINUTE, "demo");
    for (const [index, stage] of LADDER.stages.entries())
      playStage(store, finished, stage, now - (40 - 2 * index) * MINUTE, "finished");
    store.pipelines.setStatus(finished, "finished", null);
    compareBenchmarks(store, finished);
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
    compareBenchmarks(store, stopped);
  });
  store.close();
  console.log(JSON.stringify({ finished: "p61", stopped: "p62" }));
}

const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error("name the workspace's folder");
seed(folder);
