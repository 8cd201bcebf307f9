/** Records sampled from a teacher: a job that goes on where it stopped, within a budget. */
import { z } from "zod";
import { DatasetId, DatasetJob } from "../schema/dataset.ts";
import { ProblemData } from "../schema/stages/problem-data.ts";
import { procedure } from "./procedure.ts";

export const GenerateRequest = z.strictObject({
  into: z.union([
    z.strictObject({ datasetId: DatasetId }),
    z.strictObject({ name: z.string().trim().min(1).max(200) }),
  ]),
  /** Problems as a stage's data name them, those of tasks on their training side, whose answers are verified; or prompts, with right answers where they are known. */
  prompts: z.union([
    z.strictObject({ source: ProblemData, count: z.int().min(1).max(100_000) }),
    z.strictObject({
      list: z
        .array(
          z.strictObject({
            prompt: z.string().min(1).max(100_000),
            gold: z.string().max(10_000).optional(),
          }),
        )
        .min(1)
        .max(100_000),
    }),
  ]),
  /** A model of the workspace, or an endpoint of the settings. */
  teacher: z.union([
    z.strictObject({ model: z.string().min(1) }),
    z.strictObject({ endpointId: z.string().min(1) }),
  ]),
  /** Put before each prompt. */
  system: z.string().max(100_000).optional(),
  /** Samples a prompt. */
  n: z.int().min(1).max(64).default(1),
  temperature: z.number().min(0).max(2).default(0.6),
  topP: z.number().gt(0).max(1).default(0.95),
  maxTokens: z.int().min(1).max(100_000).default(512),
  seed: z.int().min(0).default(0),
  /** The job ends before it costs more. */
  budgetUsd: z.number().positive().optional(),
  /** Samples that the verifier calls wrong are kept as rejected, or not kept. */
  keepWrong: z.boolean().default(false),
});
export type GenerateRequest = z.infer<typeof GenerateRequest>;

export const generate = {
  start: procedure.input(GenerateRequest).output(DatasetJob),
  /** Goes on after a cancel, a failure or a restart of the host: what was sampled is not sampled again. */
  resume: procedure.input(z.strictObject({ jobId: z.string() })).output(DatasetJob),
  /** Of this workspace, newest first, whatever became of them. */
  list: procedure.output(
    z.array(z.strictObject({ job: DatasetJob, request: GenerateRequest, prompts: z.int() })),
  ),
};
