/**
 * What the host and one engine process (one stage run) say to each other over the child process's
 * channel. The engine never sees the store; the host alone writes it. Every message of the engine
 * carries a sequence number that grows by one, so that the host notices a gap.
 *
 * Exactly once: points and rollouts of steps ≤ s are sent before the checkpoint of step s. When a
 * run resumes from that checkpoint the host first deletes what it holds of later steps.
 */
import { z } from "zod";
import { AlarmProof } from "./alarm.ts";
import { ProblemMessage } from "./problem.ts";
import { Stage } from "./recipe.ts";
import { BenchmarkStage } from "./stages/benchmark-stage.ts";
import type { ProblemSource } from "./stages/problem-data.ts";

/**
 * Backends the engine can be asked for. `auto`: TensorFlow where it can be had, else wasm. `gpu`: TensorFlow with CUDA.
 * `webgpu`: any GPU that Dawn finds (Vulkan, Metal, Direct3D 12).
 */
export const RuntimeChoice = z.enum(["auto", "tensorflow", "wasm", "gpu", "webgpu"]);
export type RuntimeChoice = z.infer<typeof RuntimeChoice>;

/** What a stage asks the host, which alone has a network, keys and the store. */
export const StageQuestion = z.discriminatedUnion("kind", [
  /** Verdicts of one of the stage's judges. */
  z.strictObject({
    kind: z.literal("judge"),
    /** By `rewardName`. */
    reward: z.string(),
    texts: z.array(
      z.strictObject({
        problemId: z.string(),
        prompt: z.string(),
        /** The right answer; null where there is none. */
        gold: z.string().nullable(),
        /** The problem's own; null where it has none. */
        rubric: z.string().nullable(),
        completion: z.string(),
      }),
    ),
  }),
  /** Completions of the stage's teacher behind an endpoint, one for each seed. */
  z.strictObject({
    kind: z.literal("teacher"),
    prompts: z.array(
      z.strictObject({ messages: z.array(ProblemMessage), seeds: z.array(z.int().min(0)) }),
    ),
  }),
]);
export type StageQuestion = z.infer<typeof StageQuestion>;

export const StageVerdict = z.strictObject({
  /** From 0 to 1; null where the judge does not apply, or said nothing that can be used. */
  value: z.number().nullable(),
  why: z.string(),
  /** Asked, and no verdict came. */
  unusable: z.boolean(),
});
export type StageVerdict = z.infer<typeof StageVerdict>;

export const TaughtCompletion = z.strictObject({
  /** The thinking that came apart from it stands before it, in `<think>`. */
  text: z.string(),
  finished: z.boolean(),
  /** null where the server did not count. */
  tokens: z.int().nullable(),
});
export type TaughtCompletion = z.infer<typeof TaughtCompletion>;

/** In the question's order. */
export const StageAnswer = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("judge"), verdicts: z.array(StageVerdict) }),
  z.strictObject({
    kind: z.literal("teacher"),
    completions: z.array(z.array(TaughtCompletion)),
  }),
  /** The stage keeps its state and ends with these words; it can be resumed. */
  z.strictObject({
    kind: z.literal("refused"),
    code: z.string(),
    message: z.string(),
    advice: z.string().nullable(),
  }),
]);
export type StageAnswer = z.infer<typeof StageAnswer>;

export const EngineRequest = z.discriminatedUnion("type", [
  z.strictObject({
    type: z.literal("start"),
    runId: z.string(),
    stage: Stage,
    seed: z.int(),
    runtime: RuntimeChoice,
    /** Folders in hub layout, by the names the stage uses (`model`, `teacher`). */
    models: z.record(z.string(), z.string()),
    /** An imported benchmark's problems. */
    datasetFile: z.string().optional(),
    /** JSONL of {messages} of an sft stage's sources that are written already, in their order, eval_data's the last: an earlier stage's, a dataset's. */
    exampleFiles: z.array(z.string()).optional(),
    /** JSONL of SetProblem for each problem set that the stage asks, by `problemFileKey`. */
    problemFiles: z.record(z.string(), z.string()).optional(),
    /** Benchmarks behind it in the recipe, whose problems it had better not learn. */
    laterBenchmarks: z
      .array(
        z.strictObject({
          stage: BenchmarkStage,
          /** Of an imported one: its problems. */
          datasetFile: z.string().optional(),
          /** JSONL of {id, messages, prompt}: its first problems, where a task makes them that the stage is not given. */
          askedFile: z.string().optional(),
        }),
      )
      .optional(),
    /** Files of the stage's own rewards, by the SHA-256 of their texts. */
    rewardFiles: z.record(z.string(), z.string()).optional(),
    /** Files of the task plug-ins that the stage asks, by the SHA-256 of their texts. */
    pluginFiles: z.record(z.string(), z.string()).optional(),
    /** What runs reasoning-gym, where the stage asks it. */
    gym: z.strictObject({ python: z.string(), script: z.string(), cache: z.string() }).optional(),
    /** The run's own folder: checkpoints/, model/, data.jsonl go here. */
    outDir: z.string(),
    /** Folder of the checkpoint to go on from. */
    resumeFrom: z.string().optional(),
    /**
     * How often the rows that are computed together are halved, in training and in sampling: more of them did not fit
     * the memory. The stage's options, and what they give, stay the same.
     */
    halvings: z.int().min(0).optional(),
  }),
  z.strictObject({ type: z.literal("cancel") }),
  /** Write a checkpoint at the next step boundary, then end as cancelled. */
  z.strictObject({ type: z.literal("stop-and-keep") }),
  /** Wait at the next step boundary, with everything in memory, until continue, cancel or stop-and-keep. */
  z.strictObject({ type: z.literal("pause") }),
  z.strictObject({ type: z.literal("continue") }),
  /** To the question of that number. */
  z.strictObject({ type: z.literal("answer"), id: z.int(), answer: StageAnswer }),
]);
export type EngineRequest = z.infer<typeof EngineRequest>;

/** Names the problems of a source: equal for sources that name the same ones. */
export function problemFileKey({ problems, split, where = "" }: ProblemSource): string {
  return [problems, split, where].join(" ");
}

/** The progress phase of a stage that waits. */
export const PAUSED_PHASE = "paused";

export const MetricPoint = z.strictObject({
  name: z.string(),
  step: z.int(),
  /** Non-finite values travel as null. */
  value: z.number().nullable(),
  timeMs: z.number(),
});
export type MetricPoint = z.infer<typeof MetricPoint>;

/** One sampled completion with everything that was decided about it. */
export const Rollout = z.strictObject({
  step: z.int(),
  group: z.int(),
  index: z.int(),
  problemId: z.string(),
  /** null: nobody said how hard the problem is. */
  difficulty: z.int().nullable(),
  prompt: z.string(),
  completion: z.string(),
  completionIds: z.array(z.int()),
  logprobs: z.array(z.number()),
  rewards: z.record(z.string(), z.number().nullable()),
  reward: z.number(),
  advantage: z.number(),
  correct: z.boolean(),
  finishReason: z.enum(["stop", "length"]),
});
export type Rollout = z.infer<typeof Rollout>;

/** What the trainer made of a completion's tokens just before its step; sent for those that it computed. */
export const RolloutScores = z.strictObject({
  step: z.int(),
  group: z.int(),
  index: z.int(),
  /** At the sampling temperature, as the sampler's are. */
  logprobs: z.array(z.number()),
  /** In nats. */
  entropies: z.array(z.number()),
});
export type RolloutScores = z.infer<typeof RolloutScores>;

/** One completion of a benchmark. */
export const EvaluationSample = z.strictObject({
  problemIndex: z.int(),
  sampleIndex: z.int(),
  problemId: z.string(),
  difficulty: z.int().nullable(),
  prompt: z.string(),
  gold: z.string(),
  completion: z.string(),
  answer: z.string().nullable(),
  correct: z.boolean(),
  finishReason: z.enum(["stop", "length"]),
  tokens: z.int(),
});
export type EvaluationSample = z.infer<typeof EvaluationSample>;

/** A proportion with its 95% interval, all in 0–1. */
export const Estimate = z.strictObject({ value: z.number(), low: z.number(), high: z.number() });
export type Estimate = z.infer<typeof Estimate>;

/** The summary of one benchmark; the interval is a bootstrap clustered by problem. */
export const EvaluationSummary = z.strictObject({
  task: z.string(),
  n: z.int(),
  k: z.int(),
  temperature: z.number(),
  topP: z.number(),
  maxTokens: z.int(),
  scoring: z.enum(["strict", "lenient"]),
  verifierVersion: z.string(),
  pass1: Estimate,
  /** Unbiased pass@j for j = 1, 2, 4 … ≤ k. */
  passK: z.array(z.strictObject({ k: z.int(), ...Estimate.shape })),
  consK: Estimate,
  /** Of the problems that have a difficulty. */
  byDifficulty: z.array(z.strictObject({ difficulty: z.int(), n: z.int(), ...Estimate.shape })),
  formatRate: z.number(),
  truncatedRate: z.number(),
  meanTokens: z.number(),
});
export type EvaluationSummary = z.infer<typeof EvaluationSummary>;

/** What a stage used so far; sent with each checkpoint and at the end (totals since the stage's first step). */
export const Usage = z.strictObject({
  wallMs: z.number(),
  /** CPU seconds of the engine process (user + system). */
  cpuSeconds: z.number(),
  gpuSeconds: z.number(),
  tokensSampled: z.int(),
  tokensTrained: z.int(),
  /** Estimated from the model's shape: weights and attention, forward and backward, scoring passes and recomputed layers. */
  flops: z.number(),
  /** Joules where the machine's counters are readable, else null: not measured. */
  energyJ: z.number().nullable(),
  peakMemoryBytes: z.number(),
});
export type Usage = z.infer<typeof Usage>;

export const EngineMessageBody = z.discriminatedUnion("type", [
  z.strictObject({
    type: z.literal("started"),
    runtime: z.string(),
    runtimeVersion: z.string(),
    device: z.string(),
    threads: z.int(),
    /** null: no model of this machine is at work. */
    parameters: z.int().nullable(),
    totalSteps: z.int(),
    /** Step the stage goes on from; 0 for a fresh start. */
    fromStep: z.int(),
    warnings: z.array(z.string()),
  }),
  z.strictObject({
    type: z.literal("progress"),
    /** Steps done of total; the unit says what a step is, e.g. "steps", "problems", "completions". */
    done: z.int(),
    total: z.int(),
    unit: z.string(),
    /** What is happening now, e.g. "sampling", "training", "compiling". */
    phase: z.string(),
    /** Tokens a second over the last moments, where it makes sense. */
    tokensPerSecond: z.number().nullable(),
    etaMs: z.number().nullable(),
  }),
  z.strictObject({ type: z.literal("metrics"), points: z.array(MetricPoint) }),
  z.strictObject({ type: z.literal("rollouts"), rollouts: z.array(Rollout) }),
  /** Of rollouts that were sent before. */
  z.strictObject({ type: z.literal("rollout-scores"), scores: z.array(RolloutScores) }),
  z.strictObject({ type: z.literal("evaluation-samples"), samples: z.array(EvaluationSample) }),
  z.strictObject({ type: z.literal("evaluation"), summary: EvaluationSummary }),
  z.strictObject({
    type: z.literal("checkpoint"),
    step: z.int(),
    dir: z.string(),
    bytes: z.number(),
    usage: Usage,
    /** Checkpoint folders removed by the retention rule after this one was written. */
    removed: z.array(z.string()),
  }),
  z.strictObject({
    type: z.literal("alarm"),
    code: z.string(),
    level: z.enum(["info", "warning", "error"]),
    step: z.int(),
    message: z.string(),
    /** What to do about it. */
    advice: z.string(),
    ...AlarmProof.shape,
  }),
  z.strictObject({
    type: z.literal("log"),
    level: z.enum(["debug", "info", "warning", "error"]),
    message: z.string(),
  }),
  z.strictObject({ type: z.literal("ask"), id: z.int(), question: StageQuestion }),
  z.strictObject({ type: z.literal("heartbeat"), rssBytes: z.number(), tensors: z.int() }),
  /** The stage's output model (hub layout) or dataset (JSONL), where it makes one. */
  z.strictObject({
    type: z.literal("output"),
    kind: z.enum(["model", "dataset"]),
    path: z.string(),
    records: z.int().optional(),
  }),
  /** What the stage used so far, between checkpoints. */
  z.strictObject({ type: z.literal("usage"), usage: Usage }),
  z.strictObject({ type: z.literal("finished"), usage: Usage }),
  z.strictObject({ type: z.literal("cancelled"), usage: Usage }),
  z.strictObject({
    type: z.literal("failed"),
    code: z.string(),
    message: z.string(),
    advice: z.string().optional(),
    stack: z.string().optional(),
    /** What it did is kept, and it can go on from there. */
    kept: z.boolean().optional(),
  }),
]);
export type EngineMessageBody = z.infer<typeof EngineMessageBody>;

export const EngineMessage = z.strictObject({
  seq: z.int().min(1),
  timeMs: z.number(),
  body: EngineMessageBody,
});
export type EngineMessage = z.infer<typeof EngineMessage>;
