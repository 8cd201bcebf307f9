/**
 * Policy optimisation on given rollouts: one call of `step` is one optimizer step on its batch of completions.
 * Rows of like length are computed together and padded to a few shapes; the result does not depend on how.
 */
import type { GrpoStage } from "#shared/schema/recipe.ts";
import type { ModelConfig } from "#main/core/formats/model-config.ts";
import type { LanguageModel } from "../model/language-model.ts";
import { tokenWeights } from "../objectives/aggregation.ts";
import { sequenceLogprobs } from "../model/sequence-logprobs.ts";
import { grpoObjective, GRPO_STATS } from "../objectives/grpo.ts";
import type { CompiledFunction, Runtime } from "../runtime/runtime.ts";
import { withPrecision } from "../runtime/matmul.ts";
import { tf } from "../runtime/tf.ts";
import type { Tensor } from "../runtime/tf.ts";
import { batchTensors, policyBatches } from "./policy-batches.ts";
import type { PolicyBatch, SampledRow } from "./policy-batches.ts";
import { Trainer } from "./trainer.ts";

export type PolicyRow = SampledRow & {
  /** False where the completion hit the length limit. */
  readonly finished: boolean;
  readonly advantage: number;
  /** What the sampler gave each completion token; needed where it samples at another precision than it trains. */
  readonly sampledLogprobs?: readonly number[];
};

/** log π_old and log π_ref of one row's completion tokens; null where not used. */
export type RowLogprobs = {
  readonly old: Float32Array | null;
  readonly reference: Float32Array | null;
};

/** Of one row's completion tokens, under the weights just before the step. */
export type TokenScores = {
  readonly logprobs: Float32Array;
  /** In nats, at the sampling temperature. */
  readonly entropies: Float32Array;
};

export type PolicyOptions = Pick<
  GrpoStage,
  | "loss_type"
  | "epsilon"
  | "epsilon_high"
  | "delta"
  | "beta"
  | "use_bias_correction_kl"
  | "temperature"
  | "mask_truncated_completions"
  | "max_completion_length"
  | "per_device_train_batch_size"
  | "adam_beta1"
  | "adam_beta2"
  | "adam_epsilon"
  | "weight_decay"
  | "max_grad_norm"
  | "bf16"
  | "gradient_checkpointing"
> & {
  readonly usesOldLogprobs: boolean;
  /** See `GrpoObjectiveOptions`. */
  readonly importanceSamplingClipMax: number | null;
  /** See `RowOptions`. */
  readonly halvings?: number;
};

export type PolicyStepMetrics = {
  readonly loss: number;
  readonly gradNorm: number;
  /** Mean over completion tokens that are not masked out; null where there was none or beta is 0. */
  readonly kl: number | null;
  /** Mean over every completion token, of rows without advantage and masked rows too; null where there is none. */
  readonly entropy: number | null;
  /** Mean weight π_old / π_sampler of a token, truncated; null where the sampler is the policy. */
  readonly importanceRatio: number | null;
  /** Shares of all completion tokens that are not masked out, as TRL divides; rows that were not computed clip nothing. */
  readonly clipLow: number;
  readonly clipHigh: number;
  /** By row; null where the completion is empty. */
  readonly tokens: readonly (TokenScores | null)[];
  /** Tokens that went through forward and backward, padding not counted. */
  readonly trainedTokens: number;
  /** Of the rows that were trained on, and of those that were only scored. */
  readonly trainedLengths: readonly number[];
  /** Tokens of rows that were not trained on, which went forward alone. */
  readonly scoredLengths: readonly number[];
};

export class PolicyTrainer {
  readonly #options: PolicyOptions;
  readonly #config: ModelConfig;
  readonly #trainer: Trainer;
  readonly #policyScores: CompiledFunction;
  readonly #referenceScores: CompiledFunction | null;

  constructor(
    runtime: Runtime,
    model: LanguageModel,
    reference: LanguageModel | null,
    options: PolicyOptions,
  ) {
    this.#options = options;
    this.#config = model.config;
    const precision = options.bf16 ? "bfloat16" : "float32";
    const scorer = (name: string, of: LanguageModel): CompiledFunction =>
      runtime.compile(name, (...args) => {
        const [ids, places] = args as [Tensor, Tensor?];
        const { logprobs, entropy } = withPrecision(precision, () =>
          sequenceLogprobs(of.read(), of.config, ids, options.temperature, { places }),
        );
        return [logprobs, entropy];
      });
    this.#policyScores = scorer("score", model);
    this.#referenceScores = reference === null ? null : scorer("score_reference", reference);
    const objective = grpoObjective(model.config, {
      temperature: options.temperature,
      epsilonLow: options.epsilon,
      epsilonHigh: options.epsilon_high ?? options.epsilon,
      delta: options.delta ?? null,
      beta: options.beta,
      biasCorrectionKl: options.use_bias_correction_kl,
      usesOldLogprobs: options.usesOldLogprobs,
      importanceSamplingClipMax: options.importanceSamplingClipMax,
      recompute: options.gradient_checkpointing,
    });
    this.#trainer = new Trainer(runtime, model, objective, {
      beta1: options.adam_beta1,
      beta2: options.adam_beta2,
      epsilon: options.adam_epsilon,
      weightDecay: options.weight_decay,
      maxGradNorm: options.max_grad_norm,
      precision,
    });
  }

  get optimizer(): Trainer["optimizer"] {
    return this.#trainer.optimizer;
  }

  /** Forward passes that `score` makes over each row. */
  get scoringPasses(): number {
    return (this.#options.usesOldLogprobs ? 1 : 0) + (this.#referenceScores === null ? 0 : 1);
  }

  /** log π_old and log π_ref of each row under the weights as they are now. */
  score(rows: readonly PolicyRow[]): RowLogprobs[] {
    const results: RowLogprobs[] = rows.map(() => ({ old: null, reference: null }));
    if (!this.#options.usesOldLogprobs && this.#referenceScores === null) return results;
    for (const batch of this.#batches(rows)) {
      const old = this.#options.usesOldLogprobs ? scoresOf(this.#policyScores, batch)[0] : null;
      const reference =
        this.#referenceScores === null ? null : scoresOf(this.#referenceScores, batch)[0];
      batch.indices.forEach((index, r) => {
        const part = (values: Float32Array | null | undefined): Float32Array | null =>
          completionOf(batch, r, values ?? undefined);
        results[index] = { old: part(old), reference: part(reference) };
      });
    }
    return results;
  }

  /**
   * One optimizer step on `rows`, which stand in the order in which accumulation divides them.
   * Rows that cannot move the policy (advantage 0 without a KL term, masked out) are scored and not trained on: their
   * gradient is 0.
   */
  step(
    rows: readonly PolicyRow[],
    logprobs: readonly RowLogprobs[],
    learningRate: number,
    step: number,
  ): PolicyStepMetrics {
    const {
      beta,
      loss_type,
      max_completion_length,
      mask_truncated_completions,
      per_device_train_batch_size,
    } = this.#options;
    const masked = (row: PolicyRow): boolean => mask_truncated_completions && !row.finished;
    const lengths = rows.map((row) => (masked(row) ? 0 : row.completionIds.length));
    const weights = tokenWeights(lengths, {
      lossType: loss_type,
      maxCompletionLength: max_completion_length,
      microBatch: per_device_train_batch_size,
    });
    const totals = {
      loss: 0,
      kl: 0,
      entropy: 0,
      clippedLow: 0,
      clippedHigh: 0,
      tokens: 0,
      importance: 0,
    };
    const trainedLengths: number[] = [];
    const active = rows.flatMap((row, i) =>
      (row.advantage !== 0 || beta > 0) && lengths[i] !== 0 ? [i] : [],
    );
    const tokens: (TokenScores | null)[] = rows.map(() => null);
    let part = 0;
    for (const batch of this.#batches(rows, active)) {
      const inputs = policyInputs(logprobs, weights, batch);
      let values: Float32Array;
      try {
        values = this.#trainer.accumulate(inputs, [step, part++], ([logprob, entropy]) => {
          for (const [r, index] of batch.indices.entries())
            tokens[index] = tokenScores(batch, r, logprob, entropy);
        });
      } finally {
        for (const tensor of inputs) tensor.dispose();
      }
      const [loss, ...stats] = values;
      totals.loss += loss ?? 0;
      GRPO_STATS.forEach((name, i) => {
        totals[name] += stats[i] ?? 0;
      });
      for (const row of batch.rows) trainedLengths.push(lengthOf(row));
    }
    const idle = this.#scoreIdle(rows, tokens);
    const gradNorm = this.#trainer.apply(learningRate, step);
    const sampled = totals.tokens + idle.tokens;
    const mean = (sum: number): number | null => (totals.tokens === 0 ? null : sum / totals.tokens);
    const counted = lengths.reduce((sum, length) => sum + length, 0);
    return {
      loss: totals.loss,
      gradNorm,
      kl: beta > 0 ? mean(totals.kl) : null,
      entropy: sampled === 0 ? null : (totals.entropy + idle.entropy) / sampled,
      importanceRatio:
        this.#options.importanceSamplingClipMax === null ? null : mean(totals.importance),
      clipLow: counted === 0 ? 0 : totals.clippedLow / counted,
      clipHigh: counted === 0 ? 0 : totals.clippedHigh / counted,
      tokens,
      trainedTokens: trainedLengths.reduce((sum, length) => sum + length, 0),
      trainedLengths,
      scoredLengths: idle.scored,
    };
  }

  /** Fills in the scores of rows that the step does not train on: what is said of the policy is of every sampled token. */
  #scoreIdle(
    rows: readonly PolicyRow[],
    tokens: (TokenScores | null)[],
  ): { readonly entropy: number; readonly tokens: number; readonly scored: readonly number[] } {
    const sums = { entropy: 0, tokens: 0, scored: [] as number[] };
    const idle = rows.flatMap((row, i) =>
      tokens[i] === null && row.completionIds.length > 0 ? [i] : [],
    );
    for (const batch of this.#batches(rows, idle)) {
      const [logprobs, entropies] = scoresOf(this.#policyScores, batch);
      for (const [r, index] of batch.indices.entries()) {
        const row = batch.rows[r];
        const scores = tokenScores(batch, r, logprobs, entropies);
        tokens[index] = scores;
        sums.entropy += scores?.entropies.reduce((sum, nats) => sum + nats, 0) ?? 0;
        sums.tokens += scores?.entropies.length ?? 0;
        sums.scored.push(lengthOf(row));
      }
    }
    return sums;
  }

  dispose(): void {
    this.#trainer.dispose();
    this.#policyScores.dispose();
    this.#referenceScores?.dispose();
  }

  #batches(
    rows: readonly PolicyRow[],
    indices: readonly number[] = rows.map((_, i) => i),
  ): Generator<PolicyBatch<PolicyRow>> {
    const { per_device_train_batch_size: wanted, gradient_checkpointing: recompute } =
      this.#options;
    return policyBatches(this.#config, rows, indices, {
      wanted,
      recompute,
      halvings: this.#options.halvings ?? 0,
    });
  }
}

/** What `grpoObjective` takes: of each computed place. */
function policyInputs(
  logprobs: readonly RowLogprobs[],
  weights: Float64Array,
  batch: PolicyBatch<PolicyRow>,
): Tensor[] {
  const [mask, weight, advantages, old, reference, sampled] = Array.from(
    { length: 6 },
    () => new Float32Array(batch.computed),
  ) as [Float32Array, Float32Array, Float32Array, Float32Array, Float32Array, Float32Array];
  batch.rows.forEach((row, r) => {
    const from = batch.starts[r] ?? 0;
    const to = from + row.completionIds.length;
    const index = batch.indices[r] ?? 0;
    mask.fill(1, from, to);
    weight.fill(weights[index] ?? 0, from, to);
    advantages.fill(row.advantage, from, to);
    const known = logprobs[index];
    if (known?.old) old.set(known.old, from);
    if (known?.reference) reference.set(known.reference, from);
    if (row.sampledLogprobs !== undefined) sampled.set(row.sampledLogprobs, from);
  });
  const [ids, ...places] = batchTensors(batch);
  return [
    ids as Tensor,
    ...[mask, weight, advantages, old, reference, sampled].map((values) => tf.tensor1d(values)),
    ...places,
  ];
}

/** Log-probabilities and entropies of a micro-batch's computed places. */
function scoresOf(scores: CompiledFunction, batch: PolicyBatch): Float32Array[] {
  const inputs = batchTensors(batch);
  const made = scores(...inputs);
  const values = made.map((tensor) => tensor.dataSync() as Float32Array);
  for (const tensor of [...inputs, ...made]) tensor.dispose();
  return values;
}

/** Row `r`'s part of what was made for each computed place. */
function completionOf(
  batch: PolicyBatch,
  r: number,
  values: Float32Array | undefined,
): Float32Array | null {
  const from = batch.starts[r] ?? 0;
  return values?.slice(from, from + (batch.rows[r]?.completionIds.length ?? 0)) ?? null;
}

function tokenScores(
  batch: PolicyBatch,
  r: number,
  logprobs: Float32Array | undefined,
  entropies: Float32Array | undefined,
): TokenScores | null {
  const [own, entropy] = [logprobs, entropies].map((values) => completionOf(batch, r, values));
  return own && entropy ? { logprobs: own, entropies: entropy } : null;
}

function lengthOf(row: PolicyRow | undefined): number {
  return (row?.promptIds.length ?? 0) + (row?.completionIds.length ?? 0);
}
