/** Stage `grpo`: sample groups, grade them by rule, move the policy towards what did better than its group. */
import { AppError } from "#shared/errors.ts";
import type { Rollout, RolloutScores } from "#shared/schema/engine-protocol.ts";
import { notThePolicy } from "#shared/schema/policy-sampling.ts";
import type { GrpoStage } from "#shared/schema/recipe.ts";
import { deriveSeed, hash32 } from "#main/platform/random.ts";
import type { LanguageModel } from "../model/language-model.ts";
import { groupAdvantages } from "../objectives/advantages.ts";
import { neutralRewards } from "../objectives/neutral-rewards.ts";
import { scoreCompletion } from "#main/core/rewards/reward.ts";
import { scoreText } from "#main/core/verifiers/score.ts";
import { samplingPrecision } from "../sampling/decode-weights.ts";
import { Sampler } from "../sampling/sampler.ts";
import { problemStream } from "#main/core/problems/split.ts";
import { loadTokenizer } from "#main/core/text/tokenizer.ts";
import type { Tokenizer } from "#main/core/text/tokenizer.ts";
import { PolicyAlarms } from "../training/alarms.ts";
import { PolicyTrainer } from "../training/policy-trainer.ts";
import type { PolicyStepMetrics, TokenScores } from "../training/policy-trainer.ts";
import { learningRate } from "../training/schedule.ts";
import { generationMetrics, policySigns, samplingDifference } from "./grpo-metrics.ts";
import { guardStep } from "./session/guard-step.ts";
import { stopIds } from "#main/core/text/templates/stop-ids.ts";
import { completionText } from "./completion-text.ts";
import type { CheckpointParts, StageSession } from "./session/stage-session.ts";
import { openTrainable, referenceOf } from "./session/trainable-model.ts";
import { trainingPrecision } from "./session/training-precision.ts";
import { promptIds } from "#main/core/text/prompt-ids.ts";
import type { Generation } from "./generation.ts";

export async function runGrpo(session: StageSession, stage: GrpoStage): Promise<void> {
  const { runtime, resumed } = session;
  const folder = session.modelFolder("model");
  const tokenizer = loadTokenizer(folder);
  const model = openTrainable(session, folder, stage);
  const reference = stage.beta > 0 ? referenceOf(session, model, folder) : null;
  const stepSize = stage.per_device_train_batch_size * stage.gradient_accumulation_steps;
  const stepsPerGeneration = stage.generation_batch_size / stepSize;
  if (
    !Number.isInteger(stepsPerGeneration) ||
    stage.generation_batch_size % stage.num_generations !== 0
  ) {
    throw new AppError(
      "BAD_RECIPE",
      `generation_batch_size ${stage.generation_batch_size} does not divide into steps of ${stepSize} and groups of ${stage.num_generations}.`,
      "Make it a multiple of both.",
    );
  }
  const [fault] = notThePolicy(stage);
  if (fault !== undefined)
    throw new AppError("BAD_RECIPE", `${fault.name}: ${fault.message}.`, fault.advice);
  trainingPrecision(session, stage);
  const precision = samplingPrecision(runtime, stage.bf16);
  const trainer = new PolicyTrainer(runtime, model, reference, {
    ...stage,
    halvings: session.halvings,
    usesOldLogprobs: stage.num_iterations > 1 || stepsPerGeneration > 1,
    importanceSamplingClipMax: precision === "float32" ? null : stage.importance_sampling_clip_max,
  });
  if (resumed !== null) trainer.optimizer.restore((name) => resumed.optimizer.readTensor(name));
  const sampler = new Sampler(runtime, model, { precision, maxRows: session.samplerRows });
  const alarms = new PolicyAlarms(resumed?.state.data["alarms"]);
  const stepsPerBatch = stepsPerGeneration * stage.num_iterations;
  const total = stage.max_steps;
  session.started(model.parameters, total);

  let step = session.fromStep;
  let tokens = 0;
  let samplesSeen = resumed?.state.samplesSeen ?? 0;
  let numTokens = Number(resumed?.state.data["numTokens"] ?? 0);
  let saved = step;
  const parts = (): CheckpointParts => ({
    step,
    model,
    tokenizerFrom: folder,
    optimizer: trainer.optimizer,
    samplesSeen,
    data: { numTokens, alarms: alarms.state() },
    keep: stage.save_total_limit,
  });
  session.progress(step, total, "steps", "compiling", null, true);
  while (step < total) {
    // Here the batch of rollouts is used up: a checkpoint needs no rollouts, only how many batches there were.
    await session.boundary(parts);
    if (step - saved >= stage.save_steps) {
      session.checkpoint(parts());
      saved = step;
    }
    const generation = await generate(
      session,
      stage,
      model,
      tokenizer,
      sampler,
      Math.floor(step / stepsPerBatch),
      step,
      total,
    );
    tokens += generation.tokens;
    numTokens += generation.rows.reduce(
      (sum, row) => sum + row.promptIds.length + row.completionIds.length,
      0,
    );
    session.emit({ type: "rollouts", rollouts: [...generation.rollouts] });
    const logprobs = trainer.score(generation.rows);
    session.meter.addScoring(
      model,
      generation.rows.map(
        ({ promptIds, completionIds }) => promptIds.length + completionIds.length,
      ),
      trainer.scoringPasses,
    );
    const firstSteps: PolicyStepMetrics[] = [];
    for (let i = 0; i < stepsPerBatch && step < total; i++) {
      const begun = performance.now();
      const first = (i % stepsPerGeneration) * stepSize;
      const rate = learningRate(stage, step, total);
      const result = guardStep(session, step, () =>
        trainer.step(
          generation.rows.slice(first, first + stepSize),
          logprobs.slice(first, first + stepSize),
          rate,
          step,
        ),
      );
      step++;
      samplesSeen += stepSize;
      tokens += result.trainedTokens;
      session.meter.addTraining(model, result.trainedLengths, stage.gradient_checkpointing);
      session.meter.addScoring(model, result.scoredLengths);
      const seconds = (performance.now() - begun) / 1000;
      session.metrics(step, {
        ...(i === 0 ? { ...generationMetrics(generation), num_tokens: numTokens } : {}),
        loss: result.loss,
        grad_norm: result.gradNorm,
        learning_rate: rate,
        kl: result.kl,
        entropy: result.entropy,
        "sampling/importance_sampling_ratio/mean": result.importanceRatio,
        ...samplingDifference(
          generation.rollouts.slice(first, first + stepSize),
          i < stepsPerGeneration ? result.tokens : [],
        ),
        "clip_ratio/low_mean": result.clipLow,
        "clip_ratio/high_mean": result.clipHigh,
        "clip_ratio/region_mean": result.clipLow + result.clipHigh,
        step_time: seconds + (i === 0 ? generation.seconds : 0),
        training_tokens_per_second: result.trainedTokens / seconds,
        memory_bytes: process.memoryUsage.rss(),
      });
      // A batch that is used again was scored before its first use, when it was fresh.
      if (i < stepsPerGeneration) {
        firstSteps.push(result);
        session.emit({
          type: "rollout-scores",
          scores: rolloutScores(generation.rollouts.slice(first, first + stepSize), result.tokens),
        });
      }
      session.progress(step, total, "steps", "training", tokens, true);
    }
    for (const alarm of alarms.check(policySigns(generation, firstSteps)))
      session.alarm(step, alarm);
  }
  session.saveModel(model, folder);
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

/** Samples and grades batch number `index`; prompts and noise depend on the seed and the number alone. */
async function generate(
  session: StageSession,
  stage: GrpoStage,
  model: LanguageModel,
  tokenizer: Tokenizer,
  sampler: Sampler,
  index: number,
  step: number,
  total: number,
): Promise<Generation> {
  const begun = performance.now();
  const { seed } = session.request;
  const g = stage.num_generations;
  const groups = stage.generation_batch_size / g;
  const problemSeed = deriveSeed(seed, "prompts");
  const problems = Array.from({ length: groups }, (_, i) =>
    problemStream({
      source: stage.data,
      split: "train",
      seed: problemSeed,
      index: index * groups + i,
    }),
  );
  const prompts = problems.map((problem) => promptIds(tokenizer, problem));
  session.progress(step, total, "steps", "sampling", null);
  const completions = await sampler.generate(
    prompts.map((ids, i) => ({
      promptIds: ids,
      seeds: Array.from({ length: g }, (_, s) => hash32(seed, index, i, s)),
    })),
    { ...stage, stopIds: stopIds(tokenizer, model.config.eosTokenIds), signal: session.signal },
  );
  const graded = problems.flatMap((problem, group) =>
    (completions[group] ?? []).map((completion, i) => {
      const text = completionText(tokenizer, completion);
      const finished = completion.finishReason === "stop";
      const scored = scoreCompletion(stage.rewards, {
        problem,
        completionText: text,
        completionTokens: completion.ids.length,
        finished,
        maxCompletionLength: stage.max_completion_length,
      });
      return {
        problem,
        group,
        i,
        completion,
        text,
        finished,
        ...scored,
        correct: scoreText(problem, text, "strict").correct,
      };
    }),
  );
  const { advantages, batchStd, fracZeroStd } = groupAdvantages(
    neutralRewards(
      graded.map(({ rewards }) => stage.rewards.map(({ name }) => rewards[name] ?? null)),
      stage.rewards.map(({ weight }) => weight),
      g,
    ),
    { numGenerations: g, scaleRewards: stage.scale_rewards },
  );
  const tokens = graded.reduce((sum, { completion }) => sum + completion.ids.length, 0);
  for (const [group, ids] of prompts.entries())
    session.meter.addSampling(
      model,
      ids.length,
      graded.filter((one) => one.group === group).map(({ completion }) => completion.ids.length),
    );
  return {
    rows: graded.map(({ group, completion, finished }, row) => ({
      promptIds: prompts[group] ?? [],
      completionIds: completion.ids,
      finished,
      advantage: advantages[row] ?? 0,
      sampledLogprobs: completion.logprobs,
    })),
    rollouts: graded.map(
      ({ problem, group, i, completion, text, rewards, reward, correct }, row) => ({
        step: step + 1,
        group,
        index: i,
        problemId: problem.id,
        difficulty: problem.difficulty,
        prompt: problem.prompt,
        completion: text,
        completionIds: [...completion.ids],
        logprobs: [...completion.logprobs],
        rewards: { ...rewards },
        reward: reward ?? 0,
        advantage: advantages[row] ?? 0,
        correct,
        finishReason: completion.finishReason,
      }),
    ),
    batchStd,
    fracZeroStd,
    tokens,
    seconds: (performance.now() - begun) / 1000,
  };
}
