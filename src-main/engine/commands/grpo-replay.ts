/**
 * Trains on recorded rollouts instead of sampling: for debugging, and for parity with TRL step by step.
 * Inputs as in TRL's own terms: see `gradus grpo replay --help`.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { z } from "zod";
import { AppError } from "#shared/errors.ts";
import { CriticOptions } from "#shared/schema/critic-options.ts";
import {
  AdvantageOptions,
  PolicyObjective,
  ReferenceOptions,
} from "#shared/schema/policy-objective.ts";
import { loadLanguageModel } from "../model/language-model.ts";
import type { LanguageModel } from "../model/language-model.ts";
import { weightedReward } from "#main/core/rewards/scoring/score-completions.ts";
import { estimateAdvantages } from "../objectives/estimate-advantages.ts";
import { meanPenalty, rewardPenalties } from "../objectives/reward-penalty.ts";
import type { Runtime } from "../runtime/runtime.ts";
import { criticLearningRate, learningRate } from "../training/schedule.ts";
import { CriticTrainer } from "../training/critic-trainer.ts";
import { ModelWithValueHead } from "../model/value-head.ts";
import { clipMetrics, valueMetrics } from "../training/policy-step-metrics.ts";
import { PolicyTrainer } from "../training/policy-trainer.ts";
import { lastLogits } from "./logits.ts";
import { readJsonl } from "./read-jsonl.ts";
import { isSampledElsewhere, requireReplayable } from "./replay-inputs.ts";
import type { RewardColumns } from "./replay-inputs.ts";
import { withAdvantage } from "../training/policy-row.ts";
import type { PolicyRow, RowLogprobs } from "../training/policy-row.ts";

const Rollout = z.strictObject({
  generation: z.int().min(0),
  prompt_ids: z.array(z.int().min(0)).min(1),
  completion_ids: z.array(z.int().min(0)).min(1),
  rewards: z.record(z.string(), z.number().nullable()),
  /** Of each completion token, by another sampler than the policy that is trained. */
  logprobs: z.array(z.number()).optional(),
});

/** TRL's GRPOConfig options that replay honours, with TRL's defaults; those it cannot honour must have the value that turns them off. */
export const ReplayConfig = z.strictObject({
  per_device_train_batch_size: z.int().min(1).default(8),
  gradient_accumulation_steps: z.int().min(1).default(1),
  num_generations: z.int().min(2).default(8),
  max_completion_length: z.int().min(1).default(512),
  learning_rate: z.number().positive().default(1e-6),
  lr_scheduler_type: z.enum(["constant", "linear", "cosine"]).default("linear"),
  warmup_steps: z.int().min(0).default(0),
  weight_decay: z.number().min(0).default(0),
  adam_beta1: z.number().default(0.9),
  adam_beta2: z.number().default(0.999),
  adam_epsilon: z.number().default(1e-8),
  max_grad_norm: z.number().positive().default(1),
  max_steps: z.int().min(1),
  temperature: z.number().positive().default(1),
  num_iterations: z.int().min(1).default(1),
  /** Of the recording, whose generations say it themselves. */
  generation_batch_size: z.int().optional(),
  ...AdvantageOptions.shape,
  ...CriticOptions.shape,
  ...PolicyObjective.shape,
  ...ReferenceOptions.shape,
  reward_weights: z.array(z.number()).optional(),
  bf16: z.literal(false).default(false),
  gradient_checkpointing: z.boolean().default(false),
  shuffle_dataset: z.literal(false).default(false),
  seed: z.int().optional(),
  probe_ids: z.array(z.int().min(0)).min(1).optional(),
});

export type GrpoReplayOptions = {
  readonly model: string;
  readonly rollouts: string;
  readonly config: string;
  readonly out: string;
};

const ADVICE = "Correct the file; names and meaning are TRL's.";

function readConfig(file: string): z.infer<typeof ReplayConfig> {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(file, "utf8"));
  } catch (cause) {
    throw new AppError("BAD_INPUT", `${file} cannot be read as JSON.`, "Check the file.", {
      cause,
    });
  }
  const parsed = ReplayConfig.safeParse(value);
  if (!parsed.success)
    throw new AppError("BAD_INPUT", `${file}: ${z.prettifyError(parsed.error)}`, ADVICE);
  return parsed.data;
}

function checkTokens(ids: readonly number[], vocabSize: number, where: string): void {
  const bad = ids.find((id) => id >= vocabSize);
  if (bad === undefined) return;
  throw new AppError(
    "BAD_INPUT",
    `${where}: token ${bad} is outside the model's vocabulary of ${vocabSize}.`,
    "Check which tokenizer made the ids.",
  );
}

/** Replays and writes `{"steps": […], "probe_logits_after": […]}`. */
export function runGrpoReplay(runtime: Runtime, options: GrpoReplayOptions): void {
  const config = readConfig(options.config);
  const rollouts = readJsonl(options.rollouts, Rollout, ADVICE);
  const columns = requireReplayable(config, rollouts, options);
  const model = loadLanguageModel(runtime, options.model);
  const { vocabSize } = model.config;
  rollouts.forEach(({ prompt_ids: prompt, completion_ids: completion }, i) =>
    checkTokens([...prompt, ...completion], vocabSize, `${options.rollouts}, completion ${i + 1}`),
  );
  checkTokens(config.probe_ids ?? [], vocabSize, `${options.config}, probe_ids`);
  const stepSize = config.per_device_train_batch_size * config.gradient_accumulation_steps;
  const generations = Map.groupBy(rollouts, ({ generation }) => generation);
  const reference = config.beta > 0 ? loadLanguageModel(runtime, options.model) : null;
  const critic = openReplayCritic(runtime, model, options.model, config);
  const trainer = new PolicyTrainer(runtime, critic?.policy ?? model, reference, {
    ...config,
    // As TRL: after the first step of a generation the policy is no longer the one that sampled.
    usesOldLogprobs:
      config.use_kl_in_reward ||
      config.num_iterations > 1 ||
      [...generations.values()].some((batch) => batch.length > stepSize),
    samplerDiffers: isSampledElsewhere(rollouts),
  });
  const trainers = { trainer, critic: critic?.trainer ?? null };
  const steps = replaySteps(trainers, model, config, { rollouts, columns });
  const probe =
    config.probe_ids === undefined ? [] : Array.from(lastLogits(runtime, model, config.probe_ids));
  writeFileSync(options.out, JSON.stringify({ steps, probe_logits_after: probe }));
  trainer.dispose();
  critic?.trainer?.dispose();
}

/** As in a stage (stages/session/stage-critic.ts); null where the advantages need none. */
function openReplayCritic(
  runtime: Runtime,
  model: LanguageModel,
  folder: string,
  config: z.infer<typeof ReplayConfig>,
): { readonly policy: LanguageModel; readonly trainer: CriticTrainer | null } | null {
  if (config.adv_estimator !== "gae") return null;
  if (config.value_model === "shared")
    return { policy: new ModelWithValueHead(runtime, model), trainer: null };
  const own = new ModelWithValueHead(runtime, loadLanguageModel(runtime, folder));
  return { policy: model, trainer: new CriticTrainer(runtime, own, config) };
}

type Trainers = { readonly trainer: PolicyTrainer; readonly critic: CriticTrainer | null };

function replaySteps(
  { trainer, critic }: Trainers,
  model: LanguageModel,
  config: z.infer<typeof ReplayConfig>,
  {
    rollouts,
    columns: { names, weights },
  }: { readonly rollouts: readonly z.infer<typeof Rollout>[]; readonly columns: RewardColumns },
): Record<string, number | null>[] {
  const generations = [...new Set(rollouts.map(({ generation }) => generation))].sort(
    (a, b) => a - b,
  );
  const stepSize = config.per_device_train_batch_size * config.gradient_accumulation_steps;
  const stops = new Set(model.config.eosTokenIds);
  const steps: Record<string, number | null>[] = [];
  for (const generation of generations) {
    const batch = rollouts.filter((rollout) => rollout.generation === generation);
    if (batch.length % stepSize !== 0 || batch.length % config.num_generations !== 0) {
      throw new AppError(
        "BAD_INPUT",
        `Generation ${generation} has ${batch.length} completions, which do not divide into groups of ${config.num_generations} and steps of ${stepSize}.`,
        "Record whole groups, or change num_generations and the batch sizes.",
      );
    }
    const values = batch.map(({ rewards: named }) => names.map((name) => named[name] ?? null));
    const rewards = values.map((own) =>
      weightedReward(own.map((value, i) => ({ value, weight: weights[i] ?? 0 }))),
    );
    const rows: PolicyRow[] = batch.map((rollout) => ({
      promptIds: rollout.prompt_ids,
      completionIds: rollout.completion_ids,
      finished: stops.has(rollout.completion_ids[rollout.completion_ids.length - 1] ?? -1),
      advantage: 0,
      ...(rollout.logprobs === undefined ? {} : { sampledLogprobs: rollout.logprobs }),
    }));
    const logprobs: RowLogprobs[] = trainer.score(rows);
    const scored = rows.map((row, i) => ({
      old: logprobs[i]?.old ?? null,
      reference: logprobs[i]?.reference ?? null,
      counts: !trainer.isMasked(row),
    }));
    const penalties = config.use_kl_in_reward ? rewardPenalties(scored, config) : null;
    const { advantages, tokenAdvantages, targets, ...spread } = estimateAdvantages(config, {
      totals: rewards,
      rows: values,
      weights,
      lengths: rows.map(({ completionIds }) => completionIds.length),
      penalties,
      finished: rows.map(({ finished }) => finished),
      values: critic?.score(rows) ?? logprobs.map((own) => own.values ?? new Float32Array()),
    });
    const learnt = rows.map((row, i) =>
      withAdvantage(row, advantages[i], tokenAdvantages?.[i], targets?.[i]),
    );
    const kl = penalties === null ? null : meanPenalty(scored, penalties, config.beta);
    const stepTokens = trainer.stepTokens(rows, stepSize);
    const present = rewards.filter((reward) => reward !== null);
    for (let iteration = 0; iteration < config.num_iterations; iteration++) {
      for (
        let first = 0;
        first < learnt.length && steps.length < config.max_steps;
        first += stepSize
      ) {
        const step = steps.length;
        const part = learnt.slice(first, first + stepSize);
        const rate = learningRate({ ...config, min_lr_ratio: 0 }, step, config.max_steps);
        const result = trainer.step(
          part,
          logprobs.slice(first, first + stepSize),
          rate,
          step,
          stepTokens,
        );
        const criticRate = criticLearningRate(
          { ...config, min_lr_ratio: 0 },
          step,
          config.max_steps,
        );
        const valued = critic?.step(part, criticRate, step) ?? null;
        steps.push({
          // Of both together, as TRL's PPO has one loss.
          loss: result.loss + config.vf_coef * (valued?.loss ?? 0),
          grad_norm: result.gradNorm,
          learning_rate: rate,
          reward: present.reduce((a, b) => a + b, 0) / Math.max(1, present.length),
          reward_std: spread.batchStd,
          frac_reward_zero_std: spread.fracZeroStd,
          kl: result.kl ?? kl,
          entropy: result.entropy,
          ...clipMetrics(result),
          ...result.more,
          ...(valued === null ? {} : valueMetrics(valued.loss, valued.clipped)),
          ...(valued === null ? {} : { "loss/policy_avg": result.loss }),
          "sampling/importance_sampling_ratio/mean": result.importanceRatio,
          "completions/mean_length":
            part.reduce((sum, row) => sum + row.completionIds.length, 0) / part.length,
          "completions/clipped_ratio": part.filter((row) => !row.finished).length / part.length,
        });
      }
    }
  }
  return steps;
}
