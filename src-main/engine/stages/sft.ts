/** Stage `sft`: supervised fine-tuning on the assistant's tokens only. */
import { AppError } from "#shared/errors.ts";
import type { PeftOptions, TrainingOptions } from "#shared/schema/stages/stage-options.ts";
import { exampleSources } from "#shared/schema/stages/example-data.ts";
import type { ExampleSource } from "#shared/schema/stages/example-data.ts";
import type { SftStage } from "#shared/schema/stages/sft-stage.ts";
import { deriveSeed } from "#main/platform/random.ts";
import { requireNoise } from "../objectives/neftune.ts";
import { nextTokenObjective } from "../objectives/next-token.ts";
import { ProblemSupply } from "#main/core/problems/problem-supply.ts";
import { askedMessages } from "#main/core/text/prompt-ids.ts";
import { loadTokenizer } from "#main/core/text/tokenizer.ts";
import { rowsAtOnce } from "#main/core/resources/rows-at-once.ts";
import { SequenceBatches } from "../training/sequence-batches.ts";
import { optimizerOf, Trainer } from "../training/trainer.ts";
import { HeldOutLoss } from "./session/held-out-loss.ts";
import type { HeldOutLossOptions } from "./session/held-out-loss.ts";
import { runTrainingLoop } from "./session/training-loop.ts";
import { endTokenId } from "./session/write-model.ts";
import { readConversations } from "#main/core/examples/conversation-lines.ts";
import type { Conversation } from "#main/core/examples/conversation-lines.ts";
import { encodeExamples, overlongMessage } from "#main/core/examples/encode-examples.ts";
import type { ExampleOptions } from "#main/core/examples/encode-examples.ts";
import { heldOutIndexes } from "#main/core/examples/hold-out.ts";
import { mixExamples } from "#main/core/examples/mix-examples.ts";
import type { MixedSource } from "#main/core/examples/mix-examples.ts";
import { recordNumbers } from "#main/core/examples/record-numbers.ts";
import { preparing, suppliesOf } from "./session/stage-problems.ts";
import type { StageSession } from "./session/stage-session.ts";
import { openTrainable } from "./session/trainable-model.ts";
import { trainingPrecision } from "./session/training-precision.ts";
import type { Example } from "#main/core/examples/example.ts";

export async function runSft(session: StageSession, stage: SftStage): Promise<void> {
  const conversations = await conversationsOf(session, stage);
  await fineTune(session, session.modelFolder("model"), conversations, stage);
}

/** Of all of the stage's sources, in the shares of their weights. */
async function conversationsOf(session: StageSession, stage: SftStage): Promise<Conversation[]> {
  const files = [...(session.request.exampleFiles ?? [])];
  const mixed: MixedSource<Conversation>[] = [];
  for (const { source, keys } of exampleSources(stage.data)) {
    const examples = await examplesOf(session, stage, source, files);
    if (examples.length === 0)
      throw new AppError(
        "BAD_INPUT",
        `There is no example to train on in ${keys.join(".")}: it is empty.`,
        "Choose a dataset with examples, or look at the stage that made it.",
      );
    mixed.push({ examples, weight: source.weight ?? 1 });
  }
  const all = mixExamples(mixed, deriveSeed(session.request.seed, "mix"));
  if (mixed.length > 1)
    session.log(
      `An epoch has ${all.length} examples, in shares of ${mixed.map(({ weight }) => weight).join(" : ")} of sources with ${mixed.map(({ examples }) => examples.length).join(", ")}.`,
    );
  return all;
}

/** @param files of the sources that are written, from which this one's is taken */
async function examplesOf(
  session: StageSession,
  stage: SftStage,
  source: ExampleSource,
  files: string[],
): Promise<Conversation[]> {
  if ("source" in source) return workedExamples(session, stage, source);
  const file = files.shift();
  if (file === undefined) throw new Error("the host gave the stage no dataset");
  return readConversations(file);
}

/** Problems with their worked solutions. Throws BAD_RECIPE where nobody worked out any of them. */
async function workedExamples(
  session: StageSession,
  stage: SftStage,
  { source, examples }: Extract<ExampleSource, { source: unknown }>,
): Promise<Conversation[]> {
  const supply = new ProblemSupply(source, {
    ...suppliesOf(session),
    split: "train",
    seed: deriveSeed(session.request.seed, "cold-start"),
  });
  await supply.prepareDistinct(examples, { ...preparing(session), solutions: true });
  const problems = supply.distinct(examples);
  const worked = problems.flatMap((problem): Conversation[] => {
    const content = problem.solution();
    return content === null
      ? []
      : [[...askedMessages(problem, stage), { role: "assistant", content }]];
  });
  if (worked.length === 0)
    throw new AppError(
      "BAD_RECIPE",
      "None of the problems has a worked solution to learn from.",
      "Import a set with solutions, or sample them from a teacher: `gradus data generate`.",
    );
  if (worked.length < examples)
    session.log(
      `${worked.length} of ${examples} examples are there: the others have no worked solution.`,
    );
  return worked;
}

function longestOf(examples: readonly Example[], atLeast: number): number {
  return examples.reduce((longest, { ids }) => Math.max(longest, ids.length), atLeast);
}

/** @throws AppError BAD_INPUT where cutting left a side without an example */
function requireBothSides(
  options: Pick<FineTuneOptions, "eval_steps">,
  learned: readonly Example[],
  measured: readonly Example[],
): void {
  if (learned.length > 0 && (options.eval_steps === undefined || measured.length > 0)) return;
  throw new AppError(
    "BAD_INPUT",
    `Of the examples that fit max_length, ${learned.length} are there to learn from and ${measured.length} are held out.`,
    "Raise max_length or test_size, or leave eval_steps out.",
  );
}

export type FineTuneOptions = TrainingOptions &
  PeftOptions &
  ExampleOptions &
  HeldOutLossOptions &
  Pick<SftStage, "packing" | "loss_type" | "neftune_noise_alpha" | "eos_token" | "test_size">;

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

/** Trains the model of `folder` on conversations and saves it as the stage's output. */
export async function fineTune(
  session: StageSession,
  folder: string,
  conversations: readonly Conversation[],
  options: FineTuneOptions,
): Promise<void> {
  const { runtime, request } = session;
  const tokenizer = loadTokenizer(folder);
  const { eos_token: eosToken, neftune_noise_alpha: alpha } = options;
  if (eosToken !== undefined) endTokenId(folder, eosToken);
  if (alpha !== undefined) requireNoise(runtime);
  const encoded = encodeExamples(tokenizer, conversations, options);
  const { examples } = encoded;
  const overlong = overlongMessage(encoded, conversations.length, options);
  if (conversations.length === 0) {
    throw new AppError(
      "BAD_INPUT",
      "There is no example to train on: the dataset is empty.",
      "Choose a dataset with examples, or look at the stage that made it.",
    );
  }
  if (examples.length === 0) {
    throw new AppError(
      "BAD_INPUT",
      `None of ${conversations.length} examples is left to train on. ${overlong ?? ""}`.trimEnd(),
      "Raise max_length, or check the stage that made the data.",
    );
  }
  const held =
    options.eval_steps === undefined
      ? []
      : heldOutIndexes(conversations, options.test_size, deriveSeed(request.seed, "held-out"));
  const isHeld = new Set(held);
  const sideOf = (isMeasured: boolean): Example[] =>
    examples.filter((_, i) => isHeld.has(encoded.sources[i] ?? -1) === isMeasured);
  const [learned, measured] = [sideOf(false), sideOf(true)];
  requireBothSides(options, learned, measured);
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
    Math.min(options.max_length, longestOf(examples, options.packing ? options.max_length : 0)),
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
  if (overlong !== null) session.log(overlong);
  for (const doubt of encoded.doubts)
    session.log(`${doubt.message} (${recordNumbers(doubt)}) ${doubt.advice ?? ""}`.trim());
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
