/** The loop of every supervised stage: schedule, accumulation, metrics, checkpoints, ending when asked. */
import type { TrainingOptions } from "#shared/schema/stages/stage-options.ts";
import type { LanguageModel } from "../../model/language-model.ts";
import { guardStep } from "./guard-step.ts";
import type { HeldOutLoss } from "./held-out-loss.ts";
import type { CheckpointParts, StageSession } from "./stage-session.ts";
import { learningRate } from "../../training/schedule.ts";
import type { Trainer } from "../../training/trainer.ts";
import type { MicroBatch, StepBatch } from "../../training/step-batch.ts";

export type LoopOptions = {
  readonly training: Omit<TrainingOptions, "num_train_epochs">;
  readonly totalSteps: number;
  /** Added to the step when the schedule is asked: 1 makes the warm-up begin above 0. */
  readonly scheduleOffset?: number;
  readonly stepBatch: (step: number) => StepBatch;
  readonly position?: () => Pick<CheckpointParts, "random" | "data">;
  readonly tokenizerFrom: string;
  /** Held-out examples that are measured meanwhile. */
  readonly heldOut?: HeldOutLoss | null;
};

/** Trains from the session's step to `totalSteps`, or until held-out examples say that it should end; gives the last step. */
export async function runTrainingLoop(
  session: StageSession,
  model: LanguageModel,
  trainer: Trainer,
  options: LoopOptions,
): Promise<number> {
  const { training, totalSteps, heldOut = null } = options;
  let samplesSeen = session.resumed?.state.samplesSeen ?? 0;
  let tokens = 0;
  if (session.resumed !== null) {
    const { optimizer } = session.resumed;
    trainer.optimizer.restore((name) => optimizer.readTensor(name));
  }
  const parts = (step: number): CheckpointParts => ({
    step,
    model,
    tokenizerFrom: options.tokenizerFrom,
    optimizer: trainer.optimizer,
    samplesSeen,
    keep: training.save_total_limit,
    ...options.position?.(),
    ...(heldOut === null ? {} : { data: { heldOut: heldOut.state() } }),
  });
  const measure = (step: number): Promise<void> =>
    session.keeping(
      () => parts(step),
      () => heldOut?.measure(step) ?? Promise.resolve(),
    );
  session.newPhase();
  session.progress(session.fromStep, totalSteps, "steps", "compiling", null, true);
  for (let step = session.fromStep; step < totalSteps; step++) {
    await session.boundary(() => parts(step));
    await measure(step);
    const ended = heldOut?.whyEnded() ?? null;
    if (ended !== null) {
      session.log(ended);
      return step;
    }
    const begun = performance.now();
    const before = parts(step);
    const batch = options.stepBatch(step);
    const rate = learningRate(training, step + (options.scheduleOffset ?? 0), totalSteps);
    const { loss, entropy, gradNorm } = guardStep(session, {
      step,
      training,
      run: (halvings) => trainStep(trainer, batch.microBatches(halvings), rate, step),
      keep: () => before,
    });
    samplesSeen += batch.samples;
    tokens += batch.tokens;
    session.meter.addTraining(model, batch.lengths, training.gradient_checkpointing);
    const seconds = (performance.now() - begun) / 1000;
    session.metrics(step + 1, {
      loss,
      entropy,
      grad_norm: gradNorm,
      learning_rate: rate,
      step_time: seconds,
      training_tokens_per_second: batch.tokens / seconds,
      memory_bytes: process.memoryUsage.rss(),
    });
    if ((step + 1) % training.save_steps === 0 && step + 1 < totalSteps)
      session.checkpoint(parts(step + 1));
    session.progress(step + 1, totalSteps, "steps", "training", tokens, step + 1 === totalSteps);
  }
  await measure(totalSteps);
  return totalSteps;
}

function trainStep(
  trainer: Trainer,
  microBatches: readonly MicroBatch[],
  rate: number,
  step: number,
): { readonly loss: number; readonly entropy: number; readonly gradNorm: number } {
  let loss = 0;
  let entropy = 0;
  for (const [part, { inputs }] of microBatches.entries()) {
    const tensors = inputs();
    let values: Float32Array;
    try {
      values = trainer.accumulate(tensors, [step, part]);
    } finally {
      for (const tensor of tensors) tensor.dispose();
    }
    const [partLoss, partEntropy] = values;
    loss += partLoss ?? 0;
    entropy += partEntropy ?? 0;
  }
  return { loss, entropy, gradNorm: trainer.apply(rate, step) };
}
