/**
 * Records of a recipe that was started: a pipeline, whose runs are the recipe's stages, one run
 * each, with an immutable snapshot of the stage's options, its seed, its parents and what it cost.
 * Times are Unix milliseconds.
 */
import { z } from "zod";
import { AlarmProof } from "./alarm.ts";
import { Estimate, Usage } from "./engine-protocol.ts";
import { Recipe, Stage } from "./recipe.ts";

export const PipelineId = z.string().min(1).max(64).brand<"PipelineId">();
export type PipelineId = z.infer<typeof PipelineId>;
export const RunId = z.string().min(1).max(200).brand<"RunId">();
export type RunId = z.infer<typeof RunId>;

/**
 * stopped: ended early with its last checkpoint kept, goes on with resume (the user's wish, or a
 * crash: see the reason). cancelled: ended and discarded by the user. failed: the stage said why it
 * cannot go on; resume tries again from the last checkpoint.
 */
export const RunStatus = z.enum([
  "queued",
  "running",
  "stopping",
  "stopped",
  "finished",
  "failed",
  "cancelled",
]);
export type RunStatus = z.infer<typeof RunStatus>;

/** Why something is stopped, failed or cancelled, and what to do about it. */
export const StatusReason = z.strictObject({
  code: z.string(),
  message: z.string(),
  advice: z.string().nullable(),
});
export type StatusReason = z.infer<typeof StatusReason>;

/** Where a run was computed. What only the engine knows is null until it has started. */
export const Environment = z.strictObject({
  appVersion: z.string(),
  runtime: z.string().nullable(),
  runtimeVersion: z.string().nullable(),
  device: z.string().nullable(),
  threads: z.int().nullable(),
  /** Weights of the model that the stage trains or samples. */
  parameters: z.int().nullable(),
  cpuModel: z.string(),
  cpuCores: z.int(),
  memoryBytes: z.number(),
  os: z.string(),
  arch: z.string(),
  node: z.string(),
});
export type Environment = z.infer<typeof Environment>;

/** The engine's last word on how far a stage is. */
export const Progress = z.strictObject({
  done: z.int(),
  total: z.int(),
  /** What is counted, e.g. "steps", "problems". */
  unit: z.string(),
  /** What is happening, e.g. "sampling", "training", "compiling". */
  phase: z.string(),
  tokensPerSecond: z.number().nullable(),
  etaMs: z.number().nullable(),
  timeMs: z.number(),
});
export type Progress = z.infer<typeof Progress>;

/** pass@1 of a benchmark with what it rests on. */
export const Score = z.strictObject({ ...Estimate.shape, n: z.int(), k: z.int() });
export type Score = z.infer<typeof Score>;

/** A word or two by which runs are found again. */
export const Tag = z.string().trim().min(1).max(60);
export type Tag = z.infer<typeof Tag>;

export const RunNote = z.strictObject({
  text: z.string(),
  /** null where nothing was ever written. */
  changedAtMs: z.number().nullable(),
});
export type RunNote = z.infer<typeof RunNote>;

const runCore = {
  id: RunId,
  pipelineId: PipelineId,
  pipelineName: z.string(),
  /** The stage's place in the recipe, from 0. */
  position: z.int(),
  stageName: z.string(),
  /** What it works on: an earlier stage by its name, or a model as the recipe names it. */
  model: z.string(),
  kind: z.enum(["pretrain", "sft", "grpo", "rejection-sampling", "distill", "benchmark"]),
  status: RunStatus,
  statusReason: StatusReason.nullable(),
  createdAtMs: z.number(),
  startedAtMs: z.number().nullable(),
  endedAtMs: z.number().nullable(),
  /** Times the stage was started; more than 1 after a resume. */
  attempts: z.int(),
  /** The last step of which a metric point is kept; 0 before the first. */
  lastStep: z.int(),
  totalSteps: z.int().nullable(),
  progress: Progress.nullable(),
  /** When the engine process was last heard. */
  lastHeardAtMs: z.number().nullable(),
  /** Of a finished benchmark. */
  score: Score.nullable(),
  /** Of the attempts that have ended, by a clock that only goes forward; pauses between them do not count. */
  activeMs: z.number(),
  /** When the attempt at work began; null: none is. */
  workingSinceMs: z.number().nullable(),
  /** So far, at the prices noted with the cost entry; null where nothing was recorded yet. */
  costUsd: z.number().nullable(),
  /** Alarms that nobody has dismissed. */
  openAlarms: z.int(),
  /** Put on by hand, in order of the alphabet. */
  tags: z.array(Tag),
};

/** A run as lists show it. */
export const RunSummary = z.strictObject(runCore);
export type RunSummary = z.infer<typeof RunSummary>;

export const Run = z.strictObject({
  ...runCore,
  /** Earlier runs whose output this one uses. */
  parents: z.array(RunId),
  /** The stage's options as they were at the start; never changed. */
  config: Stage,
  /** Of the snapshot's canonical JSON. */
  configSha256: z.string(),
  seed: z.int(),
  environment: Environment,
  usage: Usage.nullable(),
  outDir: z.string(),
  /** Folder in hub layout that the stage wrote. */
  outputModel: z.string().nullable(),
  /** JSONL that the stage wrote. */
  outputDataset: z.string().nullable(),
  outputRecords: z.int().nullable(),
  /** Of the output's content (a model's weights, a dataset's file), once the run is finished. */
  outputSha256: z.string().nullable(),
  /** The engine's warnings at its start, e.g. of a slower backend. */
  warnings: z.array(z.string()),
});
export type Run = z.infer<typeof Run>;

const pipelineCore = {
  id: PipelineId,
  name: z.string(),
  /** demo and demo-smoke are pipelines of the built-in recipes; tour is the tour's sample, no part of what was spent. */
  origin: z.enum(["demo", "demo-smoke", "tour", "recipe", "measure"]),
  seed: z.int(),
  status: RunStatus,
  statusReason: StatusReason.nullable(),
  createdAtMs: z.number(),
  startedAtMs: z.number().nullable(),
  endedAtMs: z.number().nullable(),
  /** Time during which an engine process worked for it; pauses between stop and resume do not count. */
  activeMs: z.number(),
  /** When this was read: a pipeline at work has worked for longer since. */
  readAtMs: z.number(),
  costUsd: z.number().nullable(),
  /** Where it is one of a sweep: which, and the options that are its own. */
  sweep: z.strictObject({ id: z.string(), values: z.record(z.string(), z.json()) }).optional(),
};

/** A pipeline as lists show it, with its runs in the recipe's order. */
export const PipelineSummary = z.strictObject({ ...pipelineCore, runs: z.array(RunSummary) });
export type PipelineSummary = z.infer<typeof PipelineSummary>;

export const Pipeline = z.strictObject({
  ...pipelineCore,
  recipe: Recipe,
  /** The recipe's own text where it was started from one, else null. */
  recipeYaml: z.string().nullable(),
  recipeSha256: z.string(),
  runs: z.array(RunSummary),
});
export type Pipeline = z.infer<typeof Pipeline>;

export const Level = z.enum(["debug", "info", "warning", "error"]);
export type Level = z.infer<typeof Level>;

/** One line of a run's history. Nothing is ever removed from it. */
export const RunEvent = z.strictObject({
  id: z.int(),
  runId: RunId,
  timeMs: z.number(),
  kind: z.enum(["status", "attempt", "checkpoint", "alarm", "output", "log", "protocol"]),
  level: Level,
  message: z.string(),
});
export type RunEvent = z.infer<typeof RunEvent>;

export const Checkpoint = z.strictObject({
  id: z.int(),
  runId: RunId,
  step: z.int(),
  dir: z.string(),
  bytes: z.number(),
  createdAtMs: z.number(),
  /** When the retention rule removed its files. */
  removedAtMs: z.number().nullable(),
  usage: Usage,
});
export type Checkpoint = z.infer<typeof Checkpoint>;

export const Alarm = z.strictObject({
  id: z.int(),
  runId: RunId,
  step: z.int(),
  timeMs: z.number(),
  code: z.string(),
  level: z.enum(["info", "warning", "error"]),
  message: z.string(),
  advice: z.string(),
  ...AlarmProof.shape,
  dismissedAtMs: z.number().nullable(),
});
export type Alarm = z.infer<typeof Alarm>;
