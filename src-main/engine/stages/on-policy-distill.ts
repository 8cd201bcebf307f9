/**
 * Stage `distill` with method gkd: on-policy and mixed distillation (Agarwal et al. 2023, arXiv 2306.13649, algorithm 1),
 * as TRL 1.16's GKDTrainer has it. Of the accumulation steps a share `lmbda` has completions that the student samples as
 * it is then; the others have the teacher's verified solutions, or, with `seq_kd`, what the teacher samples there and then.
 * The student is moved towards the teacher's distribution at each of their tokens.
 *
 * TRL divides a step's loss by the tokens of the answers that its data hold, also where others were sampled in their
 * place; here it is the tokens that are learnt from.
 */
import { AppError } from "#shared/errors.ts";
import type { DistillStage } from "#shared/schema/stages/distill-stage.ts";
import { readConversations } from "#main/core/examples/conversation-lines.ts";
import {
  encodeExamples,
  firstLearned,
  overlongMessage,
} from "#main/core/examples/encode-examples.ts";
import type { Example } from "#main/core/examples/example.ts";
import { scheduleNotes } from "#main/core/examples/schedule-faults.ts";
import { ProblemSupply } from "#main/core/problems/problem-supply.ts";
import { promptIds } from "#main/core/text/prompt-ids.ts";
import { stopIds } from "#main/core/text/templates/stop-ids.ts";
import { loadTokenizer } from "#main/core/text/tokenizer.ts";
import type { Tokenizer } from "#main/core/text/tokenizer.ts";
import { deriveSeed, hash32 } from "#main/platform/random.ts";
import { loadLanguageModel } from "../model/language-model.ts";
import type { LanguageModel } from "../model/language-model.ts";
import { samplingPrecision } from "../sampling/decode-weights.ts";
import { Sampler } from "../sampling/sampler.ts";
import { DistillTrainer } from "../training/distill-trainer.ts";
import type { SampledRow } from "../training/policy-batches.ts";
import { PromptBatches } from "../training/prompt-batches.ts";
import { learningRate } from "../training/schedule.ts";
import { guardStep } from "./session/guard-step.ts";
import { MOST_COMPARED, warnOfOverlap } from "./session/overlap-alarm.ts";
import { preparing, suppliesOf } from "./session/stage-problems.ts";
import type { CheckpointParts, StageSession } from "./session/stage-session.ts";
import { openTrainable } from "./session/trainable-model.ts";
import { trainingPrecision } from "./session/training-precision.ts";

/** A prompt, and the teacher's solution where it was sampled beforehand. */
type Task = { readonly promptIds: readonly number[]; readonly solution: readonly number[] | null };

/** Who samples: the student as it is at the step, or the teacher. */
type Speaker = { readonly model: LanguageModel; readonly sampler: Sampler };

type Work = {
  readonly session: StageSession;
  readonly stage: DistillStage;
  readonly tokenizer: Tokenizer;
  readonly tasks: readonly Task[];
  readonly batches: PromptBatches;
  readonly totalSteps: number;
  readonly student: Speaker;
  readonly teacher: Speaker;
  readonly trainer: DistillTrainer;
};

/** @param tracesFile the teacher's verified solutions, where the stage learns from them */
export async function runOnPolicyDistill(
  session: StageSession,
  stage: DistillStage,
  tracesFile: string | null,
): Promise<void> {
  const folder = session.modelFolder("model");
  const tokenizer = loadTokenizer(folder);
  const tasks =
    tracesFile === null
      ? await askedTasks(session, stage, tokenizer)
      : tracedTasks(session, stage, tokenizer, tracesFile);
  const work = openWork(session, stage, tokenizer, tasks);
  const { student, trainer, totalSteps } = work;
  let samplesSeen = session.resumed?.state.samplesSeen ?? 0;
  let tokens = 0;
  const parts = (step: number): CheckpointParts => ({
    step,
    model: student.model,
    tokenizerFrom: folder,
    optimizer: trainer.optimizer,
    samplesSeen,
    keep: stage.save_total_limit,
  });
  session.newPhase();
  session.started(student.model.parameters, totalSteps);
  for (const note of scheduleNotes(stage, totalSteps)) session.log(note);
  session.progress(session.fromStep, totalSteps, "steps", "compiling", null, true);
  for (let step = session.fromStep; step < totalSteps; step++) {
    await session.boundary(() => parts(step));
    const rows = await answered(work, step);
    const before = parts(step);
    tokens += learn(work, rows, step, before);
    samplesSeen += rows.length;
    if ((step + 1) % stage.save_steps === 0 && step + 1 < totalSteps)
      session.checkpoint(parts(step + 1));
    session.progress(step + 1, totalSteps, "steps", "training", tokens, step + 1 === totalSteps);
  }
  session.saveModel(student.model, folder);
}

/** The stage's problems as prompts: nothing is sampled before its turn. */
async function askedTasks(
  session: StageSession,
  stage: DistillStage,
  tokenizer: Tokenizer,
): Promise<Task[]> {
  const supply = new ProblemSupply(stage.data, {
    ...suppliesOf(session),
    split: "train",
    seed: deriveSeed(session.request.seed, "traces"),
  });
  await supply.prepareDistinct(stage.num_prompts, preparing(session));
  const problems = supply.distinct(stage.num_prompts);
  if (problems.length < stage.num_prompts)
    session.log(`The data hold ${problems.length} problems; all of them are asked.`);
  await warnOfOverlap(session, () => problems.slice(0, MOST_COMPARED), stage);
  return problems.map((problem) => ({
    promptIds: promptIds(tokenizer, problem, stage),
    solution: null,
  }));
}

/** The teacher's solutions, cut into what comes before the answer and the answer. @throws AppError BAD_INPUT where none is left */
function tracedTasks(
  session: StageSession,
  stage: DistillStage,
  tokenizer: Tokenizer,
  file: string,
): Task[] {
  const conversations = readConversations(file);
  const options = { ...stage, mask_history: false, assistant_only_loss: true };
  const encoded = encodeExamples(tokenizer, conversations, options);
  const overlong = overlongMessage(encoded, conversations.length, options);
  if (encoded.examples.length === 0)
    throw new AppError(
      "BAD_INPUT",
      `None of ${conversations.length} solutions is left to learn from. ${overlong ?? ""}`.trimEnd(),
      "Raise max_length.",
    );
  if (overlong !== null) session.log(overlong);
  return encoded.examples.map(taskOf);
}

function taskOf(example: Example): Task {
  const first = firstLearned(example);
  const end = example.mask.lastIndexOf(1) + 1;
  return { promptIds: example.ids.slice(0, first), solution: example.ids.slice(first, end) };
}

function openWork(
  session: StageSession,
  stage: DistillStage,
  tokenizer: Tokenizer,
  tasks: readonly Task[],
): Work {
  const { runtime, request, resumed } = session;
  const [folder, teacherFolder] = [session.modelFolder("model"), session.modelFolder("teacher")];
  trainingPrecision(session, stage);
  const student = openTrainable(session, folder, {
    ...stage,
    lora_dropout: stage.disable_dropout ? 0 : stage.lora_dropout,
  });
  const teacher = loadLanguageModel(runtime, teacherFolder);
  const trainer = new DistillTrainer(runtime, student, teacher, {
    ...stage,
    halvings: session.halvings,
  });
  if (resumed !== null) trainer.optimizer.restore((name) => resumed.optimizer.readTensor(name));
  const batches = new PromptBatches(tasks.length, {
    seed: deriveSeed(request.seed, "order"),
    rows: stage.per_device_train_batch_size,
    accumulation: stage.gradient_accumulation_steps,
    lmbda: stage.lmbda,
  });
  const totalSteps =
    stage.max_steps > 0
      ? stage.max_steps
      : Math.max(1, Math.round(batches.stepsPerEpoch * stage.num_train_epochs));
  const precision = samplingPrecision(runtime, stage.bf16);
  const speaker = (model: LanguageModel): Speaker => ({
    model,
    sampler: new Sampler(runtime, model, { precision, maxRows: session.samplerRows }),
  });
  return {
    session,
    stage,
    tokenizer,
    tasks,
    batches,
    totalSteps,
    student: speaker(student),
    teacher: speaker(teacher),
    trainer,
  };
}

type AnsweredRow = SampledRow & {
  readonly onPolicy: boolean;
  /** False where a sampled completion hit the length limit. */
  readonly finished: boolean;
};

/** The step's prompts with their completions, in their order. */
async function answered(work: Work, step: number): Promise<AnsweredRow[]> {
  const asked = work.batches
    .step(step)
    .flatMap(({ prompts, onPolicy }) => prompts.map((prompt) => ({ prompt, onPolicy })))
    .map(({ prompt, onPolicy }, place) => {
      const task = work.tasks[prompt];
      if (task === undefined) throw new Error(`no prompt ${prompt}`);
      const solution = onPolicy ? null : task.solution;
      return { ...task, solution, onPolicy, place };
    });
  const bySampler = asked.filter(({ solution }) => solution === null);
  const own = bySampler.filter(({ onPolicy }) => onPolicy);
  const others = bySampler.filter(({ onPolicy }) => !onPolicy);
  const sampled = new Map([
    ...(await sample(work, work.student, own, step)),
    ...(await sample(work, work.teacher, others, step)),
  ]);
  return asked.map(({ promptIds: prompt, solution, onPolicy, place }) => {
    if (solution !== null)
      return { promptIds: prompt, completionIds: solution, onPolicy, finished: true };
    const completion = sampled.get(place);
    if (completion === undefined) throw new Error("a prompt without a completion");
    return { promptIds: prompt, ...completion, onPolicy };
  });
}

type Question = { readonly promptIds: readonly number[]; readonly place: number };

/** One completion of each prompt, by its place in the step; its noise depends on the stage's seed, the step and that alone. */
async function sample(
  { session, stage, tokenizer, totalSteps }: Work,
  { model, sampler }: Speaker,
  questions: readonly Question[],
  step: number,
): Promise<(readonly [number, Pick<AnsweredRow, "completionIds" | "finished">])[]> {
  if (questions.length === 0) return [];
  session.progress(step, totalSteps, "steps", "sampling", null);
  const seed = deriveSeed(session.request.seed, "completions");
  const completions = await sampler.generate(
    questions.map(({ promptIds: prompt, place }) => ({
      promptIds: prompt,
      seeds: [hash32(seed, step, place)],
    })),
    { ...stage, stopIds: stopIds(tokenizer, model.config.eosTokenIds), signal: session.signal },
  );
  return questions.map(({ promptIds: prompt, place }, i) => {
    const [completion] = completions[i] ?? [];
    if (completion === undefined) throw new Error("a prompt without a completion");
    const { ids, finishReason } = completion;
    session.meter.addSampling(model, prompt.length, [ids.length]);
    return [place, { completionIds: ids, finished: finishReason === "stop" }] as const;
  });
}

/** One optimizer step on the rows, told as metrics. Returns the tokens that it trained on. */
function learn(
  work: Work,
  rows: readonly AnsweredRow[],
  step: number,
  before: CheckpointParts,
): number {
  const { session, stage, trainer, student, teacher, totalSteps } = work;
  const begun = performance.now();
  const rate = learningRate(stage, step, totalSteps);
  const made = guardStep(session, {
    step,
    training: stage,
    run: (halvings) => trainer.step(rows, rate, step, halvings),
    keep: () => before,
  });
  session.meter.addScoring(teacher.model, made.lengths);
  session.meter.addTraining(student.model, made.lengths, stage.gradient_checkpointing);
  const trained = sum(made.lengths);
  const seconds = (performance.now() - begun) / 1000;
  const of = (those: readonly AnsweredRow[], share: (row: AnsweredRow) => number): number | null =>
    those.length === 0 ? null : sum(those.map(share)) / those.length;
  const own = rows.filter(({ onPolicy }) => onPolicy);
  session.metrics(step + 1, {
    loss: made.loss,
    entropy: made.entropy,
    teacher_agreement: made.agreement,
    on_policy_share: of(rows, ({ onPolicy }) => (onPolicy ? 1 : 0)),
    "completions/mean_length": of(own, ({ completionIds }) => completionIds.length),
    "completions/clipped_ratio": of(own, ({ finished }) => (finished ? 0 : 1)),
    grad_norm: made.gradNorm,
    learning_rate: rate,
    step_time: seconds,
    training_tokens_per_second: trained / seconds,
    memory_bytes: process.memoryUsage.rss(),
  });
  return trained;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
