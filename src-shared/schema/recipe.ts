/**
 * A recipe: models, tasks and the graph of stages. One schema for the wizard, the command line,
 * the contract and the engine. Option names and defaults are TRL 1.16's where TRL has the option; the few that are not
 * are listed, with why, in trl-defaults.ts.
 * Every object is strict: an unknown key is an error, never ignored.
 */
import { z } from "zod";
import { BenchmarkStage } from "./stages/benchmark-stage.ts";
import { DistillStage } from "./stages/distill-stage.ts";
import type { EndpointTeacher } from "./stages/endpoint-teacher.ts";
import { GrpoStage } from "./stages/grpo-stage.ts";
import { PretrainStage } from "./stages/pretrain-stage.ts";
import { RejectionSamplingStage } from "./stages/rejection-sampling-stage.ts";
import { SftStage } from "./stages/sft-stage.ts";

export const Stage = z.discriminatedUnion("kind", [
  PretrainStage,
  SftStage,
  GrpoStage,
  RejectionSamplingStage,
  DistillStage,
  BenchmarkStage,
]);
export type Stage = z.infer<typeof Stage>;
export type StageKind = Stage["kind"];
/** The stage's teacher, where it is behind an endpoint. */
export function endpointTeacher(stage: Stage): EndpointTeacher | undefined {
  if (stage.kind !== "distill" && stage.kind !== "rejection-sampling") return undefined;
  return typeof stage.teacher === "object" ? stage.teacher : undefined;
}

/** The stage's teacher, where it is a model of the recipe. */
export function modelTeacher(stage: Stage): string | undefined {
  return stage.kind === "distill" && typeof stage.teacher === "string" ? stage.teacher : undefined;
}

export const Recipe = z.strictObject({
  name: z.string().min(1),
  description: z.string().optional(),
  seed: z.int().min(0).default(0),
  /** Names used by the stages → a model id of the workspace, a built-in name, or a folder in hub layout. */
  models: z.record(z.string(), z.string()),
  stages: z.array(Stage).min(1),
});
export type Recipe = z.infer<typeof Recipe>;
