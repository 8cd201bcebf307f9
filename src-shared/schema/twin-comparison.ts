/** A GRPO stage and its twin with a critic, side by side: what each took and learned. */
import { z } from "zod";
import { PairedVerdict } from "./compare.ts";
import { Estimate, Usage } from "./engine-protocol.ts";
import { PipelineId, RunId } from "./run.ts";

export const TwinSide = z.strictObject({
  runId: RunId,
  stageName: z.string(),
  /** Of all attempts; null until the stage has ended. */
  usage: Usage.nullable(),
  usd: z.number().nullable(),
});
export type TwinSide = z.infer<typeof TwinSide>;

/** A benchmark that both models have done. */
export const TwinBenchmark = z.strictObject({
  grpoRunId: RunId,
  ppoRunId: RunId,
  task: z.string(),
  /** pass@1, 0–1. */
  grpo: Estimate,
  ppo: Estimate,
  /** Problems, and completions of each. */
  n: z.int(),
  k: z.int(),
  /** GRPO's minus its twin's, paired; null where `refusal` says why not. */
  versus: PairedVerdict.nullable(),
  refusal: z.string().nullable(),
});
export type TwinBenchmark = z.infer<typeof TwinBenchmark>;

export const TwinComparison = z.strictObject({
  pipelineId: PipelineId,
  pipelineName: z.string(),
  seed: z.int(),
  /** Where the twin's critic is: see CriticOptions. */
  valueModel: z.enum(["shared", "separate"]),
  grpo: TwinSide,
  ppo: TwinSide,
  benchmarks: z.array(TwinBenchmark),
});
export type TwinComparison = z.infer<typeof TwinComparison>;
