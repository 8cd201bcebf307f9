/** What is logged of a batch of rollouts, with TRL's names where TRL has the metric. */
import type { CriticStep } from "../../training/critic-trainer.ts";
import { clipMetrics, valueMetrics } from "../../training/policy-step-metrics.ts";
import type { PolicyStepMetrics } from "../../training/policy-step-metrics.ts";
import type { TokenScores } from "../../training/policy-row.ts";
import type { Generation } from "./generation.ts";
import { accuracyByDifficulty, logprobDifferences, mean, share } from "./rollout-measures.ts";

function standardDeviation(values: readonly number[]): number | null {
  const m = mean(values);
  if (m === null || values.length < 2) return null;
  return Math.sqrt(values.reduce((sum, v) => sum + (v - m) ** 2, 0) / (values.length - 1));
}

export function generationMetrics(generation: Generation): Record<string, number | null> {
  const { rollouts } = generation;
  const lengths = rollouts.map(({ completionIds }) => completionIds.length);
  const ended = rollouts
    .filter(({ finishReason }) => finishReason === "stop")
    .map(({ completionIds }) => completionIds.length);
  const groups = [...Map.groupBy(rollouts, ({ group }) => group).values()];
  const metrics: Record<string, number | null> = {
    // A completion to which no reward applies has none.
    reward: mean(
      rollouts
        .filter(({ rewards }) => Object.values(rewards).some((value) => value !== null))
        .map(({ reward }) => reward),
    ),
    reward_std: generation.batchStd,
    // Where KL is a part of the reward, of the batch of completions.
    kl: generation.kl,
    // Of a critic, before it learnt from the batch: what it expected, and how much of the difference it knew.
    "val/mean": generation.critic?.mean ?? null,
    "val/explained_variance": generation.critic?.explainedVariance ?? null,
    frac_reward_zero_std: generation.fracZeroStd,
    num_gen_batches: generation.sampledBatches,
    frac_groups_all_wrong: share(
      groups,
      groups.filter((group) => group.every(({ correct }) => !correct)).length,
    ),
    frac_groups_all_right: share(
      groups,
      groups.filter((group) => group.every(({ correct }) => correct)).length,
    ),
    accuracy: share(rollouts, rollouts.filter(({ correct }) => correct).length),
    "completions/mean_length": mean(lengths),
    "completions/min_length": Math.min(...lengths),
    "completions/max_length": Math.max(...lengths),
    "completions/clipped_ratio": share(rollouts, rollouts.length - ended.length),
    "completions/mean_terminated_length": mean(ended),
    "completions/min_terminated_length": ended.length === 0 ? null : Math.min(...ended),
    "completions/max_terminated_length": ended.length === 0 ? null : Math.max(...ended),
    sampling_tokens_per_second: generation.tokens / generation.seconds,
  };
  for (const name of Object.keys(rollouts[0]?.rewards ?? {})) {
    const values = rollouts.flatMap(({ rewards }) => {
      const value = rewards[name];
      return value === null || value === undefined ? [] : [value];
    });
    metrics[`rewards/${name}/mean`] = mean(values);
    metrics[`rewards/${name}/std`] = standardDeviation(values);
  }
  for (const [name, count] of generation.unusable) metrics[`rewards/${name}/unusable`] = count;
  for (const [difficulty, accuracy] of accuracyByDifficulty(rollouts))
    metrics[`accuracy/difficulty_${difficulty}`] = accuracy;
  return metrics;
}

/**
 * What is logged of an optimizer step.
 * @param rollouts the step's, where it is the first to use them; else none
 */
export function stepMetrics(
  result: PolicyStepMetrics,
  learningRate: number,
  rollouts: Generation["rollouts"],
): Record<string, number | null> {
  return {
    loss: result.loss,
    grad_norm: result.gradNorm,
    learning_rate: learningRate,
    ...(result.kl === null ? {} : { kl: result.kl }),
    entropy: result.entropy,
    "sampling/importance_sampling_ratio/mean": result.importanceRatio,
    ...samplingDifference(rollouts, result.tokens),
    ...clipMetrics(result),
    ...result.more,
  };
}

/** What a critic of its own adds to them; one on the policy has its numbers among the policy's. */
export function criticMetrics(
  { loss }: PolicyStepMetrics,
  critic: CriticStep & { readonly learningRate: number },
): Record<string, number> {
  return {
    ...valueMetrics(critic.loss, critic.clipped),
    "loss/policy_avg": loss,
    "val/grad_norm": critic.gradNorm,
    "val/learning_rate": critic.learningRate,
  };
}

/**
 * How far the trainer's log-probabilities, before the step, are from what the sampler gave the same tokens: mean and
 * largest absolute difference over the rows that were computed. Empty where there is none.
 */
export function samplingDifference(
  rollouts: Generation["rollouts"],
  trained: readonly (TokenScores | null)[],
): Record<string, number> {
  const differences = logprobDifferences(rollouts, trained).map(Math.abs);
  const average = mean(differences);
  if (average === null) return {};
  return {
    "sampling/sampling_logp_difference/mean": average,
    "sampling/sampling_logp_difference/max": differences.reduce((a, b) => Math.max(a, b), 0),
  };
}
