/**
 * Stage `grpo` (DeepSeekMath, algorithm 1): sample groups of completions, grade them by rule, compare each with its group
 * (all three in `generation.ts`), and learn: move the policy towards what did better than its group. With adv_estimator gae
 * it is PPO: a critic, which learns beside the policy, says what was to be expected instead of the group.
 */
import { AppError } from "#shared/errors.ts";
import type { Rollout, RolloutScores } from "#shared/schema/engine-protocol.ts";
import { generationBatchSize } from "#shared/schema/generation-batch.ts";
import { objectiveFaults } from "#shared/schema/objective-faults.ts";
import { notThePolicy } from "#shared/schema/policy-sampling.ts";
import type { GrpoStage } from "#shared/schema/stages/grpo-stage.ts";
import { grpoBatches, grpoProblems } from "#main/core/problems/grpo-batches.ts";
import type { GrpoBatches } from "#main/core/problems/grpo-batches.ts";
import type { ProblemSupply } from "#main/core/problems/problem-supply.ts";
import type { Problem } from "#main/core/problems/problem.ts";
import type { OwnRewards } from "#main/core/rewards/scoring/score-completions.ts";
import { hash32 } from "#main/platform/random.ts";
import { loadTokenizer } from "#main/core/text/tokenizer.ts";
import type { Tokenizer } from "#main/core/text/tokenizer.ts";
import type { LanguageModel } from "../model/language-model.ts";
import { samplingPrecision } from "../sampling/decode-weights.ts";
import { Sampler } from "../sampling/sampler.ts";
import { PolicyAlarms } from "../training/alarms.ts";
import type { CriticStep } from "../training/critic-trainer.ts";
import { PolicyTrainer } from "../training/policy-trainer.ts";
import { criticLearningRate, learningRate } from "../training/schedule.ts";
import { generate } from "./rollouts/generation.ts";
import type { Generation } from "./rollouts/generation.ts";
import { shuffledGeneration } from "./rollouts/shuffled-generation.ts";
import { criticMetrics, generationMetrics, stepMetrics } from "./rollouts/grpo-metrics.ts";
import { evidenceOf, policySigns } from "./rollouts/policy-signs-of.ts";
import { HeldOutCurve } from "./rollouts/held-out-curve.ts";
import { ReplayGroups } from "./rollouts/replay-groups.ts";
import { guardStep } from "./session/guard-step.ts";
import { openCritic } from "./session/stage-critic.ts";
import type { StageCritic } from "./session/stage-critic.ts";
import { ownRewardsOf } from "./session/stage-rewards.ts";
import { MOST_COMPARED, warnOfOverlap } from "./session/overlap-alarm.ts";
import { preparing, suppliesOf } from "./session/stage-problems.ts";
import type { CheckpointParts, StageSession } from "./session/stage-session.ts";
import { openTrainable, referenceOf } from "./session/trainable-model.ts";
import { trainingPrecision } from "./session/training-precision.ts";
import type { PolicyStepMetrics } from "../training/policy-step-metrics.ts";
import type { PolicyRow, TokenScores } from "../training/policy-row.ts";

/** Tells the noise of the order from that of sampling, which counts groups and completions behind the batch. */
const SHUFFLE = 0x5f1e;

/** What the stage works with from its first step to its last. */
type Work = {
  readonly session: StageSession;
  readonly stage: GrpoStage;
  readonly batches: GrpoBatches;
  readonly tokenizer: Tokenizer;
  readonly model: LanguageModel;
  /** What KL is measured from. */
  readonly reference: LanguageModel | null;
  readonly trainer: PolicyTrainer;
  /** null: completions are compared with their groups. */
  readonly critic: StageCritic | null;
  readonly sampler: Sampler;
  readonly problems: ProblemSupply;
  readonly ownRewards: OwnRewards;
  /** Earlier groups that may be learnt from again. */
  readonly replay: ReplayGroups;
};

/** How far the stage has come. */
type Position = {
  /** Optimizer steps done. */
  step: number;
  samplesSeen: number;
  /** Of prompts and completions sampled, as TRL counts `num_tokens`. */
  numTokens: number;
  /** Sampled and trained on since the stage began in this process. */
  tokens: number;
};

export async function runGrpo(session: StageSession, stage: GrpoStage): Promise<void> {
  const folder = session.modelFolder("model");
  const work = await openWork(session, stage, folder);
  const { batches, model, reference, trainer, critic } = work;
  const before = session.resumed?.state;
  const alarms = new PolicyAlarms(stage, before?.data["alarms"]);
  const at: Position = {
    step: session.fromStep,
    samplesSeen: before?.samplesSeen ?? 0,
    numTokens: Number(before?.data["numTokens"] ?? 0),
    tokens: 0,
  };
  const curve = await HeldOutCurve.open(work, before?.data["heldOut"]);
  /** What a batch of completions changes before its first step. */
  const drawn = () => ({ numTokens: at.numTokens, replay: work.replay.state() });
  const parts = ({ numTokens, replay } = drawn()): CheckpointParts => ({
    step: at.step,
    model,
    tokenizerFrom: folder,
    optimizer: trainer.optimizer,
    reference: stage.sync_ref_model ? reference : null,
    ...(critic === null ? {} : { critic: critic.hostTensors() }),
    samplesSeen: at.samplesSeen,
    data: {
      numTokens,
      alarms: alarms.state(),
      ...(curve === null ? {} : { heldOut: curve.state() }),
      entropyBonus: trainer.entropyBonus.state(),
      ...(stage.replay_groups > 0 ? { replay } : {}),
    },
    keep: stage.save_total_limit,
  });
  session.started(model.parameters, stage.max_steps);
  const own = curve === null ? [] : [{ benchmark: null, problems: curve.problems }];
  await warnOfOverlap(session, () => firstProblems(work), stage, own);
  session.progress(at.step, stage.max_steps, "steps", "compiling", null, true);
  let saved = at.step;
  while (at.step < stage.max_steps) {
    // Here the batch of rollouts is used up: a checkpoint needs no rollouts, only how many batches there were.
    await session.boundary(() => parts());
    await curve?.measure(at.step);
    const ended = curve?.whyEnded() ?? null;
    if (ended !== null) {
      session.log(ended);
      break;
    }
    if (at.step - saved >= stage.save_steps) {
      session.checkpoint(parts());
      saved = at.step;
    }
    const index = Math.floor(at.step / batches.stepsPerBatch);
    const undrawn = drawn();
    const sampled = await session.keeping(
      () => parts(),
      () => generate({ ...work, index, step: at.step }),
    );
    at.tokens += sampled.tokens;
    at.numTokens += sum(lengthsOf(sampled));
    // Before training uses them, so that nothing is learnt from what was not kept.
    session.emit({ type: "rollouts", rollouts: [...sampled.rollouts] });
    const generation = mixed(work, withReplay(work, sampled, at.step), index);
    const firstSteps = learn(work, generation, at, () => parts(undrawn));
    for (const alarm of alarms.check(policySigns(generation, firstSteps), roomOf(model, sampled)))
      session.alarm(at.step, {
        ...alarm,
        evidence: evidenceOf(alarm.code, generation.rollouts, generation),
      });
  }
  await curve?.measure(at.step);
  session.saveBestOrLast(model, folder, { best: curve?.bestStep() ?? null, last: at.step });
}

/** @throws AppError BAD_RECIPE for sizes that do not divide, and for sampling that is not the policy's. */
async function openWork(session: StageSession, stage: GrpoStage, folder: string): Promise<Work> {
  const { runtime, resumed } = session;
  const tokenizer = loadTokenizer(folder);
  const model = openTrainable(session, folder, stage);
  const reference = stage.beta > 0 ? referenceOf(session, model, folder) : null;
  const batches = grpoBatches(stage);
  if (!Number.isInteger(batches.stepsPerGeneration) || !Number.isInteger(batches.groups)) {
    throw new AppError(
      "BAD_RECIPE",
      `generation_batch_size ${generationBatchSize(stage)} does not divide into steps of ${batches.stepSize} and groups of ${stage.num_generations}.`,
      "Make it a multiple of both.",
    );
  }
  const [fault] = [...notThePolicy(stage), ...objectiveFaults(stage)];
  if (fault !== undefined)
    throw new AppError("BAD_RECIPE", `${fault.name}: ${fault.message}.`, fault.advice);
  trainingPrecision(session, stage);
  const precision = samplingPrecision(runtime, stage.bf16);
  const critic = openCritic(session, model, folder, stage);
  const trainer = new PolicyTrainer(runtime, critic?.policy ?? model, reference, {
    ...stage,
    halvings: session.halvings,
    // KL in the reward is of the policy that sampled, so its log-probabilities are there anyway.
    usesOldLogprobs:
      stage.num_iterations > 1 ||
      batches.stepsPerGeneration > 1 ||
      stage.use_kl_in_reward ||
      // What comes again was sampled by an earlier policy, from which its ratio is taken.
      stage.replay_groups > 0,
    samplerDiffers: precision !== "float32",
  });
  if (resumed !== null) {
    const { reference: moved, critic: learnt } = resumed;
    if (moved !== null) reference?.restore((name) => moved.readTensor(name));
    if (learnt !== null) critic?.restore((name) => learnt.readTensor(name));
    trainer.optimizer.restore((name) => resumed.optimizer.readTensor(name));
    trainer.entropyBonus.restore(resumed.state.data["entropyBonus"]);
  }
  const sampler = new Sampler(runtime, model, { precision, maxRows: session.samplerRows });
  const problems = grpoProblems(stage, session.request.seed, suppliesOf(session));
  // All of the stage's, so that an error in a task is met before anything is learnt; how many are sampled again is not known.
  const known = generationsKnown(stage, batches) * batches.groups;
  await problems.prepareStream(0, known, preparing(session));
  const ownRewards = ownRewardsOf(session);
  return {
    session,
    stage,
    batches,
    tokenizer,
    model,
    reference,
    trainer,
    critic,
    sampler,
    problems,
    ownRewards,
    replay: new ReplayGroups(stage, resumed?.state.data["replay"]),
  };
}

/** The batch with earlier groups in the places of those that teach nothing; says how many and how old they are. */
function withReplay(
  { session, stage, model, trainer, replay }: Work,
  sampled: Generation,
  step: number,
): Generation {
  if (stage.replay_groups === 0) return sampled;
  const { generation, ages } = replay.exchange(sampled, step, (rows) => {
    // Their own log-probabilities were kept: what is wanted is a reference's, which may have moved.
    if (stage.beta === 0) return [];
    const lengths = rows.map((row) => row.promptIds.length + row.completionIds.length);
    session.meter.addScoring(model, lengths, trainer.scoringPasses);
    return trainer.score(rows);
  });
  session.metrics(step + 1, {
    replayed_groups: ages.length,
    "replayed_groups/staleness": ages.length === 0 ? null : sum(ages) / ages.length,
  });
  return generation;
}

/** The problems that the stage will ask, as far as they are known before it samples. */
function firstProblems({ stage, batches, problems }: Work): Problem[] {
  const count = Math.min(MOST_COMPARED, generationsKnown(stage, batches) * batches.groups);
  return Array.from({ length: count }, (_, place) => problems.at(place));
}

/** How often it samples; with filter_groups once at least. */
function generationsKnown(stage: GrpoStage, batches: GrpoBatches): number {
  return stage.filter_groups ? 1 : Math.ceil(stage.max_steps / batches.stepsPerBatch);
}

/** The batch as its steps take it: shuffled, where it is divided at all. */
function mixed(
  { session, stage, batches }: Work,
  generation: Generation,
  index: number,
): Generation {
  const isDivided = batches.stepsPerGeneration > 1 || stage.gradient_accumulation_steps > 1;
  if (!stage.shuffle_minibatches || !isDivided) return generation;
  return shuffledGeneration(generation, hash32(session.request.seed, index, SHUFFLE));
}

/**
 * Optimizer steps on a batch of rollouts, which go through it `num_iterations` times, to the stage's last step at most.
 * Returns those in which each completion was used for the first time; moves the position.
 */
function learn(
  work: Work,
  generation: Generation,
  at: Position,
  before: () => CheckpointParts,
): PolicyStepMetrics[] {
  const { session, stage, batches, model, trainer, critic } = work;
  const { logprobs } = generation;
  const stepTokens = trainer.stepTokens(generation.rows, batches.stepSize);
  const firstSteps: PolicyStepMetrics[] = [];
  for (let i = 0; i < batches.stepsPerBatch && at.step < stage.max_steps; i++) {
    const begun = performance.now();
    const first = (i % batches.stepsPerGeneration) * batches.stepSize;
    const ofStep = <T>(all: readonly T[]): T[] => all.slice(first, first + batches.stepSize);
    const rate = learningRate(stage, at.step, stage.max_steps);
    const rows = ofStep(generation.rows);
    const done = guardStep(session, {
      step: at.step,
      training: stage,
      run: (halvings) => trainer.step(rows, ofStep(logprobs), rate, at.step, stepTokens, halvings),
      // A step in the middle of a batch needs its rollouts, which no checkpoint has.
      keep: i === 0 ? before : undefined,
      evidence: evidenceOf("non-finite", ofStep(generation.rollouts)),
    });
    const valued = guardedCritic(work, rows, at.step);
    // What is said of completions is of those that were sampled for this batch.
    const fresh = done.tokens.map((own, row) => (rows[row]?.sampledAt === undefined ? own : null));
    const result = { ...done, tokens: fresh };
    at.step++;
    at.samplesSeen += batches.stepSize;
    at.tokens += result.trainedTokens;
    session.meter.addTraining(model, result.trainedLengths, stage.gradient_checkpointing);
    session.meter.addScoring(model, result.scoredLengths);
    if (valued !== null && critic?.trainer)
      session.meter.addTraining(
        critic.trainer.model,
        valued.trainedLengths,
        stage.gradient_checkpointing,
      );
    const rollouts = ofStep(generation.rollouts);
    // A batch that is used again was scored before its first use, when it was fresh.
    const isFirstUse = i < batches.stepsPerGeneration;
    const seconds = (performance.now() - begun) / 1000;
    session.metrics(at.step, {
      ...(i === 0 ? { ...generationMetrics(generation), num_tokens: at.numTokens } : {}),
      ...stepMetrics(result, rate, isFirstUse ? rollouts : []),
      ...(valued === null ? {} : criticMetrics(result, valued)),
      step_time: seconds + (i === 0 ? generation.seconds : 0),
      training_tokens_per_second: result.trainedTokens / seconds,
      memory_bytes: process.memoryUsage.rss(),
    });
    if (isFirstUse) {
      firstSteps.push(result);
      session.emit({ type: "rollout-scores", scores: rolloutScores(rollouts, result.tokens) });
    }
    session.progress(at.step, stage.max_steps, "steps", "training", at.tokens, true);
  }
  return firstSteps;
}

/** The critic's own step, after the policy's: null where it has none. */
function guardedCritic(
  { session, stage, critic }: Work,
  rows: readonly PolicyRow[],
  step: number,
): (CriticStep & { readonly learningRate: number }) | null {
  const trainer = critic?.trainer ?? null;
  if (trainer === null) return null;
  const rate = criticLearningRate(stage, step, stage.max_steps);
  const done = guardStep(session, {
    step,
    training: { ...stage, learning_rate: stage.critic_learning_rate ?? stage.learning_rate },
    critic: true,
    run: (halvings) => trainer.step(rows, rate, step, halvings),
  });
  return { ...done, learningRate: rate };
}

/** What the trainer made of the completions that it computed. */
function rolloutScores(
  rollouts: readonly Rollout[],
  tokens: readonly (TokenScores | null)[],
): RolloutScores[] {
  return rollouts.flatMap(({ step, group, index }, at) => {
    const scored = tokens[at];
    if (scored === null || scored === undefined) return [];
    const { logprobs, entropies } = scored;
    return [{ step, group, index, logprobs: [...logprobs], entropies: [...entropies] }];
  });
}

/** Tokens that the model's context leaves behind the batch's longest prompt. */
function roomOf({ config }: LanguageModel, { rows }: Generation): number {
  const longest = rows.reduce((most, { promptIds }) => Math.max(most, promptIds.length), 0);
  return config.maxPositionEmbeddings - longest;
}

/** Tokens of each row, prompt and completion. */
function lengthsOf({ rows }: Generation): number[] {
  return rows.map(({ promptIds, completionIds }) => promptIds.length + completionIds.length);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
