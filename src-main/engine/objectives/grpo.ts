/**
 * The policy-gradient objective of GRPO and its relatives on one micro-batch: a ratio (importance-ratio.ts), what each
 * token loses by it (a file for each loss), what is masked or weighs less, KL to the reference, an entropy bonus. How
 * token losses add up is in the weights (aggregation.ts), what is rewarded in the advantages (advantages.ts), not here.
 */
import { assertNever } from "#shared/errors.ts";
import type { CriticOptions } from "#shared/schema/critic-options.ts";
import type { GrpoStage } from "#shared/schema/stages/grpo-stage.ts";
import type { ModelConfig } from "#main/core/formats/model-config.ts";
import { sequenceLogprobs } from "../model/sequence-logprobs.ts";
import { tf } from "../runtime/tf.ts";
import type { Tensor } from "../runtime/tf.ts";
import { cispoBounded, cispoLoss } from "./cispo.ts";
import { clippedRatioLoss, clippedTokens } from "./clipped-ratio.ts";
import { hasEntropyBonus } from "./entropy-bonus.ts";
import { importanceRatio, ratioLevel } from "./importance-ratio.ts";
import { importanceWeights, isOfSequences } from "./importance-weights.ts";
import { klEstimate } from "./kl-estimators.ts";
import type { Objective } from "./objective.ts";
import { offPolicyMask } from "./off-policy-mask.ts";
import { sapoLoss } from "./sapo.ts";
import { tokenValues } from "../model/value-head.ts";
import { clippedValueLoss } from "./value-loss.ts";
import { sequencesOf } from "./sequences.ts";
import type { Sequences } from "./sequences.ts";
import { stopGradient } from "./stop-gradient.ts";
import { vespoLoss, vespoWeights } from "./vespo.ts";

export type GrpoObjectiveOptions = Pick<
  GrpoStage,
  | "loss_type"
  | "importance_sampling_level"
  | "temperature"
  | "epsilon"
  | "epsilon_high"
  | "delta"
  | "sapo_temperature_pos"
  | "sapo_temperature_neg"
  | "vespo_k_pos"
  | "vespo_lambda_pos"
  | "vespo_k_neg"
  | "vespo_lambda_neg"
  | "beta"
  | "kl_estimator"
  | "use_kl_in_reward"
  | "use_bias_correction_kl"
  | "off_policy_mask_threshold"
  | "top_entropy_quantile"
  | "entropy_coef"
  | "use_adaptive_entropy"
  | "importance_sampling_correction"
  | "importance_sampling_mode"
  | "importance_sampling_clip_min"
  | "importance_sampling_clip_max"
> & {
  /** False where the policy that sampled is the one being trained: the ratio is then exactly 1. */
  readonly usesOldLogprobs: boolean;
  /** Whether completions were sampled by another than π_old: at another precision, or recorded elsewhere. */
  readonly samplerDiffers: boolean;
  readonly recompute?: boolean;
  /** Where the policy has a value head that learns too. */
  readonly critic?: Pick<CriticOptions, "vf_coef" | "cliprange_value"> | null;
};

/** Numbers beside the loss, each a sum over tokens or over completions: see `isPerCompletion`. */
export const GRPO_STATS = [
  "kl",
  "entropy",
  "clippedLow",
  "clippedHigh",
  "tokens",
  "importance",
  "phi",
  "bonus",
  "value",
  "valueClipped",
] as const;

export type GrpoStat = (typeof GRPO_STATS)[number];

/** What `grpoObjective` returns beside the loss, in order: vespo's weights, the entropy bonus and the critic's only where there are any. */
export function grpoStats(options: GrpoObjectiveOptions): readonly GrpoStat[] {
  const asked: Readonly<Partial<Record<GrpoStat, boolean>>> = {
    phi: options.loss_type === "vespo",
    bonus: hasEntropyBonus(options),
    value: hasCritic(options),
    valueClipped: hasCritic(options),
  };
  return GRPO_STATS.filter((name) => asked[name] ?? true);
}

/** Tensors of each computed place, in the order in which the objective takes them after ids. */
export const GRPO_INPUTS = [
  "mask",
  "weight",
  "advantages",
  "old",
  "reference",
  "sampled",
  "rowOf",
  "kept",
  "entropyWeight",
  "values",
  "returns",
  "valueWeight",
] as const;
export type GrpoInput = (typeof GRPO_INPUTS)[number];

/** Those of the inputs that the options ask for: the first six always, the others where something is done with them. */
export function grpoInputs(options: GrpoObjectiveOptions): readonly GrpoInput[] {
  const asked: Readonly<Partial<Record<GrpoInput, boolean>>> = {
    rowOf: needsSequences(options),
    kept: options.top_entropy_quantile < 1,
    entropyWeight: hasEntropyBonus(options),
    values: hasCritic(options),
    returns: hasCritic(options),
    valueWeight: hasCritic(options),
  };
  return GRPO_INPUTS.filter((name) => asked[name] ?? true);
}

/** Whether ratios, and so what is clipped, are one for each completion. */
export function isPerCompletion(
  options: Pick<GrpoStage, "loss_type" | "importance_sampling_level">,
): boolean {
  return ratioLevel(options) !== "token";
}

/** Whether π_old / π_sampler weighs anything. */
export function isCorrected(
  options: Pick<GrpoObjectiveOptions, "samplerDiffers" | "importance_sampling_correction">,
): boolean {
  return options.samplerDiffers && options.importance_sampling_correction;
}

function hasCritic({ critic = null }: GrpoObjectiveOptions): boolean {
  return critic !== null;
}

/** Whether KL to the reference is a term of the loss. */
export function hasKlLoss(options: Pick<GrpoStage, "beta" | "use_kl_in_reward">): boolean {
  return options.beta > 0 && !options.use_kl_in_reward;
}

function needsSequences(options: GrpoObjectiveOptions): boolean {
  return (
    isPerCompletion(options) ||
    options.loss_type === "vespo" ||
    options.off_policy_mask_threshold !== undefined ||
    (isCorrected(options) && isOfSequences(options.importance_sampling_mode))
  );
}

/**
 * Inputs, all on target positions (B, T) unless said otherwise: ids (B, T+1) int32; mask, 1 on completion tokens that
 * count; weight, the token's weight in the step's loss; advantages (B, 1); old, log π_old; reference, log π_ref;
 * sampled, log π_sampler (each ignored where the options do not use it). Then, where `grpoInputs` names them: rowOf, int32, the
 * completion of each token, for which all must lie flat (N); kept, 1 on tokens that the policy's loss is of; entropyWeight,
 * what a token's entropy in nats is taken off the loss by; values and returns (value-loss.ts), and valueWeight, what a token's
 * value loss weighs in the critic's. Where logits are not asked of all places, those places (N)
 * int32 in the flattened (B·T) come last, and all but ids is of them: (N).
 * loss = Σ weight · (l(c) · m · w + β KL c'') − Σ entropyWeight · H + vf_coef Σ valueWeight · L^VF, l the loss type's of the ratio c = exp(log π − log π_old)
 * or its completion's, m the off-policy mask times kept, w the weight π_old / π_sampler, c'' = c with the bias correction of
 * KL (its gradient flows through c too: DeepSeek-V3.2, arXiv 2512.02556), else 1.
 * @throws RangeError where completions matter and the inputs do not lie flat
 */
export function grpoObjective(config: ModelConfig, options: GrpoObjectiveOptions): Objective {
  const names = grpoInputs(options);
  const level = ratioLevel(options);
  return (weights, inputs) => {
    const [ids, ...rest] = inputs as readonly [Tensor, ...Tensor[]];
    const given = new Map(names.map((name, i) => [name, rest[i]]));
    const input = (name: GrpoInput): Tensor => {
      const tensor = given.get(name);
      if (tensor === undefined) throw new RangeError(`the objective was not given "${name}"`);
      return tensor;
    };
    const mask = input("mask");
    const advantages = input("advantages");
    const scored = sequenceLogprobs(weights, config, ids, options.temperature, {
      layout: { recompute: options.recompute ?? false },
      places: rest[names.length],
      entropyGradient: hasEntropyBonus(options),
    });
    const logprobs = tf.reshape(scored.logprobs, mask.shape);
    const entropy = tf.reshape(scored.entropy, mask.shape);
    const sequences = needsSequences(options)
      ? sequencesOf(mask, input("rowOf"), ids.shape[0] ?? 0)
      : null;
    const before = options.usesOldLogprobs ? input("old") : stopGradient(logprobs);
    // Padding columns hold nothing that counts; their ratio is pinned to 1 so that exp cannot overflow there.
    const logRatio = tf.mul(tf.sub(logprobs, before), mask);
    const ratio = importanceRatio(logRatio, level, sequences);
    const importance = isCorrected(options)
      ? importanceWeights(tf.mul(tf.sub(before, input("sampled")), mask), sequences, options)
      : null;
    const policy = tokenLosses(options, {
      ...{ ratio, logRatio, advantages, logprobs, importance, sequences },
    });
    let perToken = policy.loss;
    if (options.off_policy_mask_threshold !== undefined && sequences !== null) {
      const sampler = options.samplerDiffers ? input("sampled") : before;
      const threshold = options.off_policy_mask_threshold;
      const near = offPolicyMask(advantages, logprobs, sampler, sequences, threshold);
      perToken = tf.mul(perToken, near);
    }
    if (given.has("kept")) perToken = tf.mul(perToken, input("kept"));
    if (importance !== null && options.loss_type !== "vespo")
      perToken = tf.mul(perToken, importance);
    let kl: Tensor = tf.scalar(0);
    if (hasKlLoss(options)) {
      const gap = tf.mul(tf.sub(input("reference"), logprobs), mask);
      const plain = klEstimate(gap, options.kl_estimator);
      const estimate = options.use_bias_correction_kl ? tf.mul(plain, ratio) : plain;
      perToken = tf.add(perToken, tf.mul(estimate, options.beta));
      kl = tf.sum(tf.mul(estimate, mask));
    }
    let loss: Tensor = tf.sum(tf.mul(perToken, input("weight")));
    const bonus = given.has("entropyWeight")
      ? tf.sum(tf.mul(entropy, input("entropyWeight")))
      : null;
    if (bonus !== null) loss = tf.sub(loss, bonus);
    let critic: readonly Tensor[] = [];
    if (options.critic) {
      const values = tf.reshape(tokenValues(weights, scored.hidden), mask.shape);
      const { cliprange_value: range, vf_coef: coefficient } = options.critic;
      const value = clippedValueLoss(values, input("values"), input("returns"), range);
      critic = [value.loss, value.clipped].map((x) => tf.sum(tf.mul(x, input("valueWeight"))));
      loss = tf.add(loss, tf.mul(critic[0] ?? tf.scalar(0), coefficient));
    }
    const sum = (x: Tensor): Tensor => tf.sum(tf.mul(x, mask));
    // Of completions, each token of one carries its share.
    const ofRatios = (x: Tensor): Tensor =>
      level === "token" || sequences === null ? sum(x) : sum(tf.mul(x, sequences.share));
    const ofWeights = (x: Tensor): Tensor =>
      isOfSequences(options.importance_sampling_mode) && sequences !== null
        ? sum(tf.mul(x, sequences.share))
        : sum(x);
    return {
      loss,
      stats: [
        kl,
        sum(entropy),
        policy.low === null ? tf.scalar(0) : ofRatios(policy.low),
        policy.high === null ? tf.scalar(0) : ofRatios(policy.high),
        tf.sum(mask),
        importance === null ? tf.sum(mask) : ofWeights(importance),
        ...(policy.phi === null || sequences === null
          ? []
          : [sum(tf.mul(policy.phi, sequences.share))]),
        ...(bonus === null ? [] : [bonus]),
        ...critic,
      ],
      // What the policy made of each token just before this step, as `mask` lies.
      details: [logprobs, entropy],
    };
  };
}

type Parts = {
  readonly ratio: Tensor;
  readonly logRatio: Tensor;
  readonly advantages: Tensor;
  readonly logprobs: Tensor;
  readonly importance: Tensor | null;
  readonly sequences: Sequences | null;
};

/** What each token loses, and where a clip held it back (1 or 0) or what weighed it, where the loss type has such. */
function tokenLosses(
  options: GrpoObjectiveOptions,
  { ratio, logRatio, advantages, logprobs, importance, sequences }: Parts,
): {
  readonly loss: Tensor;
  readonly low: Tensor | null;
  readonly high: Tensor | null;
  readonly phi: Tensor | null;
} {
  const { loss_type: type } = options;
  switch (type) {
    case "grpo":
    case "bnpo":
    case "dr_grpo":
    case "dapo":
    case "luspo":
    case "rloo": {
      const loss = clippedRatioLoss(ratio, advantages, options);
      return { loss, ...clippedTokens(ratio, advantages, options), phi: null };
    }
    case "cispo": {
      const high = cispoBounded(ratio, advantages, options);
      const loss = cispoLoss(ratio, advantages, logprobs, options);
      return { loss, low: null, high, phi: null };
    }
    case "sapo":
      return { loss: sapoLoss(ratio, advantages, options), low: null, high: null, phi: null };
    case "vespo": {
      if (sequences === null) throw new RangeError("vespo needs to know whose each token is");
      const phi = vespoWeights(advantages, logRatio, importance, sequences, options);
      return { loss: vespoLoss(phi, advantages, logprobs), low: null, high: null, phi };
    }
    default:
      return assertNever(type);
  }
}
