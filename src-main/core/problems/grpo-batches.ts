/**
 * How a GRPO stage divides its work, and which problems it draws: the run that samples, the trial of rewards on its
 * rollouts, and the export to other trainers agree on both.
 */
import { generationBatchSize } from "#shared/schema/generation-batch.ts";
import type { GrpoStage } from "#shared/schema/stages/grpo-stage.ts";
import { deriveSeed } from "#main/platform/random.ts";
import { ProblemSupply } from "./problem-supply.ts";
import type { SupplyOptions } from "./problem-supply.ts";

export type GrpoBatches = {
  /** Prompts of a generation batch, each with `num_generations` completions. */
  readonly groups: number;
  /** Completions of an optimizer step. */
  readonly stepSize: number;
  /** Optimizer steps that see a generation batch once. */
  readonly stepsPerGeneration: number;
  /** Optimizer steps on a generation batch, all iterations together. */
  readonly stepsPerBatch: number;
  /** Places of the stage's problems that a generation batch may ask: its groups, as often as they may be sampled. */
  readonly window: number;
};

type BatchOptions = Pick<
  GrpoStage,
  | "generation_batch_size"
  | "steps_per_generation"
  | "num_generations"
  | "per_device_train_batch_size"
  | "gradient_accumulation_steps"
  | "num_iterations"
  | "filter_groups"
  | "max_num_gen_batches"
>;

/** Fractions where the stage's sizes do not divide; a recipe with such is refused. */
export function grpoBatches(stage: BatchOptions): GrpoBatches {
  const stepSize = stage.per_device_train_batch_size * stage.gradient_accumulation_steps;
  const completions = generationBatchSize(stage);
  const stepsPerGeneration = completions / stepSize;
  const groups = completions / stage.num_generations;
  return {
    groups,
    window: groups * (stage.filter_groups ? stage.max_num_gen_batches : 1),
    stepSize,
    stepsPerGeneration,
    stepsPerBatch: stepsPerGeneration * stage.num_iterations,
  };
}

/**
 * The problems of the stage's groups: place `batch × window + group`, so that what a batch left out moves no other.
 * @param seed the stage's
 */
export function grpoProblems(
  stage: BatchOptions & Pick<GrpoStage, "data" | "curriculum" | "max_steps">,
  seed: number,
  from: Omit<SupplyOptions, "split" | "seed" | "ordered">,
): ProblemSupply {
  const { window, stepsPerBatch } = grpoBatches(stage);
  const isOrdered = stage.curriculum === "easy-to-hard";
  return new ProblemSupply(stage.data, {
    ...from,
    split: "train",
    seed: deriveSeed(seed, "prompts"),
    ordered: isOrdered ? Math.ceil(stage.max_steps / stepsPerBatch) * window : 0,
  });
}
