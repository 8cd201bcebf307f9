/** Stage `sft`: supervised fine-tuning on the assistant's tokens only. */
import { readFileSync } from "node:fs";
import { z } from "zod";
import { AppError } from "#shared/errors.ts";
import type { PeftOptions, SftStage, TrainingOptions } from "#shared/schema/recipe.ts";
import { deriveSeed } from "#main/platform/random.ts";
import { nextTokenObjective } from "../objectives/next-token.ts";
import { taskByName } from "../tasks/registry.ts";
import { drawProblems } from "../tasks/split.ts";
import { formatSolution } from "../tasks/task.ts";
import { encodeWithAssistantMask } from "../tokenizer/assistant-mask.ts";
import { loadTokenizer } from "../tokenizer/tokenizer.ts";
import type { Tokenizer } from "../tokenizer/tokenizer.ts";
import { rowsAtOnce } from "../training/rows-at-once.ts";
import { SequenceBatches } from "../training/sequence-batches.ts";
import type { Example } from "../training/sequence-batches.ts";
import { Trainer } from "../training/trainer.ts";
import { runTrainingLoop } from "../training/training-loop.ts";
import type { StageSession } from "./stage-session.ts";
import { openTrainable } from "./trainable-model.ts";
import { trainingPrecision } from "./training-precision.ts";

const Message = z.object({ role: z.string(), content: z.string() });
const DatasetLine = z.object({ messages: z.array(Message).min(2) });

export type Conversation = z.infer<typeof DatasetLine>["messages"];

/** Reads JSONL of `{"messages": […]}`. @throws AppError naming the line. */
export function readConversations(file: string): Conversation[] {
  return readFileSync(file, "utf8")
    .split("\n")
    .flatMap((line, i) => {
      if (line.trim() === "") return [];
      try {
        return [DatasetLine.parse(JSON.parse(line)).messages];
      } catch (cause) {
        const what = cause instanceof z.ZodError ? z.prettifyError(cause) : "not JSON";
        throw new AppError(
          "BAD_INPUT",
          `${file}:${i + 1}: ${what}`,
          'Each line is {"messages": [{"role": "user", "content": "…"}, {"role": "assistant", "content": "…"}]}.',
          { cause },
        );
      }
    });
}

/** Conversations → ids with the assistant's tokens marked; those longer than `maxLength` are left out. */
export function encodeExamples(
  tokenizer: Tokenizer,
  conversations: readonly Conversation[],
  maxLength: number,
): { examples: Example[]; tooLong: number } {
  const all = conversations.map((messages): Example =>
    encodeWithAssistantMask(tokenizer, messages),
  );
  const examples = all.filter(({ ids }) => ids.length <= maxLength);
  return { examples, tooLong: all.length - examples.length };
}

export async function runSft(session: StageSession, stage: SftStage): Promise<void> {
  const { seed } = session.request;
  let conversations: Conversation[];
  if ("source" in stage.data) {
    const { source, examples } = stage.data;
    const task = taskByName(source.task);
    conversations = drawProblems({
      source,
      split: "train",
      seed: deriveSeed(seed, "cold-start"),
      count: examples,
    }).map((problem) => [
      { role: "user", content: problem.prompt },
      { role: "assistant", content: formatSolution(task.solve(problem)) },
    ]);
  } else {
    if (session.request.datasetFile === undefined)
      throw new Error("the host gave the stage no dataset");
    conversations = readConversations(session.request.datasetFile);
  }
  await fineTune(session, session.modelFolder("model"), conversations, stage);
}

function longestOf(examples: readonly Example[], atLeast: number): number {
  return examples.reduce((longest, { ids }) => Math.max(longest, ids.length), atLeast);
}

export type FineTuneOptions = TrainingOptions &
  PeftOptions & {
    readonly max_length: number;
    readonly packing: boolean;
  };

/** Trains the model of `folder` on conversations and saves it as the stage's output. */
export async function fineTune(
  session: StageSession,
  folder: string,
  conversations: readonly Conversation[],
  options: FineTuneOptions,
): Promise<void> {
  const { runtime, request } = session;
  const tokenizer = loadTokenizer(folder);
  const { examples, tooLong } = encodeExamples(tokenizer, conversations, options.max_length);
  if (examples.length === 0) {
    throw new AppError(
      "BAD_INPUT",
      `None of ${conversations.length} examples is left to train on (${tooLong} are longer than max_length ${options.max_length}).`,
      "Raise max_length, or check the stage that made the data.",
    );
  }
  const model = openTrainable(session, folder, options);
  const trainer = new Trainer(
    runtime,
    model,
    nextTokenObjective(model.config, { recompute: options.gradient_checkpointing }),
    {
      beta1: options.adam_beta1,
      beta2: options.adam_beta2,
      epsilon: options.adam_epsilon,
      weightDecay: options.weight_decay,
      maxGradNorm: options.max_grad_norm,
      precision: trainingPrecision(session, options),
    },
  );
  const wanted = options.per_device_train_batch_size;
  const together = rowsAtOnce(
    model.config,
    Math.min(options.max_length, longestOf(examples, options.packing ? options.max_length : 0)),
    wanted,
    { recompute: options.gradient_checkpointing, halvings: session.halvings },
  );
  const batches = new SequenceBatches(examples, {
    seed: deriveSeed(request.seed, "order"),
    rows: wanted,
    rowsAtOnce: together,
    accumulation: options.gradient_accumulation_steps,
    packing: options.packing,
    maxLength: options.max_length,
  });
  const totalSteps =
    options.max_steps > 0
      ? options.max_steps
      : Math.max(1, Math.round(batches.stepsPerEpoch * options.num_train_epochs));
  session.started(model.parameters, totalSteps);
  if (together < wanted)
    session.log(`${together} of ${wanted} rows are computed together, to save memory.`);
  if (tooLong > 0)
    session.log(
      `${tooLong} of ${conversations.length} examples are longer than ${options.max_length} tokens and were left out.`,
    );
  await runTrainingLoop(session, model, trainer, {
    training: options,
    totalSteps,
    stepBatch: (step) => batches.step(step),
    tokenizerFrom: folder,
  });
  session.saveModel(model, folder);
}
