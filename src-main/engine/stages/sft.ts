/** Stage `sft`: supervised fine-tuning on the assistant's tokens only. */
import type { PeftOptions, TrainingOptions } from "#shared/schema/stages/stage-options.ts";
import type { SftStage } from "#shared/schema/stages/sft-stage.ts";
import type { Example } from "#main/core/examples/example.ts";
import { rowsAtOnce } from "#main/core/resources/rows-at-once.ts";
import { scheduleNotes } from "#main/core/examples/schedule-faults.ts";
import { endTokenId } from "#main/core/text/end-token-id.ts";
import { loadTokenizer } from "#main/core/text/tokenizer.ts";
import { deriveSeed } from "#main/platform/random.ts";
import { requireNoise } from "../objectives/neftune.ts";
import { nextTokenObjective } from "../objectives/next-token.ts";
import { SequenceBatches } from "../training/sequence-batches.ts";
import { optimizerOf, Trainer } from "../training/trainer.ts";
import { divideExamples } from "./session/divided-examples.ts";
import type { DivisionOptions } from "./session/divided-examples.ts";
import { HeldOutLoss } from "./session/held-out-loss.ts";
import type { HeldOutLossOptions } from "./session/held-out-loss.ts";
import { stageExamples } from "./session/stage-examples.ts";
import type { StageExamples } from "./session/stage-examples.ts";
import type { StageSession } from "./session/stage-session.ts";
import { openTrainable } from "./session/trainable-model.ts";
import { runTrainingLoop } from "./session/training-loop.ts";
import { trainingPrecision } from "./session/training-precision.ts";

export async function runSft(session: StageSession, stage: SftStage): Promise<void> {
  const examples = await stageExamples(session, stage);
  await fineTune(session, session.modelFolder("model"), examples, stage);
}

function longestOf(examples: readonly Example[], atLeast: number): number {
  return examples.reduce((longest, { ids }) => Math.max(longest, ids.length), atLeast);
}

export type FineTuneOptions = TrainingOptions &
  PeftOptions &
  DivisionOptions &
  HeldOutLossOptions &
  Pick<SftStage, "packing" | "loss_type" | "neftune_noise_alpha" | "eos_token">;

/** Of stages that have no such options: the whole answers, cross-entropy, nothing held out. */
export const PLAIN_FINE_TUNING = {
  packing: false,
  mask_history: false,
  assistant_only_loss: true,
  loss_type: "nll",
  eval_on_start: false,
  test_size: 0.1,
  load_best_model_at_end: false,
} as const;

/** Trains the model of `folder` on examples, measures it on others where that is asked, and saves it as the stage's output. */
export async function fineTune(
  session: StageSession,
  folder: string,
  conversations: StageExamples,
  options: FineTuneOptions,
): Promise<void> {
  const { runtime, request } = session;
  const tokenizer = loadTokenizer(folder);
  const { eos_token: eosToken, neftune_noise_alpha: alpha } = options;
  if (eosToken !== undefined) endTokenId(folder, eosToken);
  if (alpha !== undefined) requireNoise(runtime);
  const seed = deriveSeed(request.seed, "held-out");
  const { learned, measured, notes, alarm } = divideExamples(
    tokenizer,
    conversations,
    options,
    seed,
  );
  const model = openTrainable(session, folder, options);
  const precision = trainingPrecision(session, options);
  const trainer = new Trainer(
    runtime,
    model,
    nextTokenObjective(model.config, {
      recompute: options.gradient_checkpointing,
      lossType: options.loss_type,
      noisy: alpha !== undefined,
    }),
    { ...optimizerOf(options), precision },
  );
  const wanted = options.per_device_train_batch_size;
  const together = rowsAtOnce(
    model.config,
    Math.min(
      options.max_length,
      longestOf([...learned, ...measured], options.packing ? options.max_length : 0),
    ),
    wanted,
    { recompute: options.gradient_checkpointing, halvings: session.halvings },
  );
  const plan = {
    seed: deriveSeed(request.seed, "order"),
    rows: wanted,
    rowsAtOnce: together,
    accumulation: options.gradient_accumulation_steps,
    packing: options.packing,
    maxLength: options.max_length,
  };
  const width = model.config.hiddenSize;
  const batches = new SequenceBatches(learned, {
    ...plan,
    ...(alpha === undefined
      ? {}
      : { noise: { alpha, width, seed: deriveSeed(request.seed, "neftune") } }),
  });
  const totalSteps =
    options.max_steps > 0
      ? options.max_steps
      : Math.max(1, Math.round(batches.stepsPerEpoch * options.num_train_epochs));
  session.started(model.parameters, totalSteps);
  if (together < wanted)
    session.log(`${together} of ${wanted} rows are computed together, to save memory.`);
  for (const note of [...notes, ...scheduleNotes(options, totalSteps)]) session.log(note);
  if (alarm !== null && session.fromStep === 0) session.alarm(0, alarm);
  if (measured.length > 0)
    session.log(`${measured.length} examples are held out, ${learned.length} are learned from.`);
  const heldOut =
    measured.length === 0
      ? null
      : new HeldOutLoss({
          session,
          model,
          examples: measured,
          batches: plan,
          precision,
          totalSteps,
          options,
          eosToken,
        });
  const last = await runTrainingLoop(session, model, trainer, {
    training: options,
    totalSteps,
    stepBatch: (step) => batches.step(step),
    tokenizerFrom: folder,
    heldOut,
  });
  session.saveBestOrLast(model, folder, { best: heldOut?.bestStep() ?? null, last }, { eosToken });
}
