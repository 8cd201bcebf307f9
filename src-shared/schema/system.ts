/** Facts about the host, its machine and its settings, and what needs a person's attention. */
import { z } from "zod";
import { PriceList } from "./cost.ts";
import { RuntimeChoice } from "./engine-protocol.ts";
import { Level, PipelineId, RunId, Score } from "./run.ts";

/** The engine's backend on this machine: found, or why not and what to do. */
export const RuntimeState = z.strictObject({
  choice: RuntimeChoice,
  state: z.enum(["ready", "fallback", "missing"]),
  /** e.g. "TensorFlow", "TensorFlow.js wasm", "TensorFlow.js WebGPU". */
  name: z.string(),
  version: z.string().nullable(),
  path: z.string().nullable(),
  detail: z.string(),
  advice: z.string().nullable(),
});
export type RuntimeState = z.infer<typeof RuntimeState>;

/** What a recorded, finished demo took on this workspace: the only source of "what to expect". */
export const DemoRecord = z.strictObject({
  pipelineId: PipelineId,
  activeMs: z.number(),
  costUsd: z.number().nullable(),
  first: z.strictObject({ label: z.string(), score: Score }).nullable(),
  last: z.strictObject({ label: z.string(), score: Score }).nullable(),
});
export type DemoRecord = z.infer<typeof DemoRecord>;

export const SystemInfo = z.strictObject({
  appVersion: z.string(),
  nodeVersion: z.string(),
  /** How the window is served. */
  shell: z.enum(["electron", "serve", "cli"]),
  startedAtMs: z.number(),
  hardware: z.strictObject({
    cpuModel: z.string(),
    cpuCores: z.int(),
    memoryBytes: z.number(),
    freeMemoryBytes: z.number(),
    gpus: z.array(z.string()),
    os: z.string(),
    arch: z.string(),
  }),
  disk: z.strictObject({ freeBytes: z.number(), totalBytes: z.number() }),
  workspace: z.strictObject({
    path: z.string(),
    databaseBytes: z.number(),
    schemaVersion: z.int(),
  }),
  runtime: RuntimeState,
  demo: DemoRecord.nullable(),
});
export type SystemInfo = z.infer<typeof SystemInfo>;

export const DoctorCheck = z.strictObject({
  id: z.string(),
  title: z.string(),
  status: z.enum(["ok", "warning", "error"]),
  detail: z.string(),
  advice: z.string().nullable(),
});
export type DoctorCheck = z.infer<typeof DoctorCheck>;

export const ThemeChoice = z.enum(["system", "dark", "light"]);
export type ThemeChoice = z.infer<typeof ThemeChoice>;

/** A text that the user lets run outside of the sandbox, by its hash, and in which Python. */
export const AllowedCode = z.strictObject({
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  python: z.string().min(1).max(1000),
  /** Where it was read from, for people. */
  file: z.string(),
  allowedAtMs: z.number(),
});
export type AllowedCode = z.infer<typeof AllowedCode>;

export const Settings = z.strictObject({
  prices: PriceList,
  theme: ThemeChoice,
  runtime: RuntimeChoice,
  allowedCode: z.array(AllowedCode).max(1000),
});
export type Settings = z.infer<typeof Settings>;

/** Something a person should look at: a failed or stopped pipeline, or an alarm. */
export const AttentionItem = z.strictObject({
  id: z.string(),
  kind: z.enum(["failed", "stopped", "alarm"]),
  level: Level,
  pipelineId: PipelineId,
  pipelineName: z.string(),
  runId: RunId.nullable(),
  stageName: z.string().nullable(),
  timeMs: z.number(),
  message: z.string(),
  advice: z.string().nullable(),
});
export type AttentionItem = z.infer<typeof AttentionItem>;

/** A model that recipes can name. `built-in` ships with the application, `output` was written by a run. */
export const ModelRecord = z.strictObject({
  id: z.string(),
  name: z.string(),
  origin: z.enum(["built-in", "imported", "output"]),
  path: z.string(),
  architecture: z.string(),
  parameters: z.int().nullable(),
  bytes: z.number(),
  /** Of model.safetensors or its index; null until it was computed. */
  sha256: z.string().nullable(),
  createdAtMs: z.number(),
  /** The run that wrote it. */
  runId: RunId.nullable(),
  pipelineId: PipelineId.nullable(),
  /** Where it was got: `hub:owner/name@commit`, `file:path`, `pypi:name==version`; null where that is not known. */
  source: z.string().nullable(),
  /** As its card says. */
  license: z.string().nullable(),
  /** The model's card (README.md), where there is one. */
  card: z.string().nullable(),
});
export type ModelRecord = z.infer<typeof ModelRecord>;
