/** Stage `pretrain`: next-token training from scratch on the generated corpus. */
import { AppError } from "#shared/errors.ts";
import type { PretrainStage } from "#shared/schema/stages/pretrain-stage.ts";
import { Random } from "#main/platform/random.ts";
import { readModelConfig } from "#main/core/formats/hub-layout.ts";
import { baseDocument } from "#main/core/corpus/base-corpus.ts";
import { TokenStream } from "#main/core/corpus/token-stream.ts";
import { initLanguageModel, loadLanguageModel } from "../model/language-model.ts";
import { nextTokenObjective } from "../objectives/next-token.ts";
import { tf } from "../runtime/tf.ts";
import { loadTokenizer } from "#main/core/text/tokenizer.ts";
import { halved } from "#main/core/resources/rows-at-once.ts";
import { Trainer } from "../training/trainer.ts";
import { runTrainingLoop } from "./session/training-loop.ts";
import type { StageSession } from "./session/stage-session.ts";
import { trainingPrecision } from "./session/training-precision.ts";
import type { MicroBatch, StepBatch } from "../training/step-batch.ts";

const STREAM = "documents";

/** `model` names a folder with config.json and a tokenizer; its weights, if it has any, are not used. */
export async function runPretrain(session: StageSession, stage: PretrainStage): Promise<void> {
  const folder = session.modelFolder("model");
  const config = readModelConfig(folder);
  if (stage.sequence_length > config.maxPositionEmbeddings)
    throw new AppError(
      "BAD_RECIPE",
      `sequence_length ${stage.sequence_length} is longer than the model's context of ${config.maxPositionEmbeddings}.`,
      `Set it to ${config.maxPositionEmbeddings} at the most.`,
    );
  const tokenizer = loadTokenizer(folder);
  const { runtime, request, resumed } = session;
  const model =
    resumed === null
      ? initLanguageModel(runtime, config, request.seed)
      : loadLanguageModel(runtime, request.resumeFrom ?? folder);
  const trainer = new Trainer(
    runtime,
    model,
    nextTokenObjective(model.config, { recompute: stage.gradient_checkpointing }),
    {
      beta1: stage.adam_beta1,
      beta2: stage.adam_beta2,
      epsilon: stage.adam_epsilon,
      weightDecay: stage.weight_decay,
      maxGradNorm: stage.max_grad_norm,
      precision: trainingPrecision(session, stage),
    },
  );
  const [end] = tokenizer.eosTokenIds;
  if (end === undefined) throw new Error("the tokenizer has no end token");
  const random = new Random(resumed?.state.random[STREAM] ?? request.seed + 1);
  const rest = (resumed?.state.data["rest"] ?? []) as number[];
  const encode = (text: string): readonly number[] => [
    ...tokenizer.encode(text, { addSpecialTokens: false }),
    end,
  ];
  const stream = new TokenStream(random, baseDocument, encode, rest);
  const rows = stage.per_device_train_batch_size;
  const atOnce = halved(rows, session.halvings);
  const columns = stage.sequence_length + 1;
  const stepBatch = (): StepBatch => {
    const parts = Array.from({ length: stage.gradient_accumulation_steps }, () =>
      stream.take(rows * columns),
    );
    const tokens = parts.length * rows * stage.sequence_length;
    return {
      microBatches: (more = 0) =>
        parts.flatMap((ids) => microBatches(ids, columns, halved(atOnce, more), tokens)),
      tokens,
      lengths: Array.from({ length: parts.length * rows }, () => stage.sequence_length),
      samples: parts.length * rows,
    };
  };
  const totalSteps = stage.max_steps;
  session.started(model.parameters, totalSteps);
  await runTrainingLoop(session, model, trainer, {
    training: stage,
    totalSteps,
    scheduleOffset: 1,
    stepBatch,
    position: () => ({ random: { [STREAM]: random.state }, data: { rest: [...stream.rest] } }),
    tokenizerFrom: folder,
  });
  session.saveModel(model, folder);
}

/** Rows of `columns` ids, `atOnce` of them together; `tokens` is what the whole step's loss is divided by. */
function microBatches(
  ids: Int32Array,
  columns: number,
  atOnce: number,
  tokens: number,
): MicroBatch[] {
  const size = atOnce * columns;
  return Array.from({ length: Math.ceil(ids.length / size) }, (_, i) => ({
    inputs: () => {
      const part = ids.slice(i * size, (i + 1) * size);
      const rows = part.length / columns;
      return [
        tf.tensor(part, [rows, columns], "int32"),
        tf.ones([rows, columns - 1]),
        tf.scalar(tokens),
      ];
    },
  }));
}
