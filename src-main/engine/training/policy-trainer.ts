/**
 * Policy optimisation on given rollouts: one call of `step` is one optimizer step on its batch of completions.
 * Rows of like length are computed together and padded to a few shapes; the result does not depend on how.
 */
import type { CriticOptions } from "#shared/schema/critic-options.ts";
import type { ReferenceOptions } from "#shared/schema/policy-objective.ts";
import type { GrpoStage } from "#shared/schema/stages/grpo-stage.ts";
import type { ModelConfig } from "#main/core/formats/model-config.ts";
import type { LanguageModel } from "../model/language-model.ts";
import { tokenWeights } from "../objectives/aggregation.ts";
import { sequenceLogprobs } from "../model/sequence-logprobs.ts";
import { ModelWithValueHead, tokenValues } from "../model/value-head.ts";
import { EntropyBonus, hasEntropyBonus } from "../objectives/entropy-bonus.ts";
import type { EntropyOptions } from "../objectives/entropy-bonus.ts";
import { grpoInputs, grpoObjective, grpoStats, hasKlLoss } from "../objectives/grpo.ts";
import type { GrpoInput, GrpoObjectiveOptions, GrpoStat } from "../objectives/grpo.ts";
import { highEntropyTokens } from "../objectives/high-entropy-tokens.ts";
import type { CompiledFunction, Runtime } from "../runtime/runtime.ts";
import { withPrecision } from "../runtime/matmul.ts";
import type { Tensor } from "../runtime/tf.ts";
import { batchTensors, stepBatches } from "./policy-batches.ts";
import type { PolicyBatch } from "./policy-batches.ts";
import { MovingReference } from "./moving-reference.ts";
import { policyInputs } from "./policy-inputs.ts";
import {
  meanEntropy,
  noTotals,
  objectiveMetrics,
  stepShares,
  valueMetrics,
} from "./policy-step-metrics.ts";
import { optimizerOf, Trainer } from "./trainer.ts";
import type { StepOptions } from "./trainer.ts";
import type { PolicyStepMetrics } from "./policy-step-metrics.ts";
import type { PolicyRow, RowLogprobs } from "./policy-row.ts";
import type { TokenScores } from "./policy-row.ts";

export type PolicyOptions = Omit<GrpoObjectiveOptions, "recompute" | "critic"> &
  EntropyOptions &
  ReferenceOptions &
  Pick<CriticOptions, "vf_coef" | "cliprange_value"> &
  StepOptions &
  Pick<GrpoStage, "mask_truncated_completions" | "max_completion_length">;

export class PolicyTrainer {
  readonly #options: PolicyOptions;
  readonly #config: ModelConfig;
  readonly #trainer: Trainer;
  readonly #policyScores: CompiledFunction;
  readonly #referenceScores: CompiledFunction | null;
  /** Whether the policy has a value head, which learns with it. */
  readonly #hasValues: boolean;
  readonly #movingReference: MovingReference | null;
  readonly #inputs: readonly GrpoInput[];
  readonly #stats: readonly GrpoStat[];
  /** Whether the weights are still those that `score` was asked of last. */
  #isFresh = false;
  /** Moves where `use_adaptive_entropy` is on; a checkpoint keeps its state. */
  readonly entropyBonus: EntropyBonus;

  constructor(
    runtime: Runtime,
    model: LanguageModel,
    reference: LanguageModel | null,
    options: PolicyOptions,
  ) {
    this.#options = options;
    this.#config = model.config;
    this.#hasValues = model instanceof ModelWithValueHead;
    const precision = options.bf16 ? "bfloat16" : "float32";
    const scorer = (name: string, of: LanguageModel): CompiledFunction =>
      runtime.compile(name, (...args) => {
        const [ids, places] = args as [Tensor, Tensor?];
        const weights = of.read();
        const { logprobs, entropy, hidden } = withPrecision(precision, () =>
          sequenceLogprobs(weights, of.config, ids, options.temperature, { places }),
        );
        const values = of instanceof ModelWithValueHead ? [tokenValues(weights, hidden)] : [];
        return [logprobs, entropy, ...values];
      });
    this.#policyScores = scorer("score", model);
    this.#referenceScores = reference === null ? null : scorer("score_reference", reference);
    const learnt = { ...options, critic: this.#hasValues ? options : null };
    const objective = grpoObjective(model.config, {
      ...learnt,
      recompute: options.gradient_checkpointing,
    });
    this.#movingReference =
      options.sync_ref_model && reference !== null
        ? new MovingReference(runtime, model, reference, options)
        : null;
    this.#inputs = grpoInputs(learnt);
    this.#stats = grpoStats(learnt);
    this.entropyBonus = new EntropyBonus(options);
    this.#trainer = new Trainer(runtime, model, objective, {
      ...optimizerOf(options),
      precision,
    });
  }

  get optimizer(): Trainer["optimizer"] {
    return this.#trainer.optimizer;
  }

  /** Forward passes that `score` makes over each row. */
  get scoringPasses(): number {
    return (this.#scoresPolicy ? 1 : 0) + (this.#referenceScores === null ? 0 : 1);
  }

  get #scoresPolicy(): boolean {
    return this.#options.usesOldLogprobs || this.#hasValues;
  }

  /** log π_old, log π_ref and, with a value head, the values of each row under the weights as they are now. */
  score(rows: readonly PolicyRow[]): RowLogprobs[] {
    const results: RowLogprobs[] = rows.map(() => ({ old: null, reference: null, values: null }));
    this.#isFresh = true;
    if (!this.#scoresPolicy && this.#referenceScores === null) return results;
    const asksForEntropies = this.#options.top_entropy_quantile < 1;
    for (const batch of stepBatches(this.#config, rows, this.#options)) {
      const [old, entropies, values] = this.#scoresPolicy
        ? scoresOf(this.#policyScores, batch)
        : [];
      const reference =
        this.#referenceScores === null ? null : scoresOf(this.#referenceScores, batch)[0];
      batch.indices.forEach((index, r) => {
        const part = (values: Float32Array | null | undefined): Float32Array | null =>
          completionOf(batch, r, values ?? undefined);
        results[index] = {
          old: this.#options.usesOldLogprobs ? part(old) : null,
          reference: part(reference),
          values: part(values),
          ...(asksForEntropies ? { entropies: part(entropies) } : {}),
        };
      });
    }
    return results;
  }

  /**
   * One optimizer step on `rows`, which stand in the order in which accumulation divides them.
   * Rows that cannot move the policy (advantage 0 without a KL term, masked out) are scored and not trained on: their
   * gradient is 0.
   * @param stepTokens of `stepTokens`, where the generation makes several steps; by default those of `rows`
   * @param moreHalvings of the rows computed together, beside those of the options
   * @throws NonFiniteError, with weights and moments as they were.
   */
  step(
    rows: readonly PolicyRow[],
    logprobs: readonly RowLogprobs[],
    learningRate: number,
    step: number,
    stepTokens?: number,
    moreHalvings = 0,
  ): PolicyStepMetrics {
    const options = this.#options;
    const lengths = rows.map((row) => (this.isMasked(row) ? 0 : row.completionIds.length));
    const shape = {
      maxCompletionLength: options.max_completion_length,
      microBatch: options.per_device_train_batch_size,
    };
    const weights = tokenWeights(lengths, {
      lossType: options.loss_type,
      ...shape,
      ...(stepTokens === undefined ? {} : { stepTokens }),
    });
    const known = options.top_entropy_quantile < 1 ? this.#scoresOfAll(rows, logprobs) : null;
    const kept = known === null ? null : this.#keptTokens(rows, known.tokens);
    const worth = this.entropyBonus.applied;
    const entropyLengths = lengths.map((length, i) =>
      kept === null ? length : keptCount(kept[i]),
    );
    const entropyWeights = tokenWeights(entropyLengths, { lossType: "bnpo", ...shape }).map(
      (weight) => worth * weight,
    );
    const critic = rows.map((row, i) => (row.critic === undefined ? 0 : (lengths[i] ?? 0)));
    const valueWeights = tokenWeights(critic, { lossType: "bnpo", ...shape });
    const totals = noTotals();
    let loss = 0;
    const trained: PolicyRow[] = [];
    const learns = ({ advantage, tokenAdvantages }: PolicyRow): boolean =>
      advantage !== 0 || tokenAdvantages !== undefined || hasKlLoss(options) || worth !== 0;
    const active = rows.flatMap((row, i) => (learns(row) && lengths[i] !== 0 ? [i] : []));
    const tokens: (TokenScores | null)[] = rows.map(() => null);
    let part = 0;
    for (const batch of stepBatches(this.#config, rows, options, active, moreHalvings)) {
      const given = { logprobs, weights, kept, entropyWeights, valueWeights };
      const inputs = policyInputs(this.#inputs, given, batch);
      let values: Float32Array;
      try {
        values = this.#trainer.accumulate(inputs, [step, part++], ([logprob, entropy]) => {
          for (const [r, index] of batch.indices.entries())
            tokens[index] = tokenScores(batch, r, logprob, entropy);
        });
      } finally {
        for (const tensor of inputs) tensor.dispose();
      }
      const [partLoss, ...stats] = values;
      loss += partLoss ?? 0;
      this.#stats.forEach((name, i) => {
        totals[name] += stats[i] ?? 0;
      });
      trained.push(...batch.rows);
    }
    const idle = this.#scoreIdle(rows, tokens, known?.tokens);
    const gradNorm = this.#trainer.apply(learningRate, step);
    this.#isFresh = false;
    this.#movingReference?.afterStep(step + 1);
    this.entropyBonus.observe(
      meanEntropy(
        tokens.map((own, i) => (lengths[i] === 0 ? null : own)),
        kept,
      ),
    );
    const sampled = totals.tokens + idle.tokens;
    const trainedLengths = trained.map(lengthOf);
    return {
      loss,
      gradNorm,
      kl: hasKlLoss(options) && totals.tokens > 0 ? totals.kl / totals.tokens : null,
      entropy: sampled === 0 ? null : (totals.entropy + idle.entropy) / sampled,
      ...stepShares(options, totals, { lengths, trained: trained.length }),
      more: {
        ...objectiveMetrics(options, totals, { lengths, trained: trained.length }),
        ...(hasEntropyBonus(options)
          ? { entropy_coef: this.entropyBonus.coef, policy_loss: loss + totals.bonus }
          : {}),
        ...(this.#hasValues ? valueMetrics(totals.value, totals.valueClipped) : {}),
        ...(this.#hasValues ? { "loss/policy_avg": loss - options.vf_coef * totals.value } : {}),
      },
      tokens,
      trainedTokens: trainedLengths.reduce((sum, length) => sum + length, 0),
      trainedLengths,
      scoredLengths: [...(known?.scored ?? []), ...idle.scored],
    };
  }

  /** Unmasked completion tokens of an optimizer step, in the mean over those that see these rows of a generation once. */
  stepTokens(rows: readonly PolicyRow[], stepSize: number): number {
    const all = rows.reduce(
      (sum, row) => sum + (this.isMasked(row) ? 0 : row.completionIds.length),
      0,
    );
    return (all * stepSize) / rows.length;
  }

  /** Whether nothing is learnt from the completion, because it was cut. */
  isMasked(row: PolicyRow): boolean {
    return this.#options.mask_truncated_completions && !row.finished;
  }

  #keptTokens(rows: readonly PolicyRow[], scores: readonly (TokenScores | null)[]): Float32Array[] {
    return highEntropyTokens(
      rows.map((row, i) => ({
        entropies: scores[i]?.entropies ?? [],
        counts: !this.isMasked(row),
      })),
      this.#options.top_entropy_quantile,
      this.#options.per_device_train_batch_size,
    );
  }

  /** The scores of every completion under the weights as they are: those that `score` made, or by a pass over all rows. */
  #scoresOfAll(
    rows: readonly PolicyRow[],
    logprobs: readonly RowLogprobs[],
  ): {
    readonly tokens: readonly (TokenScores | null)[];
    readonly scored: readonly number[];
  } {
    if (this.#isFresh && logprobs.every(({ old, entropies }) => old && entropies))
      return {
        tokens: logprobs.map(({ old, entropies }) =>
          old && entropies ? { logprobs: old, entropies } : null,
        ),
        scored: [],
      };
    const tokens: (TokenScores | null)[] = rows.map(() => null);
    const { scored } = this.#scoreIdle(rows, tokens);
    return { tokens, scored };
  }

  /** Fills in the scores of rows that the step does not train on: what is said of the policy is of every sampled token. */
  #scoreIdle(
    rows: readonly PolicyRow[],
    tokens: (TokenScores | null)[],
    known: readonly (TokenScores | null)[] = [],
  ): { readonly entropy: number; readonly tokens: number; readonly scored: readonly number[] } {
    const sums = { entropy: 0, tokens: 0, scored: [] as number[] };
    const put = (index: number, scores: TokenScores | null): void => {
      tokens[index] = scores;
      sums.entropy += scores?.entropies.reduce((sum, nats) => sum + nats, 0) ?? 0;
      sums.tokens += scores?.entropies.length ?? 0;
    };
    const idle = rows.flatMap((row, i) =>
      tokens[i] === null && row.completionIds.length > 0 ? [i] : [],
    );
    for (const index of idle) put(index, known[index] ?? null);
    const unknown = idle.filter((index) => tokens[index] === null);
    for (const batch of stepBatches(this.#config, rows, this.#options, unknown)) {
      const [logprobs, entropies] = scoresOf(this.#policyScores, batch);
      for (const [r, index] of batch.indices.entries()) {
        put(index, tokenScores(batch, r, logprobs, entropies));
        sums.scored.push(lengthOf(batch.rows[r]));
      }
    }
    return sums;
  }

  dispose(): void {
    this.#trainer.dispose();
    this.#policyScores.dispose();
    this.#referenceScores?.dispose();
    this.#movingReference?.dispose();
  }
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

function keptCount(kept: Float32Array | undefined): number {
  return kept?.reduce((sum, one) => sum + one, 0) ?? 0;
}
