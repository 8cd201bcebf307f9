/** How many completions a GRPO stage samples at a time: said by itself or in steps, as TRL has it. */

export type GenerationSizes = {
  readonly generation_batch_size?: number | undefined;
  readonly steps_per_generation?: number | undefined;
  readonly per_device_train_batch_size: number;
  readonly gradient_accumulation_steps: number;
};

/** Completions; by default those of one optimizer step. */
export function generationBatchSize(sizes: GenerationSizes): number {
  const steps = sizes.steps_per_generation ?? sizes.gradient_accumulation_steps;
  return sizes.generation_batch_size ?? sizes.per_device_train_batch_size * steps;
}
