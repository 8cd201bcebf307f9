/**
 * The clipped policy-gradient objective of GRPO, Dr. GRPO, BNPO and DAPO on one micro-batch.
 * They differ in the weight of each token (aggregation.ts) and in the advantages (advantages.ts), not here.
 */
import type { ModelConfig } from "#main/core/formats/model-config.ts";
import { sequenceLogprobs } from "../model/sequence-logprobs.ts";
import { tf } from "../runtime/tf.ts";
import type { Tensor } from "../runtime/tf.ts";
import { stopGradient } from "./stop-gradient.ts";
import type { Objective } from "./objective.ts";

export type GrpoObjectiveOptions = {
  readonly temperature: number;
  readonly epsilonLow: number;
  readonly epsilonHigh: number;
  readonly delta: number | null;
  readonly beta: number;
  /** The KL term times c: the unbiased gradient of the reverse KL (DeepSeek-V3.2, arXiv 2512.02556). */
  readonly biasCorrectionKl: boolean;
  /** False where the policy that sampled is the one being trained: the ratio is then exactly 1. */
  readonly usesOldLogprobs: boolean;
  /**
   * Where completions were sampled at another precision: each token's loss is weighted by π_old / π_sampler, at most
   * this (truncated importance sampling; TRL's token_truncate). null: the sampler is the policy.
   */
  readonly importanceSamplingClipMax: number | null;
  readonly recompute?: boolean;
};

/** What `grpoObjective` returns beside the loss, each summed over unmasked tokens. */
export const GRPO_STATS = [
  "kl",
  "entropy",
  "clippedLow",
  "clippedHigh",
  "tokens",
  "importance",
] as const;

/**
 * Inputs, all on target positions (B, T) unless said otherwise: ids (B, T+1) int32; mask, 1 on completion tokens that
 * count; weight, the token's weight in the step's loss; advantages (B, 1); old, log π_old; reference, log π_ref;
 * sampled, log π_sampler (each ignored where the options do not use it). Where logits are not asked of all places, those
 * places (N) int32 in the flattened (B·T) come last, and all but ids is of them: (N).
 * loss = Σ weight · (−w min(c' A, clip(c, 1 − ε_low, 1 + ε_high) A) + β k3 c''), c = exp(log π − log π_old), c' = min(c, δ),
 * c'' = c with the bias correction of KL, else 1 (its gradient flows through c too), w = min(exp(log π_old − log π_sampler), C) or 1.
 */
export function grpoObjective(config: ModelConfig, options: GrpoObjectiveOptions): Objective {
  return (weights, inputs) => {
    const [ids, mask, tokenWeight, advantages, old, reference, sampled, places] =
      inputs as readonly [Tensor, Tensor, Tensor, Tensor, Tensor, Tensor, Tensor, Tensor?];
    const scored = sequenceLogprobs(weights, config, ids, options.temperature, {
      layout: { recompute: options.recompute ?? false },
      places,
    });
    const logprobs = tf.reshape(scored.logprobs, mask.shape);
    const before = options.usesOldLogprobs ? old : stopGradient(logprobs);
    // Padding columns hold nothing that counts; their ratio is pinned to 1 so that exp cannot overflow there.
    const ratio = tf.exp(tf.mul(tf.sub(logprobs, before), mask));
    const clipped = tf.clipByValue(ratio, 1 - options.epsilonLow, 1 + options.epsilonHigh);
    const bounded = options.delta === null ? ratio : tf.minimum(ratio, tf.scalar(options.delta));
    const policy = tf.neg(tf.minimum(tf.mul(bounded, advantages), tf.mul(clipped, advantages)));
    let importance: Tensor = mask;
    let perToken = policy;
    if (options.importanceSamplingClipMax !== null) {
      const gap = tf.mul(tf.sub(before, sampled), mask);
      importance = tf.minimum(tf.exp(gap), tf.scalar(options.importanceSamplingClipMax));
      perToken = tf.mul(policy, importance);
    }
    let kl: Tensor = tf.scalar(0);
    if (options.beta > 0) {
      const gap = tf.mul(tf.sub(reference, logprobs), mask);
      const plain = tf.sub(tf.sub(tf.exp(gap), gap), 1);
      const k3 = options.biasCorrectionKl ? tf.mul(plain, ratio) : plain;
      perToken = tf.add(perToken, tf.mul(k3, options.beta));
      kl = tf.sum(tf.mul(k3, mask));
    }
    const loss = tf.sum(tf.mul(perToken, tokenWeight));
    const low = tf.mul(under(ratio, 1 - options.epsilonLow), sign(advantages, -1));
    const high = tf.mul(over(ratio, 1 + options.epsilonHigh), sign(advantages, 1));
    const sum = (x: Tensor): Tensor => tf.sum(tf.mul(x, mask));
    const entropy = tf.reshape(scored.entropy, mask.shape);
    return {
      loss,
      stats: [kl, sum(entropy), sum(low), sum(high), tf.sum(mask), sum(importance)],
      // What the policy made of each token just before this step, as `mask` lies.
      details: [logprobs, entropy],
    };
  };
}

function under(x: Tensor, bound: number): Tensor {
  return tf.cast(tf.less(x, bound), "float32");
}

function over(x: Tensor, bound: number): Tensor {
  return tf.cast(tf.greater(x, bound), "float32");
}

function sign(x: Tensor, direction: 1 | -1): Tensor {
  return tf.cast(direction === 1 ? tf.greater(x, 0) : tf.less(x, 0), "float32");
}
